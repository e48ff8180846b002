// Orders that are over, and their way out of the tables of the open ones. A lot is locked, looked at again, and moved.
import type { Transaction } from '../transaction.js';
import { columnsOf, timestamp } from './columns.js';
import { isLive } from './escalation-status.js';
import type { OrderKey, ParcelKey } from './shipment-store.js';
import { orderColumns, parcelColumns } from './shipment-store.js';

/** What must have been over for how long. Instants are UTC epoch milliseconds. */
export interface ClosingPolicy {
  /** Nothing of the order happened, was due or was changed at this instant or later. */
  readonly before: number;
  /** Platforms whose orders are counted longer. */
  readonly platforms: readonly { readonly platform: string; readonly before: number }[];
  /** An order that missed a deadline of one of these rules stays. */
  readonly keptRuleIds: readonly string[];
}

/** Where a look at the oldest orders has come to. Opaque. */
export interface ClosingPlace extends OrderKey {
  readonly placedAt: string;
}

/** Orders tied by a tracking number of both. */
export interface Tie extends OrderKey, ParcelKey {}

const KEYS = 'unnest($1::text[], $2::text[]) AS k (tenant_id, order_id)';
const IN_ORDER = (id: string): string => `ORDER BY tenant_id COLLATE "C", ${id} COLLATE "C"`;
const PLACED = `coalesce(s.placed_at, '-infinity')`;

/** Parameters 3 to 6: the policy. The instant before which all of an order must lie is `least(o.before, r.before)`. */
const POLICY = `CROSS JOIN (SELECT ${timestamp('$3::float8')} AS before) o
LEFT JOIN (SELECT platform, ${timestamp('before')} AS before FROM unnest($4::text[], $5::float8[]) AS v (platform, before)) r
  ON r.platform = s.platform`;
const CUT = 'least(o.before, r.before)';

// A deadline at work, money that still grows, a person who still has to act; then whatever lies too near.
const OVER = `greatest(s.updated_at, s.placed_at, s.seller_cancelled_at) < ${CUT}
  AND NOT EXISTS (SELECT FROM deadline d WHERE d.tenant_id = s.tenant_id AND d.order_id = s.order_id
    AND (d.status = 'open' OR d.wake_at IS NOT NULL OR (d.status = 'missed' AND d.rule_id = ANY($6::text[]))
      OR greatest(d.due_at, d.starts_at, d.satisfied_at, d.settled_at, d.updated_at) >= ${CUT}))
  AND NOT EXISTS (SELECT FROM escalation e WHERE e.tenant_id = s.tenant_id AND e.order_id = s.order_id
    AND ${isLive('e')})
  AND NOT EXISTS (SELECT FROM parcel_link l LEFT JOIN parcel p USING (tenant_id, tracking_number)
    WHERE l.tenant_id = s.tenant_id AND l.order_id = s.order_id
      AND greatest(l.uploaded_at, p.last_scan_at, p.updated_at) >= ${CUT})`;

const CANDIDATES = `
SELECT s.tenant_id AS "tenantId", s.order_id AS "orderId", ${PLACED}::text AS "placedAt" FROM shipment s ${POLICY}
WHERE ${PLACED} < o.before AND (${PLACED}, s.tenant_id, s.order_id) > ($7::timestamptz, $1, $2) AND ${OVER}
ORDER BY ${PLACED}, s.tenant_id, s.order_id LIMIT $8`;

const TIED = `
WITH RECURSIVE tied AS (SELECT tenant_id, order_id FROM ${KEYS}
  UNION SELECT o.tenant_id, o.order_id FROM tied t JOIN parcel_link l USING (tenant_id, order_id)
    JOIN parcel_link o ON o.tenant_id = l.tenant_id AND o.tracking_number = l.tracking_number)
SELECT tenant_id AS "tenantId", order_id AS "orderId", tracking_number AS "trackingNumber" FROM tied JOIN parcel_link USING (tenant_id, order_id)`;

const LOCK_PARCELS = `
SELECT tenant_id AS "tenantId", tracking_number AS "trackingNumber" FROM unnest($1::text[], $2::text[]) AS k (tenant_id, tracking_number)
JOIN parcel p USING (tenant_id, tracking_number) ${IN_ORDER('tracking_number')} FOR UPDATE OF p SKIP LOCKED`;
const LOCK_ORDERS = `
SELECT tenant_id AS "tenantId", order_id AS "orderId" FROM ${KEYS}
JOIN shipment s USING (tenant_id, order_id) ${IN_ORDER('order_id')} FOR UPDATE OF s SKIP LOCKED`;
const STILL_OVER = `
SELECT s.tenant_id AS "tenantId", s.order_id AS "orderId" FROM ${KEYS} JOIN shipment s USING (tenant_id, order_id) ${POLICY} WHERE ${OVER}`;

