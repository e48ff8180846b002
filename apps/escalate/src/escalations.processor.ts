import type { Counter } from '#platform';
import { isRetryable } from '#platform';
import type { EscalationJob, JobContext } from '#queue';
import { EscalationStore, NoticeStore, withServiceByKey } from '#storage';
import type { CatchUpHold } from './catch-up-hold.js';
import type { Settings } from './escalate-options.js';
import { noticeJobs } from './jobs.js';
import type { Upkeep } from './upkeep.js';

/** Turns queued escalations into notices: still open, to whom, once each. A repeated job finds them dispatched and does nothing. */
export class EscalationsProcessor {
  private readonly escalations = new EscalationStore();
  private readonly notices = new NoticeStore();
  private readonly made: Counter;

  constructor(
    private readonly settings: Settings,
    private readonly upkeep: Upkeep,
    private readonly hold: CatchUpHold,
  ) {
    this.made = settings.metrics.counter('fineline_escalate_notices_total', 'Notices written');
  }

  readonly handle = async ({ escalationIds }: EscalationJob, { jobId }: JobContext): Promise<void> => {
    const { dataSource, queues, clock, logger, requeueAfterMs } = this.settings;
    await this.judge(escalationIds);
    const now = clock.now();
    const notices = await withServiceByKey(dataSource, async (transaction) => {
      await this.escalations.settle(transaction, escalationIds, now);
      return this.notices.dispatch(transaction, escalationIds, now, now + requeueAfterMs);
    });
    this.made.inc(notices.length);
    logger.debug({ jobId, escalations: escalationIds.length, notices: notices.length }, 'dispatched');
    await queues.notices.add(noticeJobs(notices, now));
  };

  /**
   * A step changes what is expected at its own instant, and upkeep comes later: who is told depends on it. While steps are held it waits, as
   * upkeep does. An order that cannot be judged is told of as it is; upkeep sets it aside.
   */
  private async judge(escalationIds: readonly string[]): Promise<void> {
    if (this.hold.wasHeld) return;
    try {
      await this.upkeep.judgeChangingOf(escalationIds);
    } catch (error) {
      if (isRetryable(error)) throw error;
      this.settings.logger.error({ err: error, escalationIds }, 'orders could not be judged before they are told of');
    }
  }
}
