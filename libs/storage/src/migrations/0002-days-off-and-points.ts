// Days off of sellers and warehouses, and points of shops as the platforms issue and report them.

// `days` is `{ "2026-08-03": "Stock count" }`; `revision` counts the changes and is the version an explanation names.
const TABLES = `
CREATE TABLE days_off (
  tenant_id text NOT NULL,
  seller_id text NOT NULL DEFAULT '',
  warehouse_id text NOT NULL DEFAULT '',
  revision int NOT NULL,
  days jsonb NOT NULL,
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, seller_id, warehouse_id),
  CHECK ((seller_id = '') <> (warehouse_id = ''))
);
CREATE TABLE point_event (
  tenant_id text NOT NULL,
  shop_id text NOT NULL,
  platform text NOT NULL,
  market text NOT NULL,
  metric text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('issued', 'reversed', 'reported')),
  -- The platform's number of the issue; empty for the balance it reports, of which the newest is kept.
  issue_id text NOT NULL,
  body jsonb NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, shop_id, platform, market, metric, kind, issue_id)
);
`;

const SETTING = (name: string): string => `(SELECT nullif(current_setting('app.${name}', true), ''))`;
const IS_OPS = `tenant_id = ${SETTING('tenant')} AND ${SETTING('role')} = 'ops'`;
const OWN_DAYS = `tenant_id = ${SETTING('tenant')} AND (${SETTING('role')} = 'ops'
  OR (${SETTING('role')} = 'seller' AND seller_id = ${SETTING('seller')})
  OR (${SETTING('role')} = 'warehouse' AND warehouse_id = ${SETTING('warehouse')}))`;

function policy(table: string, visible: string, writable: string): string {
  return `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
CREATE POLICY people ON ${table} TO fineline_app USING (${visible}) WITH CHECK (${writable});
CREATE POLICY service ON ${table} TO fineline_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO fineline_service;
GRANT SELECT ON ${table} TO fineline_app;
`;
}

export const DAYS_OFF_AND_POINTS_SQL = [
  TABLES,
  policy('days_off', OWN_DAYS, IS_OPS),
  policy('point_event', IS_OPS, IS_OPS),
  'GRANT INSERT, UPDATE ON days_off TO fineline_app;',
].join('\n');
