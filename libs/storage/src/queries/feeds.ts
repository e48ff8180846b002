// How fresh each warehouse's scans are, so that "the feed is silent" is told apart from "the parcel is late".
import type { FeedRow } from '#contracts';
import type { Transaction } from '../transaction.js';
import { SUMMED } from './exposure.js';
import { iso } from './filters.js';

export type StoredFeed = Pick<FeedRow, 'warehouseId' | 'lastScanAt' | 'openDeadlines'>;

/** The latest scan from each warehouse with open deadlines: from what this person sees, to the minute. */
export async function warehouseFeeds(transaction: Transaction): Promise<StoredFeed[]> {
  return transaction.rows<StoredFeed>(
    `WITH waiting AS (
       SELECT warehouse_id, sum(open)::int AS open FROM ${SUMMED} standing
       WHERE warehouse_id IS NOT NULL GROUP BY 1 HAVING sum(open) > 0),
     scanned AS (SELECT warehouse_id, max(last_scan_at) AS at FROM warehouse_feed GROUP BY 1)
     SELECT warehouse_id AS "warehouseId", ${iso('at', 'lastScanAt')}, open AS "openDeadlines"
     FROM waiting LEFT JOIN scanned USING (warehouse_id) ORDER BY warehouse_id`,
  );
}
