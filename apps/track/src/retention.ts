import { createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Clock, Logger } from '#platform';
import { DecisionStore, EVIDENCE_WEEK_MS, EvidenceStore, withService } from '#storage';
import type { DataSource, EvidenceWeek } from '#storage';

export interface RetentionSettings {
  /** Whole weeks of evidence, and decisions, older than this are dropped; undefined keeps them for ever. */
  readonly keepMs?: number;
  /** A week is written to this folder before it is dropped: `evidence-2026-03-02.ndjson.gz`, one JSON object a line. */
  readonly archiveFolder?: string;
}

/** Rows deleted in one transaction. */
const LOT = 10_000;

/** Makes the tables of this and the next week before they are needed; archives and drops what is older than the policy keeps. */
export class Retention {
  private readonly evidence = new EvidenceStore();
  private readonly decisions = new DecisionStore();

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: RetentionSettings,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** One look; true when there may be more to drop at once. */
  async round(): Promise<boolean> {
    const now = this.clock.now();
    await withService(this.dataSource, (tx) => this.evidence.prepareWeeks(tx, [now, now + EVIDENCE_WEEK_MS]));
    if (this.settings.keepMs === undefined) return false;
    const before = now - this.settings.keepMs;
    for (const week of await withService(this.dataSource, (tx) => this.evidence.weeks(tx))) {
      if (week.endsAt <= before) await this.drop(week);
    }
    return this.deleteOld(before);
  }

  private async drop(week: EvidenceWeek): Promise<void> {
    const { archiveFolder } = this.settings;
    const file = archiveFolder && (await this.archive(week, archiveFolder));
    await withService(this.dataSource, (tx) => this.evidence.dropWeek(tx, week));
    this.logger.info({ week: week.name, file }, 'a week of evidence was dropped');
  }

  /** The file gets its name when it is complete, so one that is there can be trusted. */
  private async archive(week: EvidenceWeek, folder: string): Promise<string> {
    await mkdir(folder, { recursive: true });
    const monday = new Date(week.startsAt).toISOString().slice(0, 10);
    const file = path.join(folder, `evidence-${monday}.ndjson.gz`);
    await withService(this.dataSource, async (transaction) => {
      const rows = this.evidence.exportWeek(transaction, week);
      await pipeline(rows, createGzip(), createWriteStream(`${file}.partial`, { flush: true }));
    });
    await rename(`${file}.partial`, file);
    return file;
  }

  private async deleteOld(before: number): Promise<boolean> {
    const deleted = await withService(this.dataSource, async (transaction) => ({
      keys: await this.evidence.removeKeys(transaction, before - EVIDENCE_WEEK_MS, LOT),
      decisions: await this.decisions.removeOld(transaction, before, LOT),
    }));
    return deleted.keys === LOT || deleted.decisions === LOT;
  }
}
