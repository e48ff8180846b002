import type { MissHistory, RateSnapshot } from '#domain';
import type { Transaction } from '../transaction.js';
import { columnsOf, timestamp } from './columns.js';

export interface ShopRateRow {
  readonly tenantId: string;
  readonly snapshot: RateSnapshot;
}

/** Deadlines of one rule and shop by the local day they were due. */
export interface ShopDayCount {
  readonly tenantId: string;
  readonly shopId: string;
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly missed: number;
  readonly met: number;
  readonly open: number;
}

export interface MissHistoryRow extends MissHistory {
  readonly tenantId: string;
  readonly sellerId: string;
  readonly ruleId: string;
}

const SAVE = `
INSERT INTO shop_rate AS r (tenant_id, rate_id, shop_id, origin, body, measured_at)
SELECT DISTINCT ON (tenant_id, rate_id, shop_id, origin) tenant_id, rate_id, shop_id, origin, body::jsonb, ${timestamp('measured_at')}
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[])
  AS v (tenant_id, rate_id, shop_id, origin, body, measured_at)
ORDER BY tenant_id, rate_id, shop_id, origin, measured_at DESC, body::jsonb DESC
ON CONFLICT (tenant_id, rate_id, shop_id, origin) DO UPDATE SET body = excluded.body, measured_at = excluded.measured_at
WHERE (excluded.measured_at, excluded.body) > (r.measured_at, r.body)`;

const COUNTED = {
  orders: (condition: string) => `count(DISTINCT order_id) FILTER (WHERE ${condition})::int`,
  parcels: (condition: string) => `count(*) FILTER (WHERE ${condition})::int`,
  units: (condition: string) => `coalesce(sum(units) FILTER (WHERE ${condition}), 0)::int`,
};

const REFRESH_HISTORY = `
INSERT INTO miss_history AS h (tenant_id, seller_id, rule_id, missed, settled, measured_at)
SELECT tenant_id, seller_id, rule_id, count(*) FILTER (WHERE status = 'missed'), count(*), ${timestamp('$2::float8')}
FROM deadline WHERE status IN ('met', 'missed') AND due_at >= ${timestamp('$1::float8')} AND seller_id IS NOT NULL
GROUP BY tenant_id, seller_id, rule_id ORDER BY tenant_id, seller_id, rule_id
ON CONFLICT (tenant_id, seller_id, rule_id) DO UPDATE
SET missed = excluded.missed, settled = excluded.settled, measured_at = excluded.measured_at`;

/** Shop rates and miss histories: what evaluation takes from other orders. Instants are UTC epoch milliseconds. */
export class RateStore {
  /** Keeps the newest measurement of each tenant, rate, shop and origin. */
  async save(transaction: Transaction, rows: readonly ShopRateRow[]): Promise<void> {
    if (rows.length === 0) return;
    await transaction.run(
      SAVE,
      columnsOf(rows, [
        (row) => row.tenantId,
        (row) => row.snapshot.rateId,
        (row) => row.snapshot.shopId,
        (row) => row.snapshot.origin,
        (row) => JSON.stringify(row.snapshot),
        (row) => row.snapshot.measuredAt,
      ]),
    );
  }

  /** Rates of the shops, whatever the rate. */
  async load(
    transaction: Transaction,
    tenantIds: readonly string[],
    shopIds: readonly string[],
  ): Promise<ShopRateRow[]> {
    return transaction.rows<ShopRateRow>(
      `SELECT tenant_id AS "tenantId", body AS snapshot FROM shop_rate WHERE tenant_id = ANY($1) AND shop_id = ANY($2)`,
      [tenantIds, shopIds],
    );
  }

  /** Deadlines of a rule due in `[from, until)`, per shop and local day of `zone`. */
  async countsPerDay(
    transaction: Transaction,
    of: { ruleId: string; unit: keyof typeof COUNTED; zone: string; from: number; until: number },
  ): Promise<ShopDayCount[]> {
    const count = COUNTED[of.unit];
    return transaction.rows<ShopDayCount>(
      `SELECT tenant_id AS "tenantId", shop_id AS "shopId", to_char(due_at AT TIME ZONE $2, 'YYYY-MM-DD') AS day,
         ${count("status = 'missed'")} AS missed, ${count("status = 'met'")} AS met, ${count("status = 'open'")} AS open
       FROM deadline
       WHERE rule_id = $1 AND shop_id IS NOT NULL AND due_at >= ${timestamp('$3::float8')} AND due_at < ${timestamp('$4::float8')}
         AND status IN ('missed', 'met', 'open')
       GROUP BY 1, 2, 3`,
      [of.ruleId, of.zone, of.from, of.until],
    );
  }

  /** Counts settled deadlines due since `from` per seller and rule. Evaluation reads this, never the deadlines themselves. */
  async refreshMissHistory(transaction: Transaction, from: number, measuredAt: number): Promise<void> {
    await transaction.run(REFRESH_HISTORY, [from, measuredAt]);
  }

  async missHistory(
    transaction: Transaction,
    tenantIds: readonly string[],
    sellerIds: readonly string[],
  ): Promise<MissHistoryRow[]> {
    return transaction.rows<MissHistoryRow>(
      `SELECT tenant_id AS "tenantId", seller_id AS "sellerId", rule_id AS "ruleId", missed, settled
       FROM miss_history WHERE tenant_id = ANY($1) AND seller_id = ANY($2)`,
      [tenantIds, sellerIds],
    );
  }
}
