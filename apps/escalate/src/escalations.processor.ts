import type { Counter } from '#platform';
import type { EscalationJob, JobContext } from '#queue';
import { EscalationStore, NoticeStore, withServiceByKey } from '#storage';
import type { Settings } from './escalate-options.js';
import { noticeJobs } from './jobs.js';

/** Turns queued escalations into notices: still open, to whom, once each. A repeated job finds them dispatched and does nothing. */
export class EscalationsProcessor {
  private readonly escalations = new EscalationStore();
  private readonly notices = new NoticeStore();
  private readonly made: Counter;

  constructor(private readonly settings: Settings) {
    this.made = settings.metrics.counter('fineline_escalate_notices_total', 'Notices written');
  }

  readonly handle = async ({ escalationIds }: EscalationJob, { jobId }: JobContext): Promise<void> => {
    const { dataSource, queues, clock, logger, requeueAfterMs } = this.settings;
    const now = clock.now();
    const notices = await withServiceByKey(dataSource, async (transaction) => {
      await this.escalations.settle(transaction, escalationIds, now);
      return this.notices.dispatch(transaction, escalationIds, now, now + requeueAfterMs);
    });
    this.made.inc(notices.length);
    logger.debug({ jobId, escalations: escalationIds.length, notices: notices.length }, 'dispatched');
    await queues.notices.add(noticeJobs(notices, now));
  };
}
