import type { Transaction } from '../transaction.js';
import { columnsOf, milliseconds, timestamp } from './columns.js';

/** Something decided about an order, told to the outside through the decisions topic. */
export interface DecisionRow {
  readonly tenantId: string;
  readonly sellerId?: string | null;
  readonly warehouseId?: string | null;
  readonly orderId?: string | null;
  readonly kind: string;
  /** JSON-safe. */
  readonly body: object;
  /** UTC epoch milliseconds. */
  readonly decidedAt: number;
}

export interface StoredDecision extends Omit<DecisionRow, 'body'> {
  /** JSON text. */
  readonly body: string;
  /** Decimal text of a bigint, rising within an order. */
  readonly decisionId: string;
}

/** Decisions of one statement, not yet published. Both ids are decimal text of a bigint. */
export interface Announcement {
  readonly announcementId: string;
  readonly decisionIds: readonly string[];
}

const ADD = `
INSERT INTO decision (tenant_id, seller_id, warehouse_id, order_id, kind, body, decided_at)
SELECT tenant_id, seller_id, warehouse_id, order_id, kind, body::json, ${timestamp('decided_at')}
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[])
  AS v (tenant_id, seller_id, warehouse_id, order_id, kind, body, decided_at)`;

// One publisher at a time, whatever the number of processes: two would overtake each other within an order.
const CLAIM = `
WITH publisher AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(4611903356) AS is_alone)
SELECT announcement_id AS "announcementId", decision_ids AS "decisionIds" FROM (
  SELECT *, sum(decisions) OVER (ORDER BY announcement_id) - decisions AS before FROM (
    SELECT * FROM decision_announcement WHERE (SELECT is_alone FROM publisher) ORDER BY announcement_id LIMIT $1) AS oldest) AS counted
WHERE before < $1 ORDER BY announcement_id`;

const LOAD = `
SELECT decision_id AS "decisionId", tenant_id AS "tenantId", seller_id AS "sellerId", warehouse_id AS "warehouseId",
  order_id AS "orderId", kind, body::text AS body, ${milliseconds('decided_at', 'decidedAt')}
FROM unnest($1::bigint[]) WITH ORDINALITY AS k (decision_id, place) JOIN decision USING (decision_id) ORDER BY place`;

const REMOVE_OLD = `
DELETE FROM decision WHERE decision_id IN (
  SELECT decision_id FROM decision WHERE decided_at < $1
    AND decision_id < coalesce((SELECT min(decision_ids[1]) FROM decision_announcement), 9223372036854775807)
  ORDER BY decision_id LIMIT $2)`;

/** Outbox of decisions: written, and announced by a trigger, with the effects; published afterwards. */
export class DecisionStore {
  async add(transaction: Transaction, rows: readonly DecisionRow[]): Promise<void> {
    if (rows.length === 0) return;
    await transaction.run(
      ADD,
      columnsOf(rows, [
        (row) => row.tenantId,
        (row) => row.sellerId,
        (row) => row.warehouseId,
        (row) => row.orderId,
        (row) => row.kind,
        (row) => JSON.stringify(row.body),
        (row) => row.decidedAt,
      ]),
    );
  }

  /**
   * The oldest announcements, of `decisions` decisions or what one more announcement has beyond that; nobody else's until the
   * transaction ends. None while another process is publishing.
   */
  claimAnnouncements(transaction: Transaction, decisions: number): Promise<Announcement[]> {
    return transaction.rows<Announcement>(CLAIM, [decisions]);
  }

  /** In the order of the ids. */
  load(transaction: Transaction, decisionIds: readonly string[]): Promise<StoredDecision[]> {
    return transaction.rows<StoredDecision>(LOAD, [decisionIds]);
  }

  /** Deletes up to `limit` decisions made before `before`, the oldest first; none that is not published. Answers how many. */
  removeOld(transaction: Transaction, before: number, limit: number): Promise<number> {
    return transaction.run(REMOVE_OLD, [new Date(before), limit]);
  }

  /** Their decisions are published. */
  async removeAnnouncements(transaction: Transaction, announcementIds: readonly string[]): Promise<void> {
    await transaction.run('DELETE FROM decision_announcement WHERE announcement_id = ANY($1::bigint[])', [
      announcementIds,
    ]);
  }
}
