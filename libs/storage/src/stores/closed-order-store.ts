// Closed orders, and their way back: to be looked for only where an order or a parcel has no row among the open ones.
import type { Transaction } from '../transaction.js';
import { milliseconds } from './columns.js';
import type { LinkRow, OrderKey, ParcelKey } from './shipment-store.js';
import { orderColumns, parcelColumns } from './shipment-store.js';

// The first EXISTS is asked once a statement: where nothing is closed no key is looked up.
const found = (table: string, id: string): string => `
  SELECT tenant_id, order_id FROM unnest($1::text[], $2::text[]) AS k (tenant_id, ${id}) JOIN ${table} USING (tenant_id, ${id})
  WHERE EXISTS (SELECT FROM closed_order)`;

/** With everything tied to what was found: orders that use one tracking number are judged by each other's claims on it. */
const together = (seed: string): string => `
WITH RECURSIVE together AS (${seed}
  UNION SELECT o.tenant_id, o.order_id FROM together t JOIN closed_link l USING (tenant_id, order_id)
    JOIN closed_link o ON o.tenant_id = l.tenant_id AND o.tracking_number = l.tracking_number)
SELECT tenant_id AS "tenantId", order_id AS "orderId" FROM together`;
const OF_ORDERS = together(found('closed_order', 'order_id'));
const OF_PARCELS = together(found('closed_link', 'tracking_number'));

// A migration may add columns: what is brought back has those that are there now.
const COLUMNS = `
SELECT attrelid::regclass::text AS "table", string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute
WHERE attrelid = ANY ('{shipment,parcel,deadline}'::regclass[]) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
GROUP BY attrelid`;
type Columns = Readonly<Record<'shipment' | 'parcel' | 'deadline', string>>;

const KEYS = 'unnest($1::text[], $2::text[]) AS k (tenant_id, order_id)';

// Locked in key order: of two transactions that want the same orders back, the second waits and then finds none to move. A parcel of
// several orders is in the body of each.
const bringBack = ({ shipment, parcel, deadline }: Columns): string => `
WITH locked AS MATERIALIZED (
  SELECT tenant_id, order_id FROM ${KEYS} JOIN closed_order c USING (tenant_id, order_id)
  ORDER BY tenant_id COLLATE "C", order_id COLLATE "C" FOR UPDATE OF c),
back AS (
  DELETE FROM closed_order c USING locked l WHERE c.tenant_id = l.tenant_id AND c.order_id = l.order_id RETURNING c.*),
links AS (
  DELETE FROM closed_link c USING locked l WHERE c.tenant_id = l.tenant_id AND c.order_id = l.order_id RETURNING c.*),
shipments AS (
  INSERT INTO shipment (${shipment}) SELECT ${prefixed('s', shipment)}
  FROM back, json_populate_record(NULL::shipment, body -> 'shipment') s),
parcels AS (
  INSERT INTO parcel (${parcel}) SELECT DISTINCT ON (p.tenant_id, p.tracking_number) ${prefixed('p', parcel)}
  FROM back, json_populate_recordset(NULL::parcel, body -> 'parcels') p ORDER BY p.tenant_id, p.tracking_number),
deadlines AS (
  INSERT INTO deadline (${deadline}) SELECT ${prefixed('d', deadline)}
  FROM back, json_populate_recordset(NULL::deadline, body -> 'deadlines') d),
linked AS (
  INSERT INTO parcel_link (tenant_id, tracking_number, order_id, uploaded_at, replaced)
  SELECT tenant_id, tracking_number, order_id, uploaded_at, replaced FROM links)
SELECT count(*)::int AS orders FROM back`;

/** Orders without a row among the open ones because they were closed. */
export class ClosedOrderStore {
  private columns: Columns | undefined;

  /** Those of the orders that are closed, with every closed order tied to them by a tracking number. */
  async ofOrders(transaction: Transaction, keys: readonly OrderKey[]): Promise<OrderKey[]> {
    return keys.length === 0 ? [] : transaction.rows<OrderKey>(OF_ORDERS, orderColumns(keys));
  }

  /** Closed orders that use one of the numbers, and those tied to them. */
  async ofParcels(transaction: Transaction, keys: readonly ParcelKey[]): Promise<OrderKey[]> {
    return keys.length === 0 ? [] : transaction.rows<OrderKey>(OF_PARCELS, parcelColumns(keys));
  }

  /** Moves orders, all of those tied together, back to the tables of the open ones. Answers how many were still closed. */
  async bringBack(transaction: Transaction, keys: readonly OrderKey[]): Promise<number> {
    this.columns ??= await this.readColumns(transaction);
    const [moved] = await transaction.rows<{ orders: number }>(bringBack(this.columns), orderColumns(keys));
    return moved!.orders;
  }

  /** Claims of closed orders on the numbers of one of them. */
  claims(transaction: Transaction, { tenantId, orderId }: OrderKey): Promise<LinkRow[]> {
    return transaction.rows(
      `SELECT o.tenant_id AS "tenantId", o.tracking_number AS "trackingNumber", o.order_id AS "orderId",
         ${milliseconds('o.uploaded_at', 'uploadedAt')}, o.replaced
       FROM closed_link l JOIN closed_link o ON o.tenant_id = l.tenant_id AND o.tracking_number = l.tracking_number
       WHERE l.tenant_id = $1 AND l.order_id = $2`,
      [tenantId, orderId],
    );
  }

  private async readColumns(transaction: Transaction): Promise<Columns> {
    const rows = await transaction.rows<{ table: string; columns: string }>(COLUMNS);
    return Object.fromEntries(rows.map(({ table, columns }) => [table, columns])) as Columns;
  }
}

function prefixed(alias: string, columns: string): string {
  return columns
    .split(', ')
    .map((column) => `${alias}.${column}`)
    .join(', ');
}
