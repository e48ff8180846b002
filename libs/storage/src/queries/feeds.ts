// How fresh each warehouse's scans are, so that "the feed is silent" is told apart from "the parcel is late".
import type { FeedRow } from '#contracts';
import type { Transaction } from '../transaction.js';
import { iso } from './filters.js';

export type StoredFeed = Pick<FeedRow, 'warehouseId' | 'lastScanAt' | 'openDeadlines'>;

/** The latest scan of any parcel of a warehouse's recent orders, for warehouses with open deadlines. */
export async function warehouseFeeds(transaction: Transaction, recentSince: number): Promise<StoredFeed[]> {
  return transaction.rows<StoredFeed>(
    `WITH waiting AS (
       SELECT tenant_id, warehouse_id, count(*)::int AS open FROM deadline
       WHERE status = 'open' AND warehouse_id IS NOT NULL GROUP BY 1, 2)
     SELECT w.warehouse_id AS "warehouseId", ${iso('latest.at', 'lastScanAt')}, w.open AS "openDeadlines"
     FROM waiting w LEFT JOIN LATERAL (
       SELECT max(p.last_scan_at) AS at FROM shipment s
       JOIN parcel_link l USING (tenant_id, order_id) JOIN parcel p USING (tenant_id, tracking_number)
       WHERE s.tenant_id = w.tenant_id AND s.warehouse_id = w.warehouse_id AND s.placed_at >= $1) latest ON true
     ORDER BY w.warehouse_id`,
    [new Date(recentSince)],
  );
}
