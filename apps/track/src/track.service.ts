import { Inject, Injectable } from '@nestjs/common';

import { TRACK_GROUP, faultAt, wrong } from '#contracts';
import type { LogBatch } from '#log';
import { StaleOwnerError } from '#log';
import type { Clock, Logger } from '#platform';
import { isRetryable } from '#platform';
import { OffsetStore, QuarantineStore, withService, withServiceByKey } from '#storage';
import type { DataSource, OffsetMove, Transaction, Unread } from '#storage';
import { TrackingService } from '#tracking';
import type { BatchOutcome, TrackedEvent } from '#tracking';
import { BackgroundWork } from './background-work.js';
import { Lots } from './lots.js';
import { PoisonGuard } from './poison-guard.js';
import { quarantineRow, readRecords } from './read-records.js';
import { CLOCK, DATA_SOURCE, LOGGER, MAX_AHEAD_MS, TRANSACTIONS } from './tokens.js';
import { TrackMetrics } from './track.metrics.js';

export interface TransactionSettings {
  /** Most records of one transaction. */
  readonly maxRecords: number;
  readonly atOnce: number;
  /** While so many records are left to read, and until what was read of them is judged, what a transaction touches is judged later. */
  readonly farBehind: number;
}

/**
 * Applies batches of the log: effects, evidence, quarantine and offsets in one transaction, or none of it. Batches of several
 * partitions that wait at the same time share one: it has some 25 statements however few its records.
 */
