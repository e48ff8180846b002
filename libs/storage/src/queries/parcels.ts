// Parcels by tracking number, with the orders that claim them.
import type { parcelRow, parcelsQuery } from '#contracts';
import type { ParcelState } from '#domain';
import type { z } from 'zod';
import type { Transaction } from '../transaction.js';
import { decodeCursor, pageOf } from './cursor.js';
import type { Page } from './filters.js';
import { Conditions, iso } from './filters.js';

export type ParcelFilter = z.output<typeof parcelsQuery>;
export type ParcelRow = z.output<typeof parcelRow>;

const columns = (
  links: string,
): string => `tracking_number AS "trackingNumber", state->>'carrier' AS carrier, ${iso('last_scan_at', 'lastScanAt')},
  state->'scans'->-1->>'stage' AS "lastStage",
  ARRAY(SELECT l.order_id FROM ${links} l WHERE l.tenant_id = parcel.tenant_id
    AND l.tracking_number = parcel.tracking_number ORDER BY l.order_id) AS "orderIds"`;

/** Parcels by tracking number, without those of closed orders. Throws BadCursor. */
export async function listParcels(transaction: Transaction, filter: ParcelFilter): Promise<Page<ParcelRow>> {
  const after = decodeCursor(filter.cursor, 'parcel', ['string']);
  const conditions = new Conditions()
    .add(
      `EXISTS (SELECT 1 FROM parcel_link l JOIN shipment s USING (tenant_id, order_id)
        WHERE l.tenant_id = parcel.tenant_id AND l.tracking_number = parcel.tracking_number AND s.warehouse_id = ?)`,
      filter.warehouse,
    )
    .add('tracking_number ^@ upper(?)', filter.text)
    .add('tracking_number > ?', after?.[0]);
  const limit = conditions.parameter(filter.limit + 1);
  const rows = await transaction.rows<ParcelRow>(
    `SELECT ${columns('parcel_link')} FROM parcel ${conditions.where()} ORDER BY tracking_number LIMIT ${limit}`,
    conditions.parameters,
  );
  return pageOf(rows, filter.limit, 'parcel', (row) => [row.trackingNumber]);
}

/** A parcel with its folded state; undefined when there is none for this person. */
export async function findParcel(
  transaction: Transaction,
  trackingNumber: string,
): Promise<{ row: ParcelRow; state: ParcelState } | undefined> {
  const [found] = await transaction.rows<ParcelRow & { state: ParcelState }>(
    `SELECT ${columns('parcel_link')}, state FROM parcel WHERE tracking_number = $1
     UNION ALL (SELECT ${columns('closed_link')}, state FROM (
       SELECT p.* FROM closed_link l JOIN closed_order c USING (tenant_id, order_id)
       CROSS JOIN LATERAL json_populate_recordset(NULL::parcel, c.body -> 'parcels') p
       WHERE l.tracking_number = $1 AND p.tracking_number = $1) parcel LIMIT 1)`,
    [trackingNumber],
  );
  if (!found) return undefined;
  const { state, ...row } = found;
  return { row, state };
}
