import type { Transaction } from '../transaction.js';
import type { OrderKey } from './shipment-store.js';
import { orderColumns } from './shipment-store.js';

const MARK = `INSERT INTO unjudged_order (tenant_id, order_id) SELECT * FROM unnest($1::text[], $2::text[])`;

// By place in the table, whatever statistics say of one that is empty most of the time.
const CLAIM = `
WITH chosen AS MATERIALIZED (
  SELECT ctid AS place, tenant_id, order_id FROM unjudged_order WHERE marked_at <= now() - $1 * interval '1 millisecond'
  ORDER BY tenant_id, order_id LIMIT $2 FOR UPDATE SKIP LOCKED),
taken AS (DELETE FROM unjudged_order WHERE ctid = ANY (ARRAY(SELECT place FROM chosen)))
SELECT DISTINCT tenant_id AS "tenantId", order_id AS "orderId" FROM chosen`;

const COUNT = `SELECT count(*)::int AS marks FROM unjudged_order WHERE marked_at <= now()`;

const SET_ASIDE = `
UPDATE unjudged_order SET marked_at = now() + $3 * interval '1 millisecond'
WHERE (tenant_id, order_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))`;

/** Orders whose events are applied and whose deadlines are not judged yet: a mark for each batch that touched one. By the database's clock. */
export class UnjudgedStore {
  /** Marks orders. Waits for nobody, also where one of them is being judged. */
  async mark(transaction: Transaction, orders: readonly OrderKey[]): Promise<void> {
    if (orders.length > 0) await transaction.run(MARK, orderColumns(orders));
  }

  /** Takes away up to `limit` marks that are `ageMs` old, nobody else's meanwhile, and answers their orders, each once. */
  claim(transaction: Transaction, ageMs: number, limit: number): Promise<OrderKey[]> {
    return transaction.rows<OrderKey>(CLAIM, [ageMs, limit]);
  }

  /** Marks that are left, without orders set aside. */
  async count(transaction: Transaction): Promise<number> {
    const [row] = await transaction.rows<{ marks: number }>(COUNT);
    return row!.marks;
  }

  /** The orders are not claimed for `ms`. */
  async setAside(transaction: Transaction, orders: readonly OrderKey[], ms: number): Promise<void> {
    await transaction.run(SET_ASIDE, [...orderColumns(orders), ms]);
  }
}