const COPY = `
INSERT INTO closed_order (tenant_id, order_id, seller_id, warehouse_id, platform, market, placed_at, began_at, ended_at, closed_at, body)
SELECT s.tenant_id, s.order_id, s.seller_id, s.warehouse_id, s.platform, s.market, s.placed_at,
  least(s.placed_at, d.began_at, s.updated_at), greatest(s.placed_at, s.seller_cancelled_at, s.updated_at, d.ended_at, p.ended_at),
  ${timestamp('$3::float8')},
  json_build_object('shipment', s, 'parcels', coalesce(p.rows, '[]'), 'deadlines', coalesce(d.rows, '[]'))
FROM ${KEYS} JOIN shipment s USING (tenant_id, order_id)
CROSS JOIN LATERAL (SELECT json_strip_nulls(json_agg(d)) AS rows, min(d.starts_at) AS began_at,
    max(greatest(d.due_at, d.starts_at, d.satisfied_at, d.settled_at)) AS ended_at
  FROM deadline d WHERE d.tenant_id = s.tenant_id AND d.order_id = s.order_id) d
CROSS JOIN LATERAL (SELECT json_agg(p) FILTER (WHERE p.tenant_id IS NOT NULL) AS rows, max(greatest(l.uploaded_at, p.last_scan_at)) AS ended_at
  FROM parcel_link l LEFT JOIN parcel p USING (tenant_id, tracking_number)
  WHERE l.tenant_id = s.tenant_id AND l.order_id = s.order_id) p`;

// Parcels last but one: their links say which they are.
const MOVE = [
  `DELETE FROM deadline d USING ${KEYS} WHERE d.tenant_id = k.tenant_id AND d.order_id = k.order_id`,
  `WITH links AS (DELETE FROM parcel_link l USING ${KEYS} WHERE l.tenant_id = k.tenant_id AND l.order_id = k.order_id RETURNING l.*)
   INSERT INTO closed_link (tenant_id, tracking_number, order_id, uploaded_at, replaced)
   SELECT tenant_id, tracking_number, order_id, uploaded_at, replaced FROM links`,
  `DELETE FROM parcel p USING ${KEYS} JOIN closed_link l USING (tenant_id, order_id)
   WHERE p.tenant_id = l.tenant_id AND p.tracking_number = l.tracking_number`,
  `DELETE FROM shipment s USING ${KEYS} WHERE s.tenant_id = k.tenant_id AND s.order_id = k.order_id`,
];

/** Closing in lots: look for candidates, lock them with all that is tied to them, ask again, close. */
export class ClosingStore {
  /** The next orders after `after` that look over, those placed first first. */
  candidates(
    transaction: Transaction,
    policy: ClosingPolicy,
    after: ClosingPlace | undefined,
    limit: number,
  ): Promise<ClosingPlace[]> {
    const place = [after?.tenantId ?? '', after?.orderId ?? ''];
    const parameters = [...place, ...policyParameters(policy), after?.placedAt ?? '-infinity', limit];
    return transaction.rows(CANDIDATES, parameters);
  }

  /** The parcels of the orders, with every order that uses one of them, and so on. */
  ties(transaction: Transaction, keys: readonly OrderKey[]): Promise<Tie[]> {
    return transaction.rows(TIED, orderColumns(keys));
  }

  /**
   * Locks the parcels of `ties`, then `orders`, in the order every transaction does. Who has one of them is not waited for: answers the
   * orders that were not locked, and those with a parcel that was not.
   */
  async lock(transaction: Transaction, orders: readonly OrderKey[], ties: readonly Tie[]): Promise<Set<string>> {
    const parcels = await transaction.rows<ParcelKey>(LOCK_PARCELS, parcelColumns(ties));
    const locked = await transaction.rows<OrderKey>(LOCK_ORDERS, orderColumns(orders));
    const hasParcel = new Set(parcels.map((parcel) => `${parcel.tenantId}\n${parcel.trackingNumber}`));
    const hasOrder = new Set(locked.map(keyOf));
    const without = ties.filter(({ tenantId, trackingNumber }) => !hasParcel.has(`${tenantId}\n${trackingNumber}`));
    return new Set([...orders.filter((order) => !hasOrder.has(keyOf(order))), ...without].map(keyOf));
  }

  /** Those of the locked orders that are over. */
  stillOver(transaction: Transaction, orders: readonly OrderKey[], policy: ClosingPolicy): Promise<OrderKey[]> {
    return transaction.rows(STILL_OVER, [...orderColumns(orders), ...policyParameters(policy)]);
  }

  /** Moves orders that are locked and over, with all that is tied to them, at `now` (UTC epoch milliseconds). */
  async close(transaction: Transaction, orders: readonly OrderKey[], now: number): Promise<void> {
    const keys = orderColumns(orders);
    await transaction.rows(`SELECT set_config('app.closing', 'on', true)`);
    await transaction.run(COPY, [...keys, now]);
    for (const statement of MOVE) await transaction.run(statement, keys);
  }
}

function policyParameters({ before, platforms, keptRuleIds }: ClosingPolicy): unknown[] {
  const columns = columnsOf(platforms, [(each) => each.platform, (each) => each.before]);
  return [before, ...columns, keptRuleIds];
}

function keyOf({ tenantId, orderId }: OrderKey): string {
  return `${tenantId}\n${orderId}`;
}