@Injectable()
export class TrackService {
  private readonly lots: Lots<LogBatch>;
  private readonly quarantine = new QuarantineStore();
  private readonly guard = new PoisonGuard();

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(OffsetStore) private readonly offsets: OffsetStore,
    @Inject(TrackingService) private readonly tracking: TrackingService,
    @Inject(TrackMetrics) private readonly metrics: TrackMetrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(BackgroundWork) private readonly background: Pick<BackgroundWork, 'publishSoon'>,
    @Inject(TRANSACTIONS) private readonly settings: TransactionSettings,
    @Inject(MAX_AHEAD_MS) private readonly maxAheadMs: number,
  ) {
    const { maxRecords, atOnce } = settings;
    const work = (lot: readonly LogBatch[]): Promise<void> => this.applyTimed(lot);
    this.lots = new Lots({ work, sizeOf: ({ records }) => records.length, maxSize: maxRecords, atOnce });
  }

  /** Throws StaleOwnerError when another owner has the partition, a retryable AppError when the database is busy or away. */
  async track(batch: LogBatch): Promise<void> {
    await this.lots.add(batch);
    const { topic, partition, highWatermark, lastOffset } = batch;
    this.metrics.lag.set({ topic, partition: String(partition) }, Number(highWatermark - lastOffset - 1n));
  }

  private async applyTimed(lot: readonly LogBatch[]): Promise<void> {
    const stop = this.metrics.batchSeconds.startTimer();
    if (lot.length === 1) await this.applyOrSplit(lot[0]!);
    else await this.apply(lot);
    stop();
  }

  /** A batch that fails for what is in it is halved until the record is alone; that one is quarantined, the rest goes on. */
  private async applyOrSplit(batch: LogBatch): Promise<void> {
    try {
      await this.apply([batch]);
    } catch (error) {
      if (isRetryable(error) || error instanceof StaleOwnerError) throw error;
      if (batch.records.length > 1) {
        for (const half of halves(batch)) await this.applyOrSplit(half);
        return;
      }
      if (!this.guard.mayPark()) throw error;
      await this.park(batch, error);
    }
  }

  private async apply(lot: readonly LogBatch[]): Promise<void> {
    const arrived = { now: this.clock.now(), maxAheadMs: this.maxAheadMs };
    const read = lot.map((batch) => readRecords(batch, arrived));
    const events = read.flatMap((each) => each.events);
    const unreadable = read.flatMap((each) => each.unreadable);
    const outcome = await withServiceByKey(this.dataSource, async (transaction) => {
      const { records, isJudging, readUntil } = await this.advance(transaction, lot);
      await this.quarantine.add(transaction, unreadable);
      const applied = await this.tracking.applyBatch(transaction, events, this.clock.now(), {
        readUntil,
        judgeLater: isJudging || records >= this.settings.farBehind,
      });
      await this.quarantineConflicts(transaction, lot, applied.conflicting);
      return applied;
    });
    this.guard.passed();
    if (outcome.decisions > 0) this.background.publishSoon();
    this.count(outcome, unreadable.length);
  }

  /** First of all statements: a zombie stops here, before it has done any work or taken any other lock. Answers what is left to read. */
  private async advance(transaction: Transaction, lot: readonly LogBatch[]): Promise<Unread> {
    const [isOwner, unread] = await transaction.together([
      () => this.offsets.advance(transaction, TRACK_GROUP, lot.map(moveOf)),
      () => this.offsets.unread(transaction, TRACK_GROUP),
    ]);
    if (!isOwner) throw new StaleOwnerError();
    return unread;
  }

  private async quarantineConflicts(
    transaction: Transaction,
    lot: readonly LogBatch[],
    conflicting: readonly TrackedEvent[],
  ): Promise<void> {
    if (conflicting.length === 0) return;
    const fault = faultAt('/id', wrong('already-different'));
    const places = new Set(conflicting.map(({ topic, partition, offset }) => `${topic} ${partition} ${offset}`));
    const rows = lot.flatMap((batch) =>
      batch.records
        .filter(({ offset }) => places.has(`${batch.topic} ${batch.partition} ${offset}`))
        .map((record) => quarantineRow(batch, record, fault.detail, [fault])),
    );
    await this.quarantine.add(transaction, rows);
    for (const { event } of conflicting) this.logger.warn({ tenant: event.tenantId, event: event.id }, fault.detail);
  }

  private async park(batch: LogBatch, error: unknown): Promise<void> {
    const { topic, partition } = batch;
    const message = error instanceof Error ? error.message : String(error);
    const fault = faultAt('', wrong('not-applied', { reason: message.slice(0, 500) }));
    const rows = batch.records.map((record) => quarantineRow(batch, record, fault.detail, [fault]));
    this.logger.error({ err: error, topic, partition, offset: String(batch.firstOffset) }, 'event quarantined');
    await withService(this.dataSource, async (transaction) => {
      await this.advance(transaction, [batch]);
      await this.quarantine.add(transaction, rows);
    });
    this.metrics.events.inc({ result: 'failed' }, rows.length);
  }

  private count(outcome: BatchOutcome, unreadable: number): void {
    const results = {
      applied: outcome.fresh,
      repeated: outcome.repeated,
      conflict: outcome.conflicting.length,
      unreadable,
    };
    for (const [result, count] of Object.entries(results)) if (count > 0) this.metrics.events.inc({ result }, count);
    if (outcome.broughtBack > 0) this.metrics.closedOrders.inc({ change: 'brought-back' }, outcome.broughtBack);
  }
}

function moveOf({ topic, partition, epoch, firstOffset, lastOffset, highWatermark, records }: LogBatch): OffsetMove {
  const toOffset = lastOffset + 1n;
  const appendedAt = records.at(-1)!.timestampMs;
  return { topic, partition, epoch, fromOffset: firstOffset, toOffset, highWatermark, appendedAt };
}

/** Both halves join up: the first ends where the second begins, also where the log has holes. */
function halves(batch: LogBatch): [LogBatch, LogBatch] {
  const middle = batch.records.length >> 1;
  const boundary = batch.records[middle]!.offset;
  return [
    { ...batch, records: batch.records.slice(0, middle), lastOffset: boundary - 1n },
    { ...batch, records: batch.records.slice(middle), firstOffset: boundary },
  ];
}
