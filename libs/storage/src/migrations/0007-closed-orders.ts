// Orders that are over leave the tables of the open ones: one row an order, its rows as one JSON value that PostgreSQL compresses.

const SETTING = (name: string): string => `(SELECT nullif(current_setting('app.${name}', true), ''))`;
const IS_OPS = `${SETTING('role')} = 'ops'`;
const OWN_TENANT = `tenant_id = ${SETTING('tenant')}`;
const OWN_ROWS = `(${IS_OPS}
  OR (${SETTING('role')} = 'seller' AND seller_id = ${SETTING('seller')})
  OR (${SETTING('role')} = 'warehouse' AND warehouse_id = ${SETTING('warehouse')}))`;

// Not partitioned: whoever looks for an order knows its key and not its month, and an order that is not there, which is every new one,
// must cost one look-up. `body` is {shipment, parcels, deadlines}: rows of those tables by column name, read back by these names.
const TABLES = `
CREATE TABLE closed_order (
  tenant_id text NOT NULL,
  order_id text NOT NULL,
  seller_id text,
  warehouse_id text,
  platform text,
  market text,
  placed_at timestamptz,
  -- Nothing of the order happened, started or was due before began_at or after ended_at.
  began_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  closed_at timestamptz NOT NULL,
  body json NOT NULL,
  PRIMARY KEY (tenant_id, order_id)
);
CREATE INDEX closed_order_ended ON closed_order (tenant_id, ended_at);
CREATE TABLE closed_link (
  tenant_id text NOT NULL,
  tracking_number text NOT NULL,
  order_id text NOT NULL,
  uploaded_at timestamptz NOT NULL,
  replaced boolean NOT NULL,
  PRIMARY KEY (tenant_id, tracking_number, order_id)
);
CREATE INDEX closed_link_order ON closed_link (tenant_id, order_id);
-- Finds what may be closed, oldest first. Updates stay HOT: an order is placed once.
CREATE INDEX shipment_placed ON shipment (coalesce(placed_at, '-infinity'), tenant_id, order_id);
`;

// Closing deletes deadlines that are settled and have no live escalation: no sum changes, and nobody has to be told.
const TRIGGER = `
DROP TRIGGER deadline_deleted ON deadline;
CREATE TRIGGER deadline_deleted AFTER DELETE ON deadline REFERENCING OLD TABLE AS before_rows FOR EACH STATEMENT
  WHEN (current_setting('app.closing', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION note_changes();`;

function policy(table: string, visible: string): string {
  return `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
CREATE POLICY people ON ${table} TO fineline_app USING (${visible});
CREATE POLICY service ON ${table} TO fineline_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO fineline_service;
GRANT SELECT ON ${table} TO fineline_app;`;
}

const seen = (by: string, key: string) => (table: string) =>
  `EXISTS (SELECT FROM ${by} o WHERE o.tenant_id = ${table}.tenant_id AND o.${key} = ${table}.${key})`;
const visibleOrder = (table: string): string =>
  `(${seen('shipment', 'order_id')(table)} OR ${seen('closed_order', 'order_id')(table)})`;
const visibleParcel = (table: string): string =>
  `(${seen('parcel_link', 'tracking_number')(table)} OR ${seen('closed_link', 'tracking_number')(table)})`;

// What is seen through an order stays seen when the order is closed.
const SECURITY = [
  policy('closed_order', `${OWN_TENANT} AND ${OWN_ROWS}`),
  policy('closed_link', `${OWN_TENANT} AND (${IS_OPS} OR ${seen('closed_order', 'order_id')('closed_link')})`),
  `ALTER POLICY people ON levied_fine
  USING (${OWN_TENANT} AND (${IS_OPS} OR seller_id = ${SETTING('seller')} OR ${visibleOrder('levied_fine')}));`,
  `ALTER POLICY people ON evidence USING (${OWN_TENANT} AND (${IS_OPS} OR ${visibleOrder('evidence')}
  OR (order_id IS NULL AND ${visibleParcel('evidence')})));`,
].join('\n');

export const CLOSED_ORDERS_SQL = [TABLES, TRIGGER, SECURITY].join('\n');
