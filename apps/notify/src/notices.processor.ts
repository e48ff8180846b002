import type { Counter, Histogram } from '#platform';
import type { JobContext, NoticeJob } from '#queue';
import { GiveUp, Postpone } from '#queue';
import type { AfterAttempt, ClaimedNotice, Transaction } from '#storage';
import { DecisionStore, NoticeStore, RecipientStore, withService } from '#storage';
import type { Delivery } from './channels/delivery.js';
import { ATTEMPTS, retryDelayMs } from './channels/retry-schedule.js';
import { InFlight } from './in-flight.js';
import { NoticeSender } from './notice-sender.js';
import type { NotifyOptions } from './notify-options.js';

const LEASE_MS = 120_000;
/** Half of the lease is left to record what became of the attempt: else another process would send the same again beside it. */
const ATTEMPT_MS = 60_000;
const SECONDS = [0.05, 0.2, 0.5, 1, 2, 5, 15];

/**
 * One job is one attempt, of a mail with what else waits for its recipient: claim it, see whether it is still wanted, send, record. Retries are
 * due in the record, not here.
 */
export class NoticesProcessor {
  private readonly notices = new NoticeStore();
  private readonly recipients = new RecipientStore();
  private readonly decisions = new DecisionStore();
  private readonly inFlight: InFlight;
  private readonly attempts: Counter<'channel' | 'outcome'>;
  private readonly seconds: Histogram<'channel'>;

  constructor(
    private readonly options: NotifyOptions,
    private readonly sender: NoticeSender,
  ) {
    const { metrics, perRecipient = 3 } = options;
    this.inFlight = new InFlight(perRecipient);
    this.attempts = metrics.counter('fineline_notify_attempts_total', 'Attempts to deliver', ['channel', 'outcome']);
    this.seconds = metrics.histogram('fineline_notify_attempt_seconds', 'Time an attempt takes', SECONDS, ['channel']);
  }

  readonly handle = async (job: NoticeJob, context: JobContext): Promise<void> => {
    if (!this.inFlight.enter(job.recipientId)) throw new Postpone(500 + Math.round(500 * this.random()));
    try {
      await this.attempt(job, context);
    } finally {
      this.inFlight.leave(job.recipientId);
    }
  };

  private async attempt({ noticeId, attempt }: NoticeJob, { jobId }: JobContext): Promise<void> {
    const { dataSource, clock, leaseMs = LEASE_MS, attemptMs = ATTEMPT_MS } = this.options;
    // From before the claim, so that slow reads shorten the sending and not the rest of the lease.
    const signal = AbortSignal.timeout(attemptMs);
    const claimed = await withService(dataSource, (transaction) =>
      this.notices.claim(transaction, noticeId, attempt, clock.now() + leaseMs),
    );
    const wanted: ClaimedNotice[] = [];
    for (const notice of claimed) if (await this.stillWanted(notice)) wanted.push(notice);
    if (wanted.length === 0) return;
    const startedAt = performance.now();
    const sent = await this.sender.send(wanted, clock.now(), jobId, signal);
    const durationMs = Math.round(performance.now() - startedAt);
    this.seconds.observe({ channel: wanted[0]!.channel }, durationMs / 1_000);
    const failed: string[] = [];
    // A transaction for each: settling takes an escalation before its notices, and never two escalations at once from here.
    for (const { notice, delivery } of sent) {
      this.attempts.inc({ channel: notice.channel, outcome: delivery.outcome });
      const after = await this.record(notice, delivery, durationMs);
      if (after.status === 'failed') failed.push(`notice ${notice.noticeId}: ${delivery.outcome}`);
    }
    if (failed.length > 0) throw new GiveUp(failed.join('; '));
  }

  /**
   * Settled, acknowledged and superseded ones are withdrawn; snoozed ones wait until the snooze ends. In a transaction of its own: a notice updated
   * twice in one makes PostgreSQL lock its escalation too, for which settling, that has it, would wait here for ever.
   */
  private async stillWanted(notice: ClaimedNotice): Promise<boolean> {
    const { dataSource, clock } = this.options;
    const { noticeId, escalationStatus, snoozedUntil, recipientDisabled, deadlineStatus } = notice;
    if (escalationStatus === 'snoozed' && snoozedUntil !== null) {
      await withService(dataSource, (transaction) => this.notices.defer(transaction, noticeId, snoozedUntil));
      return false;
    }
    const isDue = deadlineStatus === 'open' || (deadlineStatus === 'missed' && notice.step === 'breach');
    if (escalationStatus === 'open' && isDue && !recipientDisabled) return true;
    await withService(dataSource, (transaction) => this.notices.withdraw(transaction, noticeId, clock.now()));
    return false;
  }

  private async record(notice: ClaimedNotice, delivery: Delivery, durationMs: number): Promise<AfterAttempt> {
    const now = this.options.clock.now();
    const after = this.afterOf(notice, delivery, now);
    const { noticeId, tenantId, escalationId } = notice;
    const attempt = {
      noticeId,
      tenantId,
      attemptedAt: now,
      outcome: delivery.outcome,
      detail: delivery.detail,
      durationMs,
    };
    await withService(this.options.dataSource, async (transaction) => {
      await this.notices.record(transaction, escalationId, attempt, after, now);
      if (delivery.kind === 'gone') await this.disable(transaction, notice, delivery.detail ?? delivery.outcome, now);
    });
    const { logger } = this.options;
    logger.info({ noticeId, tenantId, escalationId, outcome: delivery.outcome, status: after.status }, 'attempt made');
    return after;
  }

  private afterOf({ attempts }: ClaimedNotice, delivery: Delivery, now: number): AfterAttempt {
    if (delivery.kind === 'sent') return { status: 'sent' };
    if (delivery.kind !== 'retry' || attempts >= ATTEMPTS) return { status: 'failed' };
    const delayMs = retryDelayMs(attempts, delivery.notBeforeMs ?? 0, () => this.random());
    return delayMs === undefined ? { status: 'failed' } : { status: 'pending', nextAttemptAt: now + delayMs };
  }

  private async disable(transaction: Transaction, notice: ClaimedNotice, reason: string, now: number): Promise<void> {
    const { recipientId, tenantId, channel } = notice;
    if (!(await this.recipients.disable(transaction, notice, reason, now))) return;
    const body = { recipientId, channel, reason };
    await this.decisions.add(transaction, [{ tenantId, kind: 'recipient-disabled', body, decidedAt: now }]);
  }

  private random(): number {
    return (this.options.random ?? Math.random)();
  }
}
