// An escalation is a copy of its deadline's amount and of whose it is. When an amendment changes these, it has to be brought in line as when
// the due instant moves. `expected_minor` is not compared: it changes with every step, and whoever judges an order then settles it.

const KEY = 'tenant_id, seller_id, warehouse_id, platform, market, carrier, rule_id, currency';
const SUMS = (rows: string): string => `
  SELECT ${KEY}, sum(open), sum(amount_minor), sum(expected_minor) FROM (${rows}) change
  GROUP BY ${KEY} HAVING sum(open) <> 0 OR sum(amount_minor) <> 0 OR sum(expected_minor) <> 0`;
const OPEN = (table: string, sign: 1 | -1): string => `
    SELECT ${KEY}, ${sign} AS open, ${sign} * amount_minor AS amount_minor, ${sign} * expected_minor AS expected_minor
    FROM ${table} WHERE status = 'open'`;
const WARNED = (table: string, compared: string): string =>
  `SELECT tenant_id, order_id, rule_id, parcel_id, ${compared} FROM ${table} WHERE warned_at IS NOT NULL`;

/** The function of `0003-exposure` with other columns of a warned deadline compared, where `isNoted`, SQL, holds. */
export const noteChanges = (compared: string, isNoted = 'true'): string => `
CREATE OR REPLACE FUNCTION note_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO exposure_change ${SUMS(OPEN('after_rows', 1))};
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO exposure_change ${SUMS(OPEN('before_rows', -1))};
    INSERT INTO overtaken SELECT DISTINCT tenant_id, order_id FROM before_rows WHERE warned_at IS NOT NULL AND ${isNoted};
  ELSE
    INSERT INTO exposure_change ${SUMS(`${OPEN('after_rows', 1)} UNION ALL ${OPEN('before_rows', -1)}`)};
    INSERT INTO overtaken SELECT DISTINCT tenant_id, order_id FROM (
      ${WARNED('before_rows', compared)} EXCEPT ${WARNED('after_rows', compared)}) changed WHERE ${isNoted};
  END IF;
  RETURN NULL;
END $$;`;

export const NOTED_WITHOUT_EXPECTED = 'status, due_at, amount_minor, currency, seller_id, warehouse_id';
export const OVERTAKEN_COPIES_SQL = noteChanges(NOTED_WITHOUT_EXPECTED);
export const OVERTAKEN_COPIES_DOWN_SQL = noteChanges('status, due_at');
