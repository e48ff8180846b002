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

const ADD = `
INSERT INTO decision (tenant_id, seller_id, warehouse_id, order_id, kind, body, decided_at)
SELECT tenant_id, seller_id, warehouse_id, order_id, kind, body::json, ${timestamp('decided_at')}
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[])
  AS v (tenant_id, seller_id, warehouse_id, order_id, kind, body, decided_at)`;

// One publisher at a time, whatever the number of processes: two would overtake each other within an order.
const CLAIM = `
WITH publisher AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(4611903356) AS is_alone)
SELECT decision_id AS "decisionId", tenant_id AS "tenantId", seller_id AS "sellerId", warehouse_id AS "warehouseId",
  order_id AS "orderId", kind, body::text AS body, ${milliseconds('decided_at', 'decidedAt')}
FROM decision WHERE published_at IS NULL AND (SELECT is_alone FROM publisher) ORDER BY decision_id LIMIT $1 FOR UPDATE SKIP LOCKED`;

/** Outbox of decisions: written with the effects, published afterwards. */
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

  /** The oldest unpublished, locked until the transaction ends; none while another process is publishing. */
  claimUnpublished(transaction: Transaction, limit: number): Promise<StoredDecision[]> {
    return transaction.rows<StoredDecision>(CLAIM, [limit]);
  }

  async markPublished(transaction: Transaction, decisionIds: readonly string[]): Promise<void> {
    await transaction.run('UPDATE decision SET published_at = now() WHERE decision_id = ANY($1::bigint[])', [
      decisionIds,
    ]);
  }
}
