import type { Transaction } from '../transaction.js';
import { milliseconds } from './columns.js';
import { isOpen } from './escalation-status.js';

export type NoticeChannel = 'email' | 'webhook';

/** A notice to put into the queue. */
export interface QueueableNotice {
  readonly noticeId: string;
  readonly recipientId: string;
  /** Attempts made so far; names the next one. */
  readonly attempt: number;
  readonly expectedMinor: number;
  readonly currency: string;
}

/** A notice with everything that is needed to write and send it. Instants are UTC epoch milliseconds. */
export interface ClaimedNotice {
  readonly noticeId: string;
  readonly tenantId: string;
  readonly escalationId: string;
  readonly escalationStatus: string;
  readonly snoozedUntil: number | null;
  readonly deadlineStatus: string | null;
  readonly createdAt: number;
  readonly attempts: number;
  /** The recipient was told of it before: a snooze has ended since, or the step has come again. */
  readonly isReminder: boolean;
  readonly recipientId: string;
  readonly recipientName: string;
  readonly recipientDisabled: boolean;
  readonly channel: NoticeChannel;
  readonly address: string;
  readonly secret: string | null;
  readonly language: 'en' | 'zh';
  readonly timeZone: string;
  readonly orderId: string;
  readonly parcelId: string | null;
  readonly ruleId: string;
  readonly ruleVersion: string | null;
  readonly step: string;
  readonly late: boolean;
  readonly dueAt: number;
  readonly raisedAt: number;
  readonly sellerId: string | null;
  readonly warehouseId: string | null;
  readonly platform: string;
  readonly carrier: string | null;
  readonly amountMinor: number;
  readonly expectedMinor: number;
  readonly currency: string;
}

export interface Attempt {
  readonly noticeId: string;
  readonly tenantId: string;
  readonly attemptedAt: number;
  /** Short and stable: `sent`, `http-503`, `timeout`, `refused-address`, … */
  readonly outcome: string;
  readonly detail?: string;
  readonly durationMs: number;
}

/** What becomes of a notice after an attempt. */
export type AfterAttempt =
  { readonly status: 'sent' | 'failed' } | { readonly status: 'pending'; readonly nextAttemptAt: number };

// Tenant's ops have neither seller nor warehouse; a seller and a warehouse hear of their own orders only. The settled are left
// out here again: minutes may lie between the queue and this statement. An earlier step says nothing a later one does not. A notice withdrawn
// before it was sent, because the order had gone to others or the deadline had moved, is made again when it has come back.
const DISPATCH = `
WITH ready AS (
  SELECT e.* FROM escalation e
  WHERE e.escalation_id IN (SELECT unnest($1::bigint[])) AND ${isOpen('e')} AND e.dispatched_at IS NULL
  ORDER BY e.escalation_id FOR UPDATE),
dispatched AS (
  UPDATE escalation e SET dispatched_at = $2 FROM ready r WHERE e.escalation_id = r.escalation_id),
latest AS (
  SELECT * FROM ready r WHERE NOT EXISTS (
    SELECT FROM escalation later WHERE later.tenant_id = r.tenant_id AND later.order_id = r.order_id AND later.rule_id = r.rule_id
      AND later.parcel_id = r.parcel_id AND later.due_at = r.due_at AND later.escalation_id > r.escalation_id)),
made AS (
  INSERT INTO notice (tenant_id, escalation_id, recipient_id, channel, reminder, queued_at, next_attempt_at, created_at)
  SELECT e.tenant_id, e.escalation_id, r.recipient_id, r.channel, e.reminders, $2, $3, $2
  FROM latest e JOIN recipient r ON r.tenant_id = e.tenant_id AND r.disabled_at IS NULL
    AND (r.seller_id IS NULL OR r.seller_id = e.seller_id) AND (r.warehouse_id IS NULL OR r.warehouse_id = e.warehouse_id)
    AND (r.steps IS NULL OR e.step = ANY(r.steps)) AND r.minimum_minor <= e.expected_minor
  ON CONFLICT (escalation_id, recipient_id, channel, reminder) DO UPDATE SET status = 'pending', settled_at = NULL,
    queued_at = excluded.queued_at, next_attempt_at = excluded.next_attempt_at
  WHERE notice.status = 'withdrawn' AND NOT notice.in_flight
  RETURNING *)
SELECT m.notice_id AS "noticeId", m.recipient_id AS "recipientId", m.attempts AS attempt,
  l.expected_minor::float8 AS "expectedMinor", l.currency
FROM made m JOIN latest l USING (escalation_id)`;

