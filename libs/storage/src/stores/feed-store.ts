import type { Transaction } from '../transaction.js';
import { columnsOf, timestamp } from './columns.js';

/** The latest scan of a seller's parcels from a warehouse. */
export interface NotedFeed {
  readonly tenantId: string;
  readonly sellerId: string;
  readonly warehouseId: string;
  /** UTC epoch milliseconds. */
  readonly lastScanAt: number;
}

// What is less than a minute newer is not written: a busy feed would be written, and waited for, with every batch.
const NOTE = `
INSERT INTO warehouse_feed AS f (tenant_id, seller_id, warehouse_id, last_scan_at)
SELECT tenant_id, seller_id, warehouse_id, ${timestamp('v.last_scan_at')}
FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[]) AS v (tenant_id, seller_id, warehouse_id, last_scan_at)
LEFT JOIN warehouse_feed k USING (tenant_id, seller_id, warehouse_id)
WHERE k.last_scan_at IS NULL OR k.last_scan_at <= ${timestamp('v.last_scan_at')} - interval '1 minute'
ORDER BY tenant_id COLLATE "C", seller_id COLLATE "C", warehouse_id COLLATE "C"
ON CONFLICT (tenant_id, seller_id, warehouse_id) DO UPDATE SET last_scan_at = greatest(f.last_scan_at, excluded.last_scan_at)`;

/** How fresh the scans are, by whose parcels they are and from where. */
export class FeedStore {
  /** Notes scans, one row a seller and warehouse. Locks rows that others note too: the last statement of a transaction. */
  async note(transaction: Transaction, rows: readonly NotedFeed[]): Promise<void> {
    if (rows.length === 0) return;
    const picks = [
      (row: NotedFeed) => row.tenantId,
      (row: NotedFeed) => row.sellerId,
      (row: NotedFeed) => row.warehouseId,
      (row: NotedFeed) => row.lastScanAt,
    ];
    await transaction.run(NOTE, columnsOf(rows, picks));
  }
}
