import type { Transaction } from '../transaction.js';
import { columnsOf, milliseconds, timestamp } from './columns.js';
import type { DeadlineKey } from './deadline-store.js';
import { isLive, isOpen } from './escalation-status.js';
import type { OrderKey } from './shipment-store.js';
import { orderColumns } from './shipment-store.js';

/** A deadline whose next ladder step has come. Instants are UTC epoch milliseconds. */
export interface DueStep extends DeadlineKey {
  readonly startsAt: number;
  readonly dueAt: number;
  /** Hours before the due instant, longest first; null for the default ladder. */
  readonly ladderHours: readonly number[] | null;
  /** When we first knew of this ladder: a step before that was never ours to take on time. */
  readonly ladderSince: number;
}

/** What the ladder says about a due deadline: the step to take now, if any, and the one to wait for. */
export interface TakenStep extends DeadlineKey {
  readonly step: string | null;
  /** Later than its time by more than is tolerated. */
  readonly late: boolean;
  readonly nextStep: string | null;
  readonly nextStepAt: number | null;
}

export interface QueueableEscalation {
  readonly escalationId: string;
  readonly tenantId: string;
  readonly expectedMinor: number;
  readonly currency: string;
}

const utc = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const CLAIM = `
SELECT tenant_id AS "tenantId", order_id AS "orderId", rule_id AS "ruleId", parcel_id AS "parcelId",
  ${milliseconds('starts_at', 'startsAt')}, ${milliseconds('due_at', 'dueAt')},
  string_to_array(ladder_hours, ',')::float8[] AS "ladderHours", ${milliseconds('ladder_since', 'ladderSince')}
FROM deadline WHERE wake_at <= $1 AND next_step_at <= $1
ORDER BY wake_at LIMIT $2 FOR UPDATE SKIP LOCKED`;

/** Escalations of a CTE with `escalation_id`, `status` and `dispatched_at`, to be queued. */
const announce = (rows: string): string => `
  INSERT INTO escalation_announcement (escalation_ids)
  SELECT array_agg(escalation_id) FROM ${rows} WHERE status = 'open' AND dispatched_at IS NULL HAVING count(*) > 0`;

/** SQL: whether the escalation `e` is another copy of its deadline `d` in one of the columns. */
const differs = (columns: readonly string[]): string => {
  const of = (alias: string): string => columns.map((column) => `${alias}.${column}`).join(', ');
  return `(${of('e')}) IS DISTINCT FROM (${of('d')})`;
};
/** Whose it is. */
const OWNERS = ['seller_id', 'warehouse_id'];
/** Compared by the trigger `note_changes` too. */
const NOTED = ['amount_minor', 'expected_minor', 'currency', ...OWNERS];
const COPIED = [...NOTED, 'carrier'];

