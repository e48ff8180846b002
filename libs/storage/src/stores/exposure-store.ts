import type { Transaction } from '../transaction.js';

const KEY = 'tenant_id, seller_id, warehouse_id, platform, market, carrier, rule_id, currency';

// In one order, so that two that fold at the same time wait for each other instead of for ever.
const FOLD = `
WITH taken AS (
  DELETE FROM exposure_change WHERE ctid IN (SELECT ctid FROM exposure_change LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING *),
summed AS (
  INSERT INTO exposure_cell
  SELECT ${KEY}, sum(open), sum(amount_minor), sum(expected_minor) FROM taken GROUP BY ${KEY} ORDER BY ${KEY}
  ON CONFLICT (${KEY}) DO UPDATE SET open = exposure_cell.open + excluded.open,
    amount_minor = exposure_cell.amount_minor + excluded.amount_minor,
    expected_minor = exposure_cell.expected_minor + excluded.expected_minor)
SELECT count(*)::int AS folded FROM taken`;

const FORGET_EMPTY = `
DELETE FROM exposure_cell WHERE ctid IN (
  SELECT ctid FROM exposure_cell WHERE open = 0 AND amount_minor = 0 AND expected_minor = 0 FOR UPDATE SKIP LOCKED)`;

/** The sums of what stands open. Whoever writes deadlines adds changes by a trigger; here they become cells. */
export class ExposureStore {
  /** Folds up to `limit` changes; answers how many. The exposure is the same before, meanwhile and after. */
  async fold(transaction: Transaction, limit: number): Promise<number> {
    const [answer] = await transaction.rows<{ folded: number }>(FOLD, [limit]);
    await transaction.run(FORGET_EMPTY);
    return answer!.folded;
  }
}
