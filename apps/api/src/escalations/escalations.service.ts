import type { CommandAnswer, escalationPage } from '#contracts';
import { faultAt, wrong } from '#contracts';
import { ProblemException } from '#platform';
import { changeEscalations, listEscalations } from '#storage';
import type { EscalationChange, EscalationFilter } from '#storage';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import type { Person } from '../auth/person.js';
import { actorName } from '../auth/person.js';
import { PersonalRecord } from '../personal-record.js';
import { RuleTitles } from '../rulebooks/rule-titles.js';

const DAY_MS = 86_400_000;
const LONGEST_SNOOZE_MS = 14 * DAY_MS;

@Injectable()
export class EscalationsService {
  constructor(
    @Inject(PersonalRecord) private readonly record: PersonalRecord,
    @Inject(RuleTitles) private readonly titles: RuleTitles,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  async list(person: Person, filter: EscalationFilter): Promise<z.output<typeof escalationPage>> {
    // Row-level security shows a seller no others; that it asks for its own lets the database go by the index of sellers.
    const { seller = person.sellerId } = filter;
    const page = await this.record.as(person, (transaction) => listEscalations(transaction, { ...filter, seller }));
    return { ...page, rows: this.titles.addTo(page.rows) };
  }

  /** One statement for all ids. Who acted is the name given, with the key it came through. */
  change(person: Person, who: { ids: string[]; by?: string }, change: EscalationChange): Promise<CommandAnswer> {
    const now = this.options.clock.now();
    if (change.action === 'snooze') checkSnooze(change.until, now);
    const actor = actorName(person, who.by);
    return this.record.as(person, (transaction) => changeEscalations(transaction, who.ids, change, actor, now));
  }
}

// A snooze nobody remembers is a muted alarm: two weeks at most, never into the past.
function checkSnooze(until: number, now: number): void {
  if (until > now && until <= now + LONGEST_SNOOZE_MS) return;
  const what = until <= now ? wrong('snooze-past') : wrong('snooze-too-long', { days: LONGEST_SNOOZE_MS / DAY_MS });
  throw new ProblemException(400, 'invalid-request', 'The snooze does not end at a usable time.', {
    errors: [faultAt('/until', what)],
  });
}
