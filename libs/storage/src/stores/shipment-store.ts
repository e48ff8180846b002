import type { OrderState, ParcelState } from '#domain';
import { firstPhysicalScan } from '#domain';
import type { Transaction } from '../transaction.js';
import { columnsOf, timestamp } from './columns.js';

export interface ParcelKey {
  readonly tenantId: string;
  readonly trackingNumber: string;
}
export interface OrderKey {
  readonly tenantId: string;
  readonly orderId: string;
}

/** A claim of an order on a tracking number. */
export interface LinkRow extends ParcelKey, OrderKey {
  readonly uploadedAt: number;
  /** Whether another number of the order carries it instead. */
  readonly replaced: boolean;
}

/** An order under lock. `verdict` is a digest of its stored deadlines, empty when there are none. */
export interface LockedOrder {
  readonly state: OrderState;
  readonly verdict: string;
}

export interface VerdictRow extends OrderKey {
  readonly verdict: string;
}

/** An order's state with what is searched and guarded by column. */
export interface ShipmentRow {
  readonly state: OrderState;
  readonly verdict: string;
  readonly sellerId?: string;
  readonly shopId?: string;
  readonly warehouseId?: string;
  readonly platform?: string;
  readonly market?: string;
  readonly carrier?: string;
  readonly placedAt?: number;
  readonly sellerCancelledAt?: number;
}

// Byte order everywhere: locks are taken in this order, whatever the database's collation is.
const IN_ORDER = (id: string): string => `ORDER BY tenant_id COLLATE "C", ${id} COLLATE "C"`;

const PARCEL_VALUES = `unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::float8[])
  AS v (tenant_id, tracking_number, state, last_scan_at, physical_scan_at)`;

// Waits for another transaction that inserts the same number, so that a label and a scan of one new number, handled at the same time by
// two processes, do not both find nothing.
const INSERT_PARCELS = `
INSERT INTO parcel (tenant_id, tracking_number, state, last_scan_at, physical_scan_at)
SELECT tenant_id, tracking_number, state::json, ${timestamp('last_scan_at')}, ${timestamp('physical_scan_at')}
FROM ${PARCEL_VALUES} ${IN_ORDER('tracking_number')}
ON CONFLICT DO NOTHING RETURNING tenant_id AS "tenantId", tracking_number AS "trackingNumber"`;

const LOAD_PARCELS = `
SELECT p.state FROM unnest($1::text[], $2::text[]) AS k (tenant_id, tracking_number)
JOIN parcel p USING (tenant_id, tracking_number)`;

const LOCK_PARCELS = `${LOAD_PARCELS} ${IN_ORDER('tracking_number')} FOR UPDATE OF p`;

const LINKS_OF_PARCELS = `
SELECT tenant_id AS "tenantId", tracking_number AS "trackingNumber", l.order_id AS "orderId",
  (extract(epoch FROM l.uploaded_at) * 1000)::float8 AS "uploadedAt", replaced
FROM unnest($1::text[], $2::text[]) AS k (tenant_id, tracking_number)
JOIN parcel_link l USING (tenant_id, tracking_number)`;

const LOCK_ORDERS = `
SELECT s.state, s.verdict FROM unnest($1::text[], $2::text[]) AS k (tenant_id, order_id)
JOIN shipment s USING (tenant_id, order_id) ${IN_ORDER('order_id')} FOR UPDATE OF s`;

const LOAD_ORDERS = `
SELECT s.state FROM unnest($1::text[], $2::text[]) AS k (tenant_id, order_id) JOIN shipment s USING (tenant_id, order_id)`;

const SAVE_PARCELS = `
UPDATE parcel p SET state = v.state::json, last_scan_at = ${timestamp('v.last_scan_at')},
  physical_scan_at = ${timestamp('v.physical_scan_at')}, generation = p.generation + 1, updated_at = now()
FROM ${PARCEL_VALUES}
WHERE p.tenant_id = v.tenant_id AND p.tracking_number = v.tracking_number`;

