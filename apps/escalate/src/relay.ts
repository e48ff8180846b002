import type { Counter } from '#platform';
import type { QueueableEscalation, Transaction } from '#storage';
import { EscalationStore, NoticeStore, withService, withServiceByKey } from '#storage';
import type { Settings } from './escalate-options.js';
import { escalationJobs, noticeJobs } from './jobs.js';

/** Escalations queued in one transaction: the more, the fuller the envelopes. */
const QUEUED_LOT = 25_000;

/** Jobs that take the workers of one process minutes. */
const FAR_BEHIND_JOBS = 1_000;

/** Puts into the queue what the record says must be there. The queue may be flushed at any time: it is filled again from here. */
export class Relay {
  private readonly escalations = new EscalationStore();
  private readonly notices = new NoticeStore();
  private readonly queued: Counter<'queue' | 'cause'>;

  constructor(private readonly settings: Settings) {
    this.queued = settings.metrics.counter('fineline_escalate_queued_total', 'Rows put into a queue', [
      'queue',
      'cause',
    ]);
  }

  /** Queues open escalations that never were. Answers how many. */
  queueNew(): Promise<number> {
    return this.inLots('new', (transaction, now) => this.escalations.takeUnqueued(transaction, now, QUEUED_LOT));
  }

  /**
   * Queues again what was queued long ago and is not dispatched. Answers how many. A queue that is far behind has not lost it: filling
   * it further would only keep it behind.
   */
  async requeueLost(): Promise<number> {
    const { requeueAfterMs, queues } = this.settings;
    if ((await queues.escalations.counts()).waiting > FAR_BEHIND_JOBS) return 0;
    return this.inLots('lost', (transaction, now) =>
      this.escalations.takeLost(transaction, now, now - requeueAfterMs, QUEUED_LOT),
    );
  }

  /**
   * Queues notices whose next attempt is due: another try after a failure, or a job that was lost. One whose job still waits is not queued
   * twice. Answers how many.
   */
  async queueNotices(): Promise<number> {
    const { dataSource, queues, clock, lotSize, requeueAfterMs } = this.settings;
    return withService(dataSource, async (transaction) => {
      const now = clock.now();
      const due = await this.notices.takeDue(transaction, now, now + requeueAfterMs, lotSize);
      await queues.notices.add(noticeJobs(due, now));
      this.queued.inc({ queue: 'notices', cause: 'due' }, due.length);
      return due.length;
    });
  }

  private async inLots(
    cause: string,
    take: (transaction: Transaction, now: number) => Promise<QueueableEscalation[]>,
  ): Promise<number> {
    for (let total = 0; ;) {
      const taken = await this.queueLot(take);
      this.queued.inc({ queue: 'escalations', cause }, taken);
      if (taken === 0) return total;
      total += taken;
    }
  }

  // Into the queue before the commit: a crash in between queues twice, which does no harm; the other way round it would be lost.
  private queueLot(take: (transaction: Transaction, now: number) => Promise<QueueableEscalation[]>): Promise<number> {
    const { dataSource, queues, clock } = this.settings;
    return withServiceByKey(dataSource, async (transaction) => {
      const now = clock.now();
      const escalations = await take(transaction, now);
      await queues.escalations.add(escalationJobs(escalations, now));
      return escalations.length;
    });
  }
}