const RAISES = `t.step IS NOT NULL AND d.status IN ('open', 'missed')`;
// A snooze holds for the steps that come while it lasts, but a breach is always told. Whoever has the deadline keeps it. A step that was
// settled and comes again is the same one, open anew: where its deadline moved away and back those are told who were not, where its proof was taken
// back everybody is.
const RAISE = `
WITH taken AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::text[], $8::float8[])
    AS v (tenant_id, order_id, rule_id, parcel_id, step, late, next_step, next_step_at)),
moved AS (
  UPDATE deadline d SET next_step = t.next_step, next_step_at = ${timestamp('t.next_step_at')},
    warned_at = CASE WHEN ${RAISES} THEN coalesce(d.warned_at, $9) ELSE d.warned_at END,
    warned_minor = CASE WHEN ${RAISES} THEN d.amount_minor ELSE d.warned_minor END
  FROM taken t WHERE d.tenant_id = t.tenant_id AND d.order_id = t.order_id AND d.rule_id = t.rule_id
    AND d.parcel_id = t.parcel_id
  RETURNING d.*, t.step, t.late),
raised AS (
  INSERT INTO escalation AS e (tenant_id, order_id, rule_id, parcel_id, due_at, step, late, seller_id, warehouse_id, platform,
    carrier, amount_minor, expected_minor, currency, status, snoozed_until, assigned_to, raised_at)
  SELECT m.tenant_id, m.order_id, m.rule_id, m.parcel_id, m.due_at, m.step, m.late, m.seller_id, m.warehouse_id, m.platform,
    m.carrier, m.amount_minor, m.expected_minor, m.currency,
    CASE WHEN before.snoozed_until > $9 AND m.step <> 'breach' THEN 'snoozed' ELSE 'open' END,
    CASE WHEN before.snoozed_until > $9 AND m.step <> 'breach' THEN before.snoozed_until END,
    before.assigned_to, $9
  FROM moved m
  LEFT JOIN LATERAL (
    SELECT b.assigned_to, CASE WHEN b.status = 'snoozed' THEN b.snoozed_until END AS snoozed_until FROM escalation b
    WHERE b.tenant_id = m.tenant_id AND b.order_id = m.order_id AND b.rule_id = m.rule_id AND b.parcel_id = m.parcel_id
      AND b.due_at = m.due_at
    ORDER BY b.escalation_id DESC LIMIT 1) before ON true
  WHERE m.step IS NOT NULL AND m.status IN ('open', 'missed')
  ON CONFLICT (tenant_id, order_id, rule_id, parcel_id, due_at, step) DO UPDATE SET
    ${[...COPIED, 'status', 'snoozed_until', 'assigned_to', 'late', 'raised_at'].map((column) => `${column} = excluded.${column}`).join(', ')},
    settled_at = NULL, acknowledged_at = NULL, acknowledged_by = NULL, dispatched_at = NULL,
    reminders = e.reminders + CASE WHEN e.status = 'withdrawn' THEN 0 ELSE 1 END
  WHERE NOT ${isLive('e')}
  RETURNING *),
told AS (
  INSERT INTO decision (tenant_id, seller_id, warehouse_id, order_id, kind, body, decided_at)
  SELECT tenant_id, seller_id, warehouse_id, order_id, 'escalation-raised', json_build_object(
    'escalationId', escalation_id::text, 'orderId', order_id, 'ruleId', rule_id, 'parcelId', nullif(parcel_id, ''),
    'step', step, 'late', late, 'dueAt', ${utc('due_at')}, 'amountMinor', amount_minor, 'expectedMinor', expected_minor, 'currency', currency), $9
  FROM raised),
announced AS (${announce('raised')})
SELECT step, late, count(*)::int AS count FROM raised GROUP BY step, late`;

// The longest waiting announcements of $2 escalations, or what one more has beyond that. One of which nothing is left to be told goes.
const queueable = (which: string): string => `
WITH held AS MATERIALIZED (
  SELECT * FROM escalation_announcement WHERE ${which}
  ORDER BY queued_at NULLS FIRST, announcement_id LIMIT 1000 FOR UPDATE SKIP LOCKED),
taken AS MATERIALIZED (
  SELECT * FROM (SELECT *, sum(cardinality(escalation_ids)) OVER (ORDER BY queued_at NULLS FIRST, announcement_id)
    - cardinality(escalation_ids) AS before FROM held) AS counted WHERE before < $2),
untold AS MATERIALIZED (
  SELECT t.announcement_id, e.* FROM taken t CROSS JOIN LATERAL unnest(t.escalation_ids) AS id
  JOIN escalation e ON e.escalation_id = id WHERE ${isOpen('e')} AND e.dispatched_at IS NULL),
queued AS (
  UPDATE escalation_announcement a SET queued_at = $1, escalation_ids = u.ids
  FROM (SELECT announcement_id, array_agg(escalation_id) AS ids FROM untold GROUP BY announcement_id) u
  WHERE a.announcement_id = u.announcement_id),
told AS (
  DELETE FROM escalation_announcement WHERE announcement_id IN (
    SELECT announcement_id FROM taken EXCEPT SELECT announcement_id FROM untold))
SELECT escalation_id AS "escalationId", tenant_id AS "tenantId", expected_minor::float8 AS "expectedMinor", currency FROM untold`;
const TAKE_NEW = queueable('queued_at IS NULL');
const TAKE_LOST = queueable('queued_at < $3');

