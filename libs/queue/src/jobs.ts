// What travels through the queues: ids only, never a name, an address or a parcel's contents. Job data is clear text.
import { QUEUES } from '#contracts';

export type QueueName = (typeof QUEUES)[keyof typeof QUEUES];

/** Escalations of one tenant to tell people about. One job for many: a midnight cliff is thousands of them. */
export interface EscalationJob {
  readonly tenantId: string;
  readonly escalationIds: readonly string[];
}

/** One attempt to deliver one notice. `attempt` counts from 0; a job whose attempt was already made does nothing. */
export interface NoticeJob {
  readonly noticeId: string;
  readonly recipientId: string;
  readonly attempt: number;
}

/** One draft to be replayed over the tenant's evidence. */
export interface BacktestJob {
  readonly tenantId: string;
  readonly backtestId: string;
}

export interface Payloads {
  readonly escalations: EscalationJob;
  readonly notices: NoticeJob;
  readonly backtests: BacktestJob;
}

export interface NewJob<Payload> {
  /** Unique in its queue; while a job with this id is kept, adding it again does nothing. */
  readonly id: string;
  /** What the job is for: while one for the same waits, runs or is tried again, adding another does nothing. A failed one is not in the way. */
  readonly purpose?: string;
  readonly payload: Payload;
  /** Expected fine in minor units of `currency`; the dearest goes first. */
  readonly expectedMinor: number;
  readonly currency: string;
}

/** A job whose attempts are used up, or that said no other attempt can help. */
export interface FailedJob<Payload> {
  readonly id: string;
  readonly payload: Payload;
  readonly reason: string;
  readonly attempts: number;
  /** UTC epoch milliseconds, by this machine's clock. */
  readonly failedAt: number;
}

/** BullMQ 6 refuses ids of digits only and ids with a colon. Throws RangeError. */
export function legalJobId(id: string): string {
  if (id === '' || id.includes(':') || /^\d+$/.test(id)) throw new RangeError(`not a legal job id: ${id}`);
  return id;
}
