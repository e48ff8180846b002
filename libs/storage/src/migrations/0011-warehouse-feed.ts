// How fresh a warehouse's scans are, noted by `track`. The front page asks every half minute and read every parcel of two weeks for it: 2.6 s in a
// tenant with 200,000. By seller too, so that a seller is told of its own parcels only.
import { OWN_ROWS_VISIBLE } from './0010-own-rows.js';

export const WAREHOUSE_FEED_SQL = `
CREATE TABLE warehouse_feed (
  tenant_id text NOT NULL,
  seller_id text NOT NULL,
  warehouse_id text NOT NULL,
  last_scan_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, seller_id, warehouse_id)
);
INSERT INTO warehouse_feed
SELECT tenant_id, s.seller_id, s.warehouse_id, max(p.last_scan_at)
FROM shipment s JOIN parcel_link l USING (tenant_id, order_id) JOIN parcel p USING (tenant_id, tracking_number)
WHERE s.seller_id IS NOT NULL AND s.warehouse_id IS NOT NULL AND p.last_scan_at IS NOT NULL GROUP BY 1, 2, 3;
ALTER TABLE warehouse_feed ENABLE ROW LEVEL SECURITY;
ALTER TABLE warehouse_feed FORCE ROW LEVEL SECURITY;
CREATE POLICY people ON warehouse_feed TO fineline_app USING ${OWN_ROWS_VISIBLE};
CREATE POLICY service ON warehouse_feed TO fineline_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON warehouse_feed TO fineline_service;
GRANT SELECT ON warehouse_feed TO fineline_app;
`;