// Locked in id order, as every statement on several escalations does. A breach stays until somebody has acknowledged it. What has been told and
// is others' now is dispatched anew: those who were not told are.
const settle = (scope: string): string => `
WITH judged AS MATERIALIZED (
  SELECT e.escalation_id, ${differs(COPIED)} AS differs, e.dispatched_at IS NOT NULL AND ${differs(OWNERS)} AS passes_on,
    ${COPIED.map((column) => `d.${column}`).join(', ')},
    CASE WHEN d.tenant_id IS NULL THEN 'withdrawn' WHEN d.due_at <> e.due_at THEN 'withdrawn'
      WHEN d.status IN ('waived', 'void') THEN 'withdrawn' WHEN d.status = 'met' THEN 'resolved'
      WHEN d.status = 'missed' AND (e.step <> 'breach' OR e.status = 'acknowledged') THEN 'missed' END AS verdict,
    CASE WHEN d.tenant_id IS NULL THEN 'rule no longer applies' WHEN d.due_at <> e.due_at THEN 'deadline moved'
      ELSE d.status END AS reason
  FROM escalation e LEFT JOIN deadline d USING (tenant_id, order_id, rule_id, parcel_id)
  WHERE ${isLive('e')} AND ${scope}
  ORDER BY e.escalation_id FOR UPDATE OF e),
refreshed AS (
  UPDATE escalation e SET ${COPIED.map((column) => `${column} = j.${column}`).join(', ')},
    dispatched_at = CASE WHEN NOT j.passes_on THEN e.dispatched_at END
  FROM judged j WHERE e.escalation_id = j.escalation_id AND j.verdict IS NULL AND j.differs
  RETURNING e.*, j.passes_on),
announced AS (${announce('(SELECT * FROM refreshed WHERE passes_on) AS passed_on')}),
misdirected AS (
  UPDATE notice n SET status = 'withdrawn', settled_at = $1
  FROM refreshed e, recipient r WHERE n.escalation_id = e.escalation_id AND n.status = 'pending' AND r.recipient_id = n.recipient_id
    AND (r.seller_id <> coalesce(e.seller_id, '') OR r.warehouse_id <> coalesce(e.warehouse_id, ''))),
settled AS (
  UPDATE escalation e SET status = j.verdict, settled_at = $1
  FROM judged j WHERE e.escalation_id = j.escalation_id AND j.verdict IS NOT NULL
  RETURNING e.*, j.reason),
withdrawn AS (
  UPDATE notice n SET status = 'withdrawn', settled_at = $1
  FROM settled s WHERE n.escalation_id = s.escalation_id AND n.status = 'pending'),
told AS (
  INSERT INTO decision (tenant_id, seller_id, warehouse_id, order_id, kind, body, decided_at)
  SELECT tenant_id, seller_id, warehouse_id, order_id, 'escalation-' || status, jsonb_build_object(
    'escalationId', escalation_id::text, 'orderId', order_id, 'ruleId', rule_id, 'parcelId', nullif(parcel_id, ''),
    'step', step, 'reason', reason), $1
  FROM settled)
SELECT status, count(*)::int AS count FROM settled GROUP BY status`;
const SETTLE_ORDERS = settle('(e.tenant_id, e.order_id) IN (SELECT * FROM unnest($2::text[], $3::text[]))');
const SETTLE_IDS = settle('e.escalation_id IN (SELECT unnest($2::bigint[]))');
const STALE = `
SELECT e.escalation_id AS id FROM escalation e LEFT JOIN deadline d USING (tenant_id, order_id, rule_id, parcel_id)
WHERE e.status IN ('open', 'acknowledged', 'snoozed') AND (d.tenant_id IS NULL OR d.due_at <> e.due_at
  OR d.status IN ('met', 'waived', 'void') OR (d.status = 'missed' AND (e.step <> 'breach' OR e.status = 'acknowledged'))
  OR ${differs(NOTED)})
LIMIT $1`;