const SHIPMENT_VALUES = `unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
  $9::float8[], $10::text[], $11::text[], $12::float8[])
  AS v (tenant_id, order_id, seller_id, shop_id, warehouse_id, platform, market, carrier, placed_at, state, verdict, seller_cancelled_at)`;

const INSERT_ORDERS = `
INSERT INTO shipment (tenant_id, order_id, seller_id, shop_id, warehouse_id, platform, market, carrier, placed_at,
  seller_cancelled_at, state, verdict)
SELECT tenant_id, order_id, seller_id, shop_id, warehouse_id, platform, market, carrier, ${timestamp('placed_at')},
  ${timestamp('seller_cancelled_at')}, state::json, verdict
FROM ${SHIPMENT_VALUES} ${IN_ORDER('order_id')}
ON CONFLICT DO NOTHING`;

const SAVE_ORDERS = `
UPDATE shipment s SET seller_id = v.seller_id, shop_id = v.shop_id, warehouse_id = v.warehouse_id, platform = v.platform,
  market = v.market, carrier = v.carrier, placed_at = ${timestamp('v.placed_at')},
  seller_cancelled_at = ${timestamp('v.seller_cancelled_at')}, state = v.state::json, verdict = v.verdict,
  generation = s.generation + 1, updated_at = now()
FROM ${SHIPMENT_VALUES}
WHERE s.tenant_id = v.tenant_id AND s.order_id = v.order_id`;

const SAVE_VERDICTS = `
UPDATE shipment s SET verdict = v.verdict, updated_at = now()
FROM unnest($1::text[], $2::text[], $3::text[]) AS v (tenant_id, order_id, verdict)
WHERE s.tenant_id = v.tenant_id AND s.order_id = v.order_id`;

const SAVE_LINKS = `
INSERT INTO parcel_link (tenant_id, tracking_number, order_id, uploaded_at, replaced)
SELECT tenant_id, tracking_number, order_id, ${timestamp('uploaded_at')}, replaced
FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::boolean[])
  AS v (tenant_id, tracking_number, order_id, uploaded_at, replaced)
${IN_ORDER('tracking_number, order_id')}
ON CONFLICT (tenant_id, tracking_number, order_id) DO UPDATE SET uploaded_at = excluded.uploaded_at, replaced = excluded.replaced
WHERE (parcel_link.uploaded_at, parcel_link.replaced) <> (excluded.uploaded_at, excluded.replaced)`;

/** States of orders and parcels. Lock parcels first, then orders: every transaction in this order, or two of them deadlock. */
export class ShipmentStore {
  /** Locks the parcels that exist, in key order, and answers their states as they are once the lock is held. */
  async lockParcels(transaction: Transaction, keys: readonly ParcelKey[]): Promise<ParcelState[]> {
    if (keys.length === 0) return [];
    return statesOf(await transaction.rows<{ state: ParcelState }>(LOCK_PARCELS, parcelColumns(keys)));
  }

  /** Inserts parcels that had no row and answers those that another transaction inserted meanwhile: lock and fold these again. */
  async insertParcels(transaction: Transaction, states: readonly ParcelState[]): Promise<ParcelKey[]> {
    if (states.length === 0) return [];
    const inserted = await transaction.rows<ParcelKey>(INSERT_PARCELS, parcelValues(states));
    if (inserted.length === states.length) return [];
    const own = new Set(inserted.map(({ tenantId, trackingNumber }) => `${tenantId}\n${trackingNumber}`));
    return states.filter(({ tenantId, trackingNumber }) => !own.has(`${tenantId}\n${trackingNumber}`));
  }

  /** States of the parcels that exist, unlocked. Read them after locking the order that is evaluated with them. */
  async loadParcels(transaction: Transaction, keys: readonly ParcelKey[]): Promise<ParcelState[]> {
    if (keys.length === 0) return [];
    return statesOf(await transaction.rows<{ state: ParcelState }>(LOAD_PARCELS, parcelColumns(keys)));
  }

