// Whose rows somebody sees, said so that the planner does not take them for a handful. It guessed each OR of the old condition to be true for one
// row in 200, so it read and sorted all of a tenant's open deadlines to show the first page (1 s of 200,000); a CASE it takes for half of them,
// and goes by the index of that order until the page is full. And the queue of one seller, who may be one of a thousand, by an index of its own.
const SETTING = (name: string): string => `(SELECT nullif(current_setting('app.${name}', true), ''))`;
const OWN_TENANT = `tenant_id = ${SETTING('tenant')}`;
const OWN_ROWS = `CASE ${SETTING('role')} WHEN 'ops' THEN true
  WHEN 'seller' THEN seller_id = ${SETTING('seller')}
  WHEN 'warehouse' THEN warehouse_id = ${SETTING('warehouse')} ELSE false END`;
const OWN_ROWS_BEFORE = `(${SETTING('role')} = 'ops'
  OR (${SETTING('role')} = 'seller' AND seller_id = ${SETTING('seller')})
  OR (${SETTING('role')} = 'warehouse' AND warehouse_id = ${SETTING('warehouse')}))`;

const WRITTEN = ['shipment', 'deadline', 'escalation', 'decision'];
const READ_ONLY = ['closed_order', 'exposure_cell', 'exposure_change'];

const visibleBy = (ownRows: string): string => `(${OWN_TENANT} AND ${ownRows})`;
/** For tables with tenant, seller and warehouse. */
export const OWN_ROWS_VISIBLE = visibleBy(OWN_ROWS);

function policies(visible: string): string {
  return [
    ...WRITTEN.map((table) => `ALTER POLICY people ON ${table} USING ${visible} WITH CHECK ${visible};`),
    ...READ_ONLY.map((table) => `ALTER POLICY people ON ${table} USING ${visible};`),
  ].join('\n');
}

export const OWN_ROWS_SQL = `${policies(OWN_ROWS_VISIBLE)}
CREATE INDEX escalation_seller ON escalation (tenant_id, seller_id, expected_minor DESC, escalation_id)
  WHERE status IN ('open', 'acknowledged', 'snoozed');`;

export const OWN_ROWS_DOWN_SQL = `${policies(visibleBy(OWN_ROWS_BEFORE))} DROP INDEX escalation_seller;`;
