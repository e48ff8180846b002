// What stands open, kept as sums: exposure is read by everybody all day and must not read every open deadline each time. And which
// warned deadlines have changed: settling their escalations must not read every live one each time.

const KEY = 'tenant_id, seller_id, warehouse_id, platform, market, carrier, rule_id, currency';
const COLUMNS = `
  tenant_id text NOT NULL,
  seller_id text,
  warehouse_id text,
  platform text NOT NULL,
  market text NOT NULL,
  carrier text,
  rule_id text NOT NULL,
  currency text NOT NULL,
  open bigint NOT NULL,
  amount_minor bigint NOT NULL,
  expected_minor bigint NOT NULL`;

const TABLES = `
CREATE TABLE exposure_cell (${COLUMNS});
CREATE UNIQUE INDEX exposure_cell_key ON exposure_cell (${KEY}) NULLS NOT DISTINCT;
CREATE INDEX exposure_cell_empty ON exposure_cell (tenant_id) WHERE open = 0;
-- Writers of deadlines only ever add rows here, so that two of them never wait for one cell; escalate folds them into cells.
-- The exposure is the sum over both tables at any instant.
CREATE TABLE exposure_change (${COLUMNS});
CREATE INDEX exposure_change_tenant ON exposure_change (tenant_id);`;

// When and at which price somebody was first and last told; null where nobody was. A step taken sets it.
const WARNED = `
ALTER TABLE deadline ADD COLUMN warned_at timestamptz, ADD COLUMN warned_minor bigint;
UPDATE deadline d SET warned_at = e.first_raised_at, warned_minor = e.last_amount_minor FROM (
  SELECT tenant_id, order_id, rule_id, parcel_id, min(raised_at) AS first_raised_at,
    (array_agg(amount_minor ORDER BY escalation_id DESC))[1] AS last_amount_minor
  FROM escalation GROUP BY tenant_id, order_id, rule_id, parcel_id) e
WHERE d.tenant_id = e.tenant_id AND d.order_id = e.order_id AND d.rule_id = e.rule_id AND d.parcel_id = e.parcel_id;
-- Orders with a warned deadline that got another status or due instant, or is gone; escalate takes them from here.
CREATE TABLE overtaken (tenant_id text NOT NULL, order_id text NOT NULL);
ALTER TABLE overtaken ENABLE ROW LEVEL SECURITY;
ALTER TABLE overtaken FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON overtaken TO fineline_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON overtaken TO fineline_service;`;

// EXCEPT and not a join: its cost is linear whatever the planner believes of a statement's rows.
const OVERTAKEN = `
    INSERT INTO overtaken SELECT DISTINCT tenant_id, order_id FROM (
      SELECT tenant_id, order_id, rule_id, parcel_id, status, due_at FROM before_rows WHERE warned_at IS NOT NULL
      EXCEPT SELECT tenant_id, order_id, rule_id, parcel_id, status, due_at FROM after_rows WHERE warned_at IS NOT NULL) changed`;

const SUMS = (rows: string): string => `
  SELECT ${KEY}, sum(open), sum(amount_minor), sum(expected_minor) FROM (${rows}) change
  GROUP BY ${KEY} HAVING sum(open) <> 0 OR sum(amount_minor) <> 0 OR sum(expected_minor) <> 0`;
const OPEN = (table: string, sign: 1 | -1): string => `
    SELECT ${KEY}, ${sign} AS open, ${sign} * amount_minor AS amount_minor, ${sign} * expected_minor AS expected_minor
    FROM ${table} WHERE status = 'open'`;

// Triggers and not the stores, so that no writer of deadlines can forget it; once a statement, not once a row.
const TRIGGERS = `
CREATE FUNCTION note_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO exposure_change ${SUMS(OPEN('after_rows', 1))};
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO exposure_change ${SUMS(OPEN('before_rows', -1))};
    INSERT INTO overtaken SELECT DISTINCT tenant_id, order_id FROM before_rows WHERE warned_at IS NOT NULL;
  ELSE
    INSERT INTO exposure_change ${SUMS(`${OPEN('after_rows', 1)} UNION ALL ${OPEN('before_rows', -1)}`)};${OVERTAKEN};
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER deadline_inserted AFTER INSERT ON deadline
  REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION note_changes();
CREATE TRIGGER deadline_updated AFTER UPDATE ON deadline
  REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION note_changes();
CREATE TRIGGER deadline_deleted AFTER DELETE ON deadline
  REFERENCING OLD TABLE AS before_rows FOR EACH STATEMENT EXECUTE FUNCTION note_changes();
INSERT INTO exposure_cell ${SUMS(OPEN('deadline', 1))};`;

const SETTING = (name: string): string => `(SELECT nullif(current_setting('app.${name}', true), ''))`;
const policies = (table: string): string => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
CREATE POLICY people ON ${table} TO fineline_app USING (tenant_id = ${SETTING('tenant')} AND (${SETTING('role')} = 'ops'
  OR (${SETTING('role')} = 'seller' AND seller_id = ${SETTING('seller')})
  OR (${SETTING('role')} = 'warehouse' AND warehouse_id = ${SETTING('warehouse')})));
CREATE POLICY service ON ${table} TO fineline_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO fineline_service;
GRANT SELECT ON ${table} TO fineline_app;`;

const INDEXES = `
-- Lost and saved since this morning, and the queue by time left.
CREATE INDEX deadline_missed ON deadline (tenant_id, due_at) WHERE status = 'missed';
CREATE INDEX deadline_saved ON deadline (tenant_id, satisfied_at) WHERE status = 'met' AND warned_at IS NOT NULL;
CREATE INDEX escalation_time_left ON escalation (tenant_id, due_at, escalation_id)
  WHERE status IN ('open', 'acknowledged', 'snoozed');
CREATE INDEX escalation_breach_acknowledged ON escalation (escalation_id) WHERE status = 'acknowledged' AND step = 'breach';`;

export const EXPOSURE_SQL = [
  WARNED,
  TABLES,
  TRIGGERS,
  policies('exposure_cell'),
  policies('exposure_change'),
  INDEXES,
].join('\n');