const TAKE_OVERTAKEN = `
WITH taken AS (
  DELETE FROM overtaken WHERE ctid IN (SELECT ctid FROM overtaken LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING tenant_id, order_id)
SELECT DISTINCT tenant_id AS "tenantId", order_id AS "orderId" FROM taken`;
const CHANGING = `
SELECT DISTINCT e.tenant_id AS "tenantId", e.order_id AS "orderId" FROM escalation e
JOIN deadline d USING (tenant_id, order_id, rule_id, parcel_id)
WHERE e.escalation_id IN (SELECT unnest($1::bigint[])) AND ${isLive('e')} AND d.next_change_at <= $2`;
const ACKNOWLEDGED_BREACHES = `
SELECT e.escalation_id AS id FROM escalation e JOIN deadline d USING (tenant_id, order_id, rule_id, parcel_id)
WHERE e.status = 'acknowledged' AND e.step = 'breach' AND d.status = 'missed' AND d.due_at = e.due_at LIMIT $1`;

// Whoever was told is told again, by another notice. One that is still unsent becomes the reminder instead, so that nobody is told twice: it is
// tried now, unless it is being sent this moment.
const REOPEN = `
WITH over AS (
  SELECT escalation_id FROM escalation WHERE status = 'snoozed' AND snoozed_until <= $1
  ORDER BY escalation_id LIMIT $2 FOR UPDATE SKIP LOCKED),
reopened AS (
  UPDATE escalation e SET status = 'open', snoozed_until = NULL, dispatched_at = NULL, reminders = reminders + 1
  FROM over WHERE e.escalation_id = over.escalation_id
  RETURNING e.*),
unsent AS (
  UPDATE notice n SET reminder = r.reminders,
    next_attempt_at = CASE WHEN n.in_flight THEN n.next_attempt_at ELSE least(n.next_attempt_at, $1) END
  FROM reopened r WHERE n.escalation_id = r.escalation_id AND n.status = 'pending'),
announced AS (${announce('reopened')})
INSERT INTO decision (tenant_id, seller_id, warehouse_id, order_id, kind, body, decided_at)
SELECT tenant_id, seller_id, warehouse_id, order_id, 'escalation-reopened',
  jsonb_build_object('escalationId', escalation_id::text, 'orderId', order_id, 'ruleId', rule_id, 'step', step), $1 FROM reopened`;

/** Steps of deadlines as they are taken, and what becomes of them. Every method is one statement for any number of rows. */
export class EscalationStore {
  /** Locks up to `limit` deadlines with a step due at `now` that nobody else holds, the longest due first. */
  claimDue(transaction: Transaction, now: number, limit: number): Promise<DueStep[]> {
    return transaction.rows<DueStep>(CLAIM, [new Date(now), limit]);
  }

  /**
   * Moves claimed deadlines to their next step and raises the steps taken with their decisions, each once; one that was settled meanwhile opens
   * again. Deadlines that are neither open nor missed are only moved. Answers how many were raised.
   */
  raise(
    transaction: Transaction,
    steps: readonly TakenStep[],
    now: number,
  ): Promise<{ step: string; late: boolean; count: number }[]> {
    const columns = columnsOf(steps, [
      (step) => step.tenantId,
      (step) => step.orderId,
      (step) => step.ruleId,
      (step) => step.parcelId,
      (step) => step.step,
      (step) => step.late,
      (step) => step.nextStep,
      (step) => step.nextStepAt,
    ]);
    return transaction.rows(RAISE, [...columns, new Date(now)]);
  }

  /** When the first step or change of any deadline after `after` is due; undefined when none is. */
  async nextWakeAt(transaction: Transaction, after: number): Promise<number | undefined> {
    const rows = await transaction.rows<{ at: number }>(
      `SELECT ${milliseconds('wake_at', 'at')} FROM deadline WHERE wake_at > $1 ORDER BY wake_at LIMIT 1`,
      [new Date(after)],
    );
    return rows[0]?.at;
  }

  /** Locks orders of which a deadline changes by time alone before `now`, in key order, skipping those that are locked. */
  lockChanging(transaction: Transaction, now: number, limit: number): Promise<OrderKey[]> {
    return transaction.rows<OrderKey>(
      `WITH changing AS (
         SELECT tenant_id, order_id FROM deadline WHERE wake_at <= $1 AND next_change_at <= $1 ORDER BY wake_at LIMIT $2)
       SELECT tenant_id AS "tenantId", order_id AS "orderId" FROM shipment
       WHERE (tenant_id, order_id) IN (SELECT tenant_id, order_id FROM changing)
       ORDER BY tenant_id COLLATE "C", order_id COLLATE "C" FOR UPDATE SKIP LOCKED`,
      [new Date(now), limit],
    );
  }

