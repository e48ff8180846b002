// Whose an order, a parcel or a charge is, for senders whose key reaches only a part of their tenant. Service role.
import type { Transaction } from '../transaction.js';
import { EVERY_LINK } from './closed.js';

export interface Owner {
  readonly sellerId: string | null;
  readonly warehouseId: string | null;
}

const EVERY_ORDER = `(SELECT tenant_id, order_id, seller_id, warehouse_id FROM shipment
  UNION ALL SELECT tenant_id, order_id, seller_id, warehouse_id FROM closed_order)`;
const OWNER = 's.seller_id AS "sellerId", s.warehouse_id AS "warehouseId"';

const OF_ORDERS = `
SELECT s.order_id AS key, ${OWNER} FROM ${EVERY_ORDER} s WHERE s.tenant_id = $1 AND s.order_id = ANY($2::text[])`;

const OF_PARCELS = `
SELECT l.tracking_number AS key, ${OWNER} FROM ${EVERY_LINK} l
JOIN ${EVERY_ORDER} s ON s.tenant_id = l.tenant_id AND s.order_id = l.order_id
WHERE l.tenant_id = $1 AND l.tracking_number = ANY($2::text[])`;

const OF_CHARGES = `
SELECT f.platform || chr(10) || f.charge_id AS key, coalesce(f.seller_id, s.seller_id) AS "sellerId", s.warehouse_id AS "warehouseId"
FROM levied_fine f LEFT JOIN ${EVERY_ORDER} s ON s.tenant_id = f.tenant_id AND s.order_id = f.order_id
WHERE f.tenant_id = $1 AND (f.platform, f.charge_id) IN (
  SELECT split_part(key, chr(10), 1), split_part(key, chr(10), 2) FROM unnest($2::text[]) AS key)`;

type OwnersOf = (transaction: Transaction, tenantId: string, keys: readonly string[]) => Promise<Map<string, Owner[]>>;

/** Owners by order id. An order that is not there, or is known only from its parcels, has none. */
export const orderOwners = ownersBy(OF_ORDERS);
/** Owners of the orders a parcel carries, by tracking number (upper case, without spaces). */
export const parcelOwners = ownersBy(OF_PARCELS);
/** Owners of charges by platform and charge id, a line each: the seller a charge was reported of, else whoever owns its order. */
export const chargeOwners = ownersBy(OF_CHARGES);

/** Asks nothing about no keys. */
function ownersBy(sql: string): OwnersOf {
  return async (transaction, tenantId, keys) => {
    const owners = new Map<string, Owner[]>();
    if (keys.length === 0) return owners;
    const rows = await transaction.rows<Owner & { key: string }>(sql, [tenantId, [...keys]]);
    for (const { key, ...owner } of rows) owners.set(key, [...(owners.get(key) ?? []), owner]);
    return owners;
  };
}
