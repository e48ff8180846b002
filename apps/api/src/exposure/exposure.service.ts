import type { ExposureAnswer, FeedRow, cliffsAnswer, feedsAnswer } from '#contracts';
import { cliffs, exposure, ownTenant, warehouseFeeds } from '#storage';
import type { CliffFilter, ExposureFilter, StoredFeed } from '#storage';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import type { Person } from '../auth/person.js';
import { PersonalRecord } from '../personal-record.js';
import { startOfDay } from './start-of-day.js';

// Couriers scan a warehouse's parcels many times a day; half a working day without one is a feed to look at.
const SILENT_AFTER_MS = 4 * 3_600_000;

@Injectable()
export class ExposureService {
  constructor(
    @Inject(PersonalRecord) private readonly record: PersonalRecord,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  exposure(person: Person, filter: ExposureFilter): Promise<ExposureAnswer> {
    const now = this.options.clock.now();
    return this.record.as(person, async (transaction) => {
      const zone = (await ownTenant(transaction))?.timeZone ?? 'UTC';
      const since = filter.since ?? startOfDay(now, zone);
      const rows = await exposure(transaction, filter, since);
      return { asOf: new Date(now).toISOString(), since: new Date(since).toISOString(), rows };
    });
  }

  async cliffs(person: Person, filter: CliffFilter): Promise<z.output<typeof cliffsAnswer>> {
    const now = this.options.clock.now();
    const rows = await this.record.as(person, (transaction) => cliffs(transaction, filter, now));
    return { asOf: new Date(now).toISOString(), hours: filter.hours, rows };
  }

  async feeds(person: Person): Promise<z.output<typeof feedsAnswer>> {
    const now = this.options.clock.now();
    const stored = await this.record.as(person, (transaction) => warehouseFeeds(transaction));
    const rows = stored.map((feed) => withSilence(feed, now));
    return { asOf: new Date(now).toISOString(), silentAfterMs: SILENT_AFTER_MS, rows };
  }
}

function withSilence(feed: StoredFeed, now: number): FeedRow {
  const silentMs = feed.lastScanAt === null ? null : Math.max(0, now - Date.parse(feed.lastScanAt));
  return { ...feed, silentMs, silent: silentMs !== null && silentMs > SILENT_AFTER_MS };
}
