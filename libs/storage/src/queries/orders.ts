// Orders: the list, and everything stored about one.
import type { OrderDetail, TimelineEntry, orderRow, ordersQuery } from '#contracts';
import type { OrderState, ParcelState } from '#domain';
import type { z } from 'zod';
import type { Transaction } from '../transaction.js';
import { EVERY_LINK, closedShipments } from './closed.js';
import { decodeCursor, pageOf } from './cursor.js';
import type { Page } from './filters.js';
import { Conditions, iso } from './filters.js';

export type OrderFilter = z.output<typeof ordersQuery>;
export type OrderRow = z.output<typeof orderRow>;

const COLUMNS = `order_id AS "orderId", platform, market, seller_id AS "sellerId", shop_id AS "shopId",
  warehouse_id AS "warehouseId", carrier, ${iso('placed_at', 'placedAt')}, ${iso('updated_at', 'updatedAt')}`;

/** Orders by id, closed ones included. Throws BadCursor. */
export async function listOrders(transaction: Transaction, filter: OrderFilter): Promise<Page<OrderRow>> {
  const after = decodeCursor(filter.cursor, 'order', ['string']);
  const conditions = new Conditions()
    .add('platform = ?', filter.platform)
    .add('warehouse_id = ?', filter.warehouse)
    .add('seller_id = ?', filter.seller)
    .add('order_id ^@ ?', filter.text)
    .add('order_id > ?', after?.[0]);
  const limit = conditions.parameter(filter.limit + 1);
  const page = (table: string): string =>
    `(SELECT * FROM ${table} ${conditions.where()} ORDER BY order_id LIMIT ${limit})`;
  const rows = await transaction.rows<OrderRow>(
    `SELECT ${COLUMNS} FROM (SELECT * FROM ${page('shipment')} s UNION ALL SELECT s.* FROM ${closedShipments(page('closed_order'))}) s
     ORDER BY order_id LIMIT ${limit}`,
    conditions.parameters,
  );
  return pageOf(rows, filter.limit, 'order', (row) => [row.orderId]);
}

/** Events of an order and of its parcels as received, oldest first, at most 500. */
export async function timelineOf(transaction: Transaction, orderId: string): Promise<TimelineEntry[]> {
  return transaction.rows<TimelineEntry>(
    `SELECT event_id AS "eventId", source, type, ${iso('occurred_at', 'occurredAt')}, ${iso('received_at', 'receivedAt')},
       ${iso('recorded_at', 'recordedAt')}, tracking_number AS "trackingNumber",
       payload->'data'->>'timeZone' AS zone, coalesce(payload->'data', payload) AS data
     FROM (
       SELECT * FROM evidence WHERE coalesce(order_id, tracking_number, '') = $1 AND order_id = $1
       UNION ALL SELECT e.* FROM ${EVERY_LINK} l JOIN evidence e
         ON e.tenant_id = l.tenant_id AND coalesce(e.order_id, e.tracking_number, '') = l.tracking_number AND e.order_id IS NULL
       WHERE l.order_id = $1
       UNION ALL SELECT e.* FROM ${EVERY_LINK} l JOIN evidence e
         ON e.tenant_id = l.tenant_id AND e.tracking_number = l.tracking_number AND e.order_id IS NOT NULL AND e.order_id <> $1
       WHERE l.order_id = $1) AS told
     ORDER BY occurred_at, recorded_at, event_id LIMIT 500`,
    [orderId],
  );
}

/** What was decided about an order, oldest first, at most 200. */
export async function decisionsOf(transaction: Transaction, orderId: string): Promise<OrderDetail['decisions']> {
  return transaction.rows(
    `SELECT decision_id::text AS "decisionId", kind, ${iso('decided_at', 'decidedAt')}, body
     FROM decision WHERE order_id = $1 ORDER BY decision_id LIMIT 200`,
    [orderId],
  );
}

export interface StoredOrder {
  readonly row: OrderRow;
  readonly state: OrderState;
  /** Keyed by tracking number; parcels never scanned may be absent. */
  readonly parcels: ReadonlyMap<string, ParcelState>;
}

/** An order with the folded states it is evaluated from; undefined when there is none for this person. */
export async function loadOrder(transaction: Transaction, orderId: string): Promise<StoredOrder | undefined> {
  const [found] = await transaction.rows<OrderRow & { state: OrderState }>(
    `SELECT ${COLUMNS}, state FROM shipment WHERE order_id = $1`,
    [orderId],
  );
  if (!found) return loadClosed(transaction, orderId);
  const { state, ...row } = found;
  const states = await transaction.rows<{ state: ParcelState }>(
    `SELECT state FROM parcel WHERE tracking_number IN (SELECT tracking_number FROM parcel_link WHERE order_id = $1)`,
    [orderId],
  );
  return { row, state, parcels: new Map(states.map((parcel) => [parcel.state.trackingNumber, parcel.state])) };
}

async function loadClosed(transaction: Transaction, orderId: string): Promise<StoredOrder | undefined> {
  const [found] = await transaction.rows<OrderRow & { state: OrderState; parcelRows: { state: ParcelState }[] }>(
    `SELECT ${COLUMNS}, state, parcels AS "parcelRows"
     FROM (SELECT s.*, c.body -> 'parcels' AS parcels FROM ${closedShipments()} WHERE c.order_id = $1) closed`,
    [orderId],
  );
  if (!found) return undefined;
  const { state, parcelRows, ...row } = found;
  return { row, state, parcels: new Map(parcelRows.map((parcel) => [parcel.state.trackingNumber, parcel.state])) };
}