  /** Every claim on the parcels. Complete only while the parcels are locked. */
  async linksOf(transaction: Transaction, keys: readonly ParcelKey[]): Promise<LinkRow[]> {
    return keys.length === 0 ? [] : transaction.rows<LinkRow>(LINKS_OF_PARCELS, parcelColumns(keys));
  }

  /** Locks the orders that exist, in key order, and answers their states. */
  async lockOrders(transaction: Transaction, keys: readonly OrderKey[]): Promise<LockedOrder[]> {
    if (keys.length === 0) return [];
    return transaction.rows<LockedOrder>(LOCK_ORDERS, orderColumns(keys));
  }

  /** States of the orders that exist, unlocked: for what the orders that are judged are compared with. */
  async loadOrders(transaction: Transaction, keys: readonly OrderKey[]): Promise<OrderState[]> {
    if (keys.length === 0) return [];
    return statesOf(await transaction.rows<{ state: OrderState }>(LOAD_ORDERS, orderColumns(keys)));
  }

  /** Notes what the stored deadlines of the orders say. */
  async saveVerdicts(transaction: Transaction, verdicts: readonly VerdictRow[]): Promise<void> {
    if (verdicts.length === 0) return;
    await transaction.run(
      SAVE_VERDICTS,
      columnsOf(verdicts, [(row) => row.tenantId, (row) => row.orderId, (row) => row.verdict]),
    );
  }

  async saveParcels(transaction: Transaction, states: readonly ParcelState[]): Promise<void> {
    if (states.length === 0) return;
    await transaction.run(SAVE_PARCELS, parcelValues(states));
  }

  /** False when another transaction created one of them meanwhile: nothing may be committed, the work must be done again. */
  async insertOrders(transaction: Transaction, rows: readonly ShipmentRow[]): Promise<boolean> {
    if (rows.length === 0) return true;
    return (await transaction.run(INSERT_ORDERS, shipmentColumns(rows))) === rows.length;
  }

  async saveOrders(transaction: Transaction, rows: readonly ShipmentRow[]): Promise<void> {
    if (rows.length > 0) await transaction.run(SAVE_ORDERS, shipmentColumns(rows));
  }

  async saveLinks(transaction: Transaction, links: readonly LinkRow[]): Promise<void> {
    if (links.length === 0) return;
    await transaction.run(
      SAVE_LINKS,
      columnsOf(links, [
        (link) => link.tenantId,
        (link) => link.trackingNumber,
        (link) => link.orderId,
        (link) => link.uploadedAt,
        (link) => link.replaced,
      ]),
    );
  }
}

/** Keys of orders as two columns: tenants and orders. */
export function orderColumns(keys: readonly OrderKey[]): unknown[] {
  return columnsOf(keys, [(key) => key.tenantId, (key) => key.orderId]);
}

/** Keys of parcels as two columns: tenants and tracking numbers. */
export function parcelColumns(keys: readonly ParcelKey[]): unknown[] {
  return columnsOf(keys, [(key) => key.tenantId, (key) => key.trackingNumber]);
}

function parcelValues(states: readonly ParcelState[]): unknown[] {
  return columnsOf(states, [
    (state) => state.tenantId,
    (state) => state.trackingNumber,
    (state) => JSON.stringify(state),
    (state) => state.scans.at(-1)?.at,
    firstPhysicalScan,
  ]);
}

function shipmentColumns(rows: readonly ShipmentRow[]): unknown[] {
  return columnsOf(rows, [
    (row) => row.state.tenantId,
    (row) => row.state.orderId,
    (row) => row.sellerId,
    (row) => row.shopId,
    (row) => row.warehouseId,
    (row) => row.platform,
    (row) => row.market,
    (row) => row.carrier,
    (row) => row.placedAt,
    (row) => JSON.stringify(row.state),
    (row) => row.verdict,
    (row) => row.sellerCancelledAt,
  ]);
}

function statesOf<State>(rows: readonly { readonly state: State }[]): State[] {
  return rows.map(({ state }) => state);
}
