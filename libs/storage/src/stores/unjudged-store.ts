import type { Transaction } from '../transaction.js';
import type { OrderKey } from './shipment-store.js';
import { orderColumns } from './shipment-store.js';

/** Marks there are. One set aside is not counted. */
export interface UnjudgedCount {
  readonly marks: number;
  /** Of these, as old as was asked for. */
  readonly ripe: number;
}

/** A part of the ripe marks: those of one of `shares` equal parts of all orders, from 0; of these up to `limit`. */
export interface UnjudgedShare {
  /** What counts as ripe. */
  readonly ageMs: number;
  readonly share: number;
  readonly shares: number;
  readonly limit: number;
}

const MARK = `
INSERT INTO unjudged_order (tenant_id, order_id, marked_at)
SELECT *, now() + $3 * interval '1 millisecond' FROM unnest($1::text[], $2::text[])`;

const RIPE = (age: string): string => `marked_at <= now() - ${age} * interval '1 millisecond'`;

const COUNT = `
SELECT count(*)::int AS marks, count(*) FILTER (WHERE ${RIPE('$1')})::int AS ripe FROM unjudged_order WHERE marked_at <= now()`;

// All marks of an order are in one share: two that had some each would judge it twice, one after the other.
const CLAIM = `
WITH chosen AS MATERIALIZED (
  SELECT ctid AS place, tenant_id, order_id FROM unjudged_order
  WHERE ${RIPE('$1')} AND (hashtext(order_id) & 2147483647) % $2 = $3 LIMIT $4 FOR UPDATE SKIP LOCKED),
taken AS (DELETE FROM unjudged_order WHERE ctid = ANY (ARRAY(SELECT place FROM chosen)))
SELECT DISTINCT tenant_id AS "tenantId", order_id AS "orderId" FROM chosen`;

const SET_ASIDE = `
UPDATE unjudged_order SET marked_at = now() + $3 * interval '1 millisecond'
WHERE (tenant_id, order_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))`;

/** Orders whose events are applied and whose deadlines are not judged yet: a mark for each batch that touched one. By the database's clock. */
export class UnjudgedStore {
  /** Marks orders, to be judged in `ms`. Waits for nobody, also where one of them is being judged. */
  async mark(transaction: Transaction, orders: readonly OrderKey[], ms = 0): Promise<void> {
    if (orders.length > 0) await transaction.run(MARK, [...orderColumns(orders), ms]);
  }

  async count(transaction: Transaction, ageMs: number): Promise<UnjudgedCount> {
    const [row] = await transaction.rows<UnjudgedCount>(COUNT, [ageMs]);
    return row!;
  }

  /** Takes marks away, nobody else's meanwhile, and answers their orders, each once. */
  claim(transaction: Transaction, { ageMs, share, shares, limit }: UnjudgedShare): Promise<OrderKey[]> {
    return transaction.rows<OrderKey>(CLAIM, [ageMs, shares, share, limit]);
  }

  /** The orders are not claimed for `ms`. */
  async setAside(transaction: Transaction, orders: readonly OrderKey[], ms: number): Promise<void> {
    await transaction.run(SET_ASIDE, [...orderColumns(orders), ms]);
  }
}