  /** Orders of live escalations among `escalationIds` of which the deadline changes by time alone before `now`. Locks nothing. */
  changing(transaction: Transaction, escalationIds: readonly string[], now: number): Promise<OrderKey[]> {
    return transaction.rows<OrderKey>(CHANGING, [escalationIds, new Date(now)]);
  }

  /** Judges the deadlines of orders that are due for it no earlier than `at`. */
  async postponeChange(transaction: Transaction, orders: readonly OrderKey[], at: number): Promise<void> {
    await transaction.run(
      `UPDATE deadline SET next_change_at = $3
       WHERE (tenant_id, order_id) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND next_change_at < $3`,
      [...orderColumns(orders), new Date(at)],
    );
  }

  /**
   * Takes open escalations that were never queued, those of the oldest announcements until they are `limit` or more, and notes that they
   * are queued at `now`. Put them into the queue before committing.
   */
  takeUnqueued(transaction: Transaction, now: number, limit: number): Promise<QueueableEscalation[]> {
    return transaction.rows(TAKE_NEW, [new Date(now), limit]);
  }

  /** The same for those queued before `queuedBefore` and still not dispatched: the queue has lost them, or is far behind. */
  takeLost(transaction: Transaction, now: number, queuedBefore: number, limit: number): Promise<QueueableEscalation[]> {
    return transaction.rows(TAKE_LOST, [new Date(now), limit, new Date(queuedBefore)]);
  }

  /** Snoozes that are over make their escalations open again, to be dispatched once more. Answers how many. */
  reopen(transaction: Transaction, now: number, limit: number): Promise<number> {
    return transaction.run(REOPEN, [new Date(now), limit]);
  }

  /** Takes orders of which a warned deadline got another status, due instant, amount or owner, or is gone. Settle them in the same transaction. */
  takeOvertaken(transaction: Transaction, limit: number): Promise<OrderKey[]> {
    return transaction.rows<OrderKey>(TAKE_OVERTAKEN, [limit]);
  }

  /** Ids of breaches that somebody has acknowledged: nothing is left to do about them. */
  async acknowledgedBreaches(transaction: Transaction, limit: number): Promise<string[]> {
    return (await transaction.rows<{ id: string }>(ACKNOWLEDGED_BREACHES, [limit])).map(({ id }) => id);
  }

  /** Ids of live escalations that their deadline has overtaken, found by looking at every one. */
  async stale(transaction: Transaction, limit: number): Promise<string[]> {
    return (await transaction.rows<{ id: string }>(STALE, [limit])).map(({ id }) => id);
  }

  /** `settleEscalations` for these escalations. */
  settle(transaction: Transaction, escalationIds: readonly string[], now: number): Promise<SettledCount[]> {
    return transaction.rows(SETTLE_IDS, [new Date(now), escalationIds]);
  }
}

export interface SettledCount {
  readonly status: 'withdrawn' | 'resolved' | 'missed';
  readonly count: number;
}

/** Says that the transaction settles the escalations of what it judges by itself: nothing is noted for others to do so. */
export async function settlesItself(transaction: Transaction): Promise<void> {
  await transaction.rows(`SELECT set_config('app.settles', 'on', true)`);
}

/**
 * Brings the live escalations of orders in line with their deadlines: met ones are resolved; void, waived, moved or vanished ones
 * withdrawn; earlier steps of a missed one settled as missed, with a decision recorded for each. The others get the amounts, the carrier,
 * the seller and the warehouse of their deadline. Pending notices of what is settled, or to whom it no longer concerns, are withdrawn. Call it after the deadlines are saved, in the same transaction.
 */
export function settleEscalations(
  transaction: Transaction,
  orders: readonly OrderKey[],
  now: number,
): Promise<SettledCount[]> {
  if (orders.length === 0) return Promise.resolve([]);
  return transaction.rows(SETTLE_ORDERS, [new Date(now), ...orderColumns(orders)]);
}
