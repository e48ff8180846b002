import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Clock, Logger } from '#platform';
import { DecisionStore, EVIDENCE_WEEK_MS, EvidenceStore, IdempotencyStore, withService } from '#storage';
import type { DataSource, EvidenceWeek, Transaction } from '#storage';

export interface RetentionSettings {
  /** Whole weeks of evidence, and decisions, older than this are dropped; undefined keeps them for ever. */
  readonly keepMs?: number;
  /** A week is written to this folder before it is dropped: `evidence-2026-03-02.ndjson.gz`, one JSON object a line. */
  readonly archiveFolder?: string;
}

/** Rows deleted in one transaction. */
const LOT = 10_000;
/** How long the answer to a request with an `Idempotency-Key` is kept for its repetitions. */
const ANSWERS_MS = 86_400_000;

/**
 * Makes the tables of this and the next week before they are needed; archives and drops what is older than the policy keeps; forgets the
 * answers that `intake` keeps for repeated requests.
 */
export class Retention {
  private readonly evidence = new EvidenceStore();
  private readonly decisions = new DecisionStore();
  private readonly requests = new IdempotencyStore();

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
    const isMore = await this.forgetAnswers();
    if (this.settings.keepMs === undefined) return isMore;
    const before = now - this.settings.keepMs;
    for (const week of await withService(this.dataSource, (tx) => this.evidence.weeks(tx))) {
      if (week.endsAt <= before) await this.drop(week);
    }
    return (await this.deleteOld(before)) || isMore;
  }

  private async forgetAnswers(): Promise<boolean> {
    return (await withService(this.dataSource, (tx) => this.requests.forget(tx, ANSWERS_MS, LOT))) === LOT;
  }

  /** Archived and dropped in one transaction: a second process would archive what the first has dropped, an empty week. */
  private async drop(week: EvidenceWeek): Promise<void> {
    const { archiveFolder } = this.settings;
    const file = archiveFolder && archiveIn(archiveFolder, week);
    const isDropped = await withService(this.dataSource, async (transaction) => {
      if (!(await this.evidence.claimWeek(transaction, week))) return false;
      if (file && !(await this.archive(transaction, week, file))) return false;
      await this.evidence.dropWeek(transaction, week);
      return true;
    });
    if (isDropped) this.logger.info({ week: week.name, file }, 'a week of evidence was dropped');
  }

  /** The file gets its name when it is complete, so one that is there can be trusted. False where a larger one is there: it stays. */
  private async archive(transaction: Transaction, week: EvidenceWeek, file: string): Promise<boolean> {
    const partial = `${file}.${hostname()}-${process.pid}.partial`;
    await mkdir(path.dirname(file), { recursive: true });
    try {
      const rows = await this.evidence.exportWeek(transaction, week);
      await pipeline(rows, createGzip(), createWriteStream(partial, { flush: true }));
      const [bytes, bytesThere] = [await bytesOf(partial), await bytesOf(file)];
      if (bytes >= bytesThere) await rename(partial, file);
      else this.logger.error({ file, bytes, bytesThere }, 'a larger archive is there: the week is kept');
      return bytes >= bytesThere;
    } finally {
      await rm(partial, { force: true });
    }
  }

  private async deleteOld(before: number): Promise<boolean> {
    const deleted = await withService(this.dataSource, async (transaction) => ({
      keys: await this.evidence.removeKeys(transaction, before - EVIDENCE_WEEK_MS, LOT),
      decisions: await this.decisions.removeOld(transaction, before, LOT),
    }));
    return deleted.keys === LOT || deleted.decisions === LOT;
  }
}

function archiveIn(folder: string, { startsAt }: EvidenceWeek): string {
  return path.join(folder, `evidence-${new Date(startsAt).toISOString().slice(0, 10)}.ndjson.gz`);
}

/** 0 where there is no such file. */
async function bytesOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