const TAKE_DUE = `
WITH due AS (
  SELECT notice_id FROM notice WHERE status = 'pending' AND next_attempt_at <= $1
  ORDER BY next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED),
taken AS (
  UPDATE notice n SET queued_at = $1, next_attempt_at = $2, in_flight = false FROM due WHERE n.notice_id = due.notice_id
  RETURNING n.*)
SELECT t.notice_id AS "noticeId", t.recipient_id AS "recipientId", t.attempts AS attempt,
  e.expected_minor::float8 AS "expectedMinor", e.currency
FROM taken t JOIN escalation e USING (escalation_id)`;

// Only one job may make this attempt: the next one to ask finds another number. Whoever waits for the same mail of the same step goes along;
// what is being sent does not wait, though the number of its attempts says so.
const CLAIM = `
WITH first AS (
  SELECT n.notice_id, n.recipient_id, n.channel, e.step FROM notice n JOIN escalation e USING (escalation_id)
  WHERE n.notice_id = $1 AND n.status = 'pending' AND n.attempts = $2 FOR UPDATE OF n),
companions AS (
  SELECT n.notice_id FROM first f JOIN notice n USING (recipient_id, channel) JOIN escalation e USING (escalation_id)
  WHERE n.channel = 'email' AND n.status = 'pending' AND n.attempts = $2 AND NOT n.in_flight AND n.notice_id <> f.notice_id
    AND e.step = f.step
  ORDER BY n.notice_id LIMIT $4 FOR UPDATE OF n SKIP LOCKED),
claimed AS (
  UPDATE notice SET attempts = attempts + 1, next_attempt_at = $3, in_flight = true
  WHERE notice_id IN (SELECT notice_id FROM first UNION ALL SELECT notice_id FROM companions) RETURNING *)
SELECT n.notice_id AS "noticeId", n.tenant_id AS "tenantId", n.escalation_id AS "escalationId", n.attempts,
  EXISTS (SELECT FROM notice told WHERE told.escalation_id = n.escalation_id AND told.recipient_id = n.recipient_id
    AND told.channel = n.channel AND told.status = 'sent') AS "isReminder",
  ${milliseconds('n.created_at', 'createdAt')}, e.status AS "escalationStatus", ${milliseconds('e.snoozed_until', 'snoozedUntil')},
  d.status AS "deadlineStatus", r.recipient_id AS "recipientId", r.name AS "recipientName", r.disabled_at IS NOT NULL AS "recipientDisabled",
  n.channel, r.address, r.secret, r.language, r.time_zone AS "timeZone", e.order_id AS "orderId",
  nullif(e.parcel_id, '') AS "parcelId", e.rule_id AS "ruleId", d.rule_version AS "ruleVersion", e.step, e.late,
  ${milliseconds('e.due_at', 'dueAt')}, ${milliseconds('e.raised_at', 'raisedAt')},
  e.seller_id AS "sellerId", e.warehouse_id AS "warehouseId", e.platform, e.carrier,
  e.amount_minor::float8 AS "amountMinor", e.expected_minor::float8 AS "expectedMinor", e.currency
FROM claimed n JOIN escalation e USING (escalation_id) JOIN recipient r USING (recipient_id)
LEFT JOIN deadline d ON d.tenant_id = e.tenant_id AND d.order_id = e.order_id AND d.rule_id = e.rule_id
  AND d.parcel_id = e.parcel_id AND d.due_at = e.due_at ORDER BY n.notice_id`;

/** Notices in one mail. */
const MOST_TOGETHER = 50;

