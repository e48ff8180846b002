// Row-level security of the first release. `fineline_service` (track, escalate, notify, intake) sees every tenant.
// `fineline_app` (people's requests) sees what the transaction's settings allow: app.tenant always, then app.role = 'ops' the
// whole tenant, 'seller' the rows of app.seller, 'warehouse' the rows of app.warehouse. Nothing set means no rows.

/** Tables with tenant_id only: ops of the tenant read them, sellers and warehouses do not. */
const OPS_TABLES = [
  'rule_overlay',
  'rule_drift',
  'backtest',
  'shop_rate',
  'miss_history',
  'waiver',
  'recipient',
  'notice',
  'notice_attempt',
  'api_key',
  'carrier_endpoint',
  'quarantine',
  'recompute_task',
  'group_member',
];
/** Tables that carry seller_id and warehouse_id: both axes apply. */
const SHIPMENT_TABLES = ['shipment', 'deadline', 'escalation', 'decision'];

// The sub-select makes PostgreSQL read the setting once per statement instead of once per row, and lets it use an index.
const SETTING = (name: string): string => `(SELECT nullif(current_setting('app.${name}', true), ''))`;
const OWN_TENANT = `tenant_id = ${SETTING('tenant')}`;
const IS_OPS = `${SETTING('role')} = 'ops'`;
const OWN_ROWS = `(${IS_OPS}
  OR (${SETTING('role')} = 'seller' AND seller_id = ${SETTING('seller')})
  OR (${SETTING('role')} = 'warehouse' AND warehouse_id = ${SETTING('warehouse')}))`;

function policy(table: string, visible: string, writable = visible): string {
  return `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
CREATE POLICY people ON ${table} TO fineline_app USING (${visible}) WITH CHECK (${writable});
CREATE POLICY service ON ${table} TO fineline_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO fineline_service;
GRANT SELECT ON ${table} TO fineline_app;
`;
}

const VISIBLE_ORDER = (table: string): string =>
  `EXISTS (SELECT 1 FROM shipment s WHERE s.tenant_id = ${table}.tenant_id AND s.order_id = ${table}.order_id)`;
const VISIBLE_PARCEL = (table: string): string =>
  `EXISTS (SELECT 1 FROM parcel_link l WHERE l.tenant_id = ${table}.tenant_id AND l.tracking_number = ${table}.tracking_number)`;

export const SECURITY_SQL = [
  policy('tenant', OWN_TENANT),
  ...OPS_TABLES.map((table) => policy(table, `${OWN_TENANT} AND ${IS_OPS}`)),
  ...SHIPMENT_TABLES.map((table) => policy(table, `${OWN_TENANT} AND ${OWN_ROWS}`)),
  // What anybody does is written down, only ops read it.
  policy('audit', `${OWN_TENANT} AND ${IS_OPS}`, OWN_TENANT),
  policy('idempotency_key', OWN_TENANT),
  // A seller or a warehouse sees a parcel, its links and its evidence through an order it sees.
  policy('parcel_link', `${OWN_TENANT} AND (${IS_OPS} OR ${VISIBLE_ORDER('parcel_link')})`),
  policy('parcel', `${OWN_TENANT} AND (${IS_OPS} OR ${VISIBLE_PARCEL('parcel')})`),
  policy(
    'levied_fine',
    `${OWN_TENANT} AND (${IS_OPS} OR seller_id = ${SETTING('seller')} OR ${VISIBLE_ORDER('levied_fine')})`,
  ),
  // An event that names an order belongs to that order, whoever else uses its tracking number.
  policy(
    'evidence',
    `${OWN_TENANT} AND (${IS_OPS} OR ${VISIBLE_ORDER('evidence')} OR (order_id IS NULL AND ${VISIBLE_PARCEL('evidence')}))`,
  ),
  `GRANT SELECT, INSERT, UPDATE ON log_offset, published_rulebook TO fineline_service;
GRANT SELECT ON published_rulebook TO fineline_app;
GRANT UPDATE ON escalation, quarantine, tenant TO fineline_app;
GRANT INSERT ON audit, recompute_task, backtest TO fineline_app;
GRANT INSERT, UPDATE ON waiver, recipient, rule_overlay, idempotency_key TO fineline_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO fineline_service, fineline_app;`,
].join('\n');
