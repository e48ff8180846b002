// On which side of each limit the rate of a shop was when its orders were last judged by it. The rate in use also changes while nothing is counted
// or reported: a report is believed for some days only.
export const RATE_SIDES_SQL = `
CREATE TABLE shop_rate_side (
  rate_id text NOT NULL,
  tenant_id text NOT NULL,
  shop_id text NOT NULL,
  sides text NOT NULL,
  PRIMARY KEY (rate_id, tenant_id, shop_id)
);
ALTER TABLE shop_rate_side ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop_rate_side FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON shop_rate_side TO fineline_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON shop_rate_side TO fineline_service;
`;