const RECORD = `
INSERT INTO notice_attempt (tenant_id, notice_id, attempted_at, outcome, detail, duration_ms)
VALUES ($1, $2, $3, $4, $5, $6)`;

/** Notices, one for each escalation, recipient and channel, another after each snooze, and the attempts to deliver them. */
export class NoticeStore {
  /**
   * Resolves who is to be told about the open escalations among `escalationIds`, writes their notices and marks the escalations
   * dispatched. Answers the notices written now; when the queue loses them they are due again at `requeueAt`.
   */
  dispatch(
    transaction: Transaction,
    escalationIds: readonly string[],
    now: number,
    requeueAt: number,
  ): Promise<QueueableNotice[]> {
    return transaction.rows(DISPATCH, [escalationIds, new Date(now), new Date(requeueAt)]);
  }

  /** Pending notices whose next attempt is due and that nobody else holds. They are due again at `requeueAt`. */
  takeDue(transaction: Transaction, now: number, requeueAt: number, limit: number): Promise<QueueableNotice[]> {
    return transaction.rows(TAKE_DUE, [new Date(now), new Date(requeueAt), limit]);
  }

  /**
   * Takes the right to make attempt number `attempt` (from 0): of a webhook's notice alone, of a mail's with the others that wait for the
   * same recipient, step and attempt and are not in flight, to be told in one. None when it was taken already or the notice is settled.
   * Should the caller die, they are due again at `retryAt`.
   */
  claim(transaction: Transaction, noticeId: string, attempt: number, retryAt: number): Promise<ClaimedNotice[]> {
    return transaction.rows(CLAIM, [noticeId, attempt, new Date(retryAt), MOST_TOGETHER - 1]);
  }

  /** Records an attempt and what becomes of the notice. */
  async record(
    transaction: Transaction,
    escalationId: string,
    attempt: Attempt,
    after: AfterAttempt,
    now: number,
  ): Promise<void> {
    // The escalation before its notices: settling takes its locks in this order too.
    if (after.status === 'sent') {
      await transaction.run('UPDATE escalation SET notified_at = $2 WHERE escalation_id = $1 AND notified_at IS NULL', [
        escalationId,
        new Date(now),
      ]);
    }
    const { tenantId, noticeId, attemptedAt, outcome, detail, durationMs } = attempt;
    await transaction.run(RECORD, [tenantId, noticeId, new Date(attemptedAt), outcome, detail ?? null, durationMs]);
    await this.update(transaction, noticeId, after, now);
  }

  /** Nobody needs to be told any more, or not this recipient. */
  async withdraw(transaction: Transaction, noticeId: string, now: number): Promise<void> {
    await transaction.run(
      `UPDATE notice SET status = 'withdrawn', settled_at = $2 WHERE notice_id = $1 AND status = 'pending'`,
      [noticeId, new Date(now)],
    );
  }

  /** Gives back an attempt that was claimed but not begun, to be made at `nextAttemptAt`. */
  async defer(transaction: Transaction, noticeId: string, nextAttemptAt: number): Promise<void> {
    await transaction.run(
      `UPDATE notice SET attempts = attempts - 1, next_attempt_at = $2, in_flight = false WHERE notice_id = $1 AND status = 'pending'`,
      [noticeId, new Date(nextAttemptAt)],
    );
  }

  private async update(transaction: Transaction, noticeId: string, after: AfterAttempt, now: number): Promise<void> {
    const settledAt = after.status === 'pending' ? null : new Date(now);
    const nextAttemptAt = after.status === 'pending' ? new Date(after.nextAttemptAt) : null;
    // Withdrawn while it was on its way: what was sent was sent, and what was not needs no other attempt.
    await transaction.run(
      `UPDATE notice SET status = $2, settled_at = $3, next_attempt_at = coalesce($4, next_attempt_at), in_flight = false
       WHERE notice_id = $1 AND (status = 'pending' OR (status = 'withdrawn' AND $2 = 'sent'))`,
      [noticeId, after.status, settledAt, nextAttemptAt],
    );
  }
}
