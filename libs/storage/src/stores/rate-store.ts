import type { Counted, CountedUnit, MissHistory, OutcomeCount, RateSnapshot } from '#domain';
import { PAST_HELP, SCAN_GRACE_MS } from '#domain';
import type { Transaction } from '../transaction.js';
import { columnsOf, timestamp } from './columns.js';

export interface ShopRateRow {
  readonly tenantId: string;
  /** First day of the week or month it is of; empty for a rate without such. */
  readonly period: string;
  readonly snapshot: RateSnapshot;
}

export interface ShopKey {
  readonly tenantId: string;
  readonly shopId: string;
}

/** A shop in a week or month; `period` is empty where none is meant. */
export interface ShopPeriod extends ShopKey {
  readonly period: string;
}

/** `sides` is a text to compare. */
export interface ShopRateSide extends ShopPeriod {
  readonly sides: string;
}

/** What a shop had to do on one local day. */
export interface ShopDayCount extends OutcomeCount {
  readonly tenantId: string;
}

/** The days counted, `[from, until)`, and the zone that makes them days. */
export interface CountedSpan {
  readonly zone: string;
  readonly from: number;
  readonly until: number;
}

/** Orders of a rulebook; the market `*` is any. */
export interface CountedMarkets {
  readonly platform: string;
  readonly markets: readonly string[];
}

export interface MissHistoryRow extends MissHistory {
  readonly tenantId: string;
  readonly sellerId: string;
  readonly ruleId: string;
}

// Of two reports of one instant the one of the higher figure, as `replacesReport` decides; of two counts the one that comes later knows more.
const RANK = (
  row: string,
): string => `(${row}.body ->> 'rate')::numeric, coalesce((${row}.body ->> 'base')::numeric, 0),
  coalesce((${row}.body ->> 'numerator')::numeric, 0)`;
const SAVE = `
INSERT INTO shop_rate AS r (tenant_id, rate_id, shop_id, origin, period, body, measured_at)
SELECT DISTINCT ON (tenant_id, rate_id, shop_id, origin, period) tenant_id, rate_id, shop_id, origin, period, body, ${timestamp('measured_at')}
FROM (SELECT tenant_id, rate_id, shop_id, origin, period, body::jsonb AS body, measured_at
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[])
    AS u (tenant_id, rate_id, shop_id, origin, period, body, measured_at)) v
ORDER BY tenant_id, rate_id, shop_id, origin, period, v.measured_at DESC, (${RANK('v')}) DESC
ON CONFLICT (tenant_id, rate_id, shop_id, origin, period) DO UPDATE SET body = excluded.body, measured_at = excluded.measured_at
WHERE CASE WHEN r.origin = 'computed' THEN excluded.measured_at >= r.measured_at AND excluded.body <> r.body
  ELSE (excluded.measured_at, ${RANK('excluded')}) > (r.measured_at, ${RANK('r')}) END
RETURNING tenant_id AS "tenantId", rate_id AS "rateId", shop_id AS "shopId"`;

// One count per order (or parcel): late under any of the rules is late, settled only when settled under all of them.
const countsSql = (unit: CountedUnit): string => `
SELECT "tenantId", "shopId", day, sum(weight) FILTER (WHERE is_missed)::int AS missed,
  sum(weight) FILTER (WHERE NOT is_missed AND NOT is_open)::int AS met,
  sum(weight) FILTER (WHERE NOT is_missed AND is_open)::int AS open,
  sum(weight) FILTER (WHERE NOT is_missed AND is_open AND is_lost)::int AS lost
FROM (
  SELECT tenant_id AS "tenantId", shop_id AS "shopId", to_char(min(due_at) AT TIME ZONE $2, 'YYYY-MM-DD') AS day,
    bool_or(status = 'missed') AS is_missed, bool_or(status = 'open') AS is_open,
    bool_or(status = 'open' AND chance >= $5) AS is_lost, ${WEIGHT[unit]} AS weight
  FROM deadline
  WHERE rule_id = ANY($1) AND shop_id IS NOT NULL AND status IN ('missed', 'met', 'open')
    AND due_at >= ${timestamp('$3::float8')} AND due_at < ${timestamp('$4::float8')}
    AND NOT ($6::boolean AND status = 'missed' AND satisfied_at IS NULL)
  GROUP BY tenant_id, shop_id, order_id${unit === 'parcels' ? ', parcel_id' : ''}) AS counted
GROUP BY 1, 2, 3`;

// Cancelled by the seller on the day it was, anything else on the day the order was placed.
const CANCELLATIONS = `
SELECT tenant_id AS "tenantId", shop_id AS "shopId",
  to_char(coalesce(seller_cancelled_at, placed_at) AT TIME ZONE $3, 'YYYY-MM-DD') AS day,
  count(seller_cancelled_at)::int AS missed, (count(*) - count(seller_cancelled_at))::int AS met
FROM shipment
WHERE platform = $1 AND (market = ANY($2) OR '*' = ANY($2))
  AND coalesce(seller_cancelled_at, placed_at) >= ${timestamp('$4::float8')}
  AND coalesce(seller_cancelled_at, placed_at) < ${timestamp('$5::float8')}
GROUP BY 1, 2, 3`;

// Numbers that still carry an order, on the day they were uploaded; without a physical scan they are open for a while.
const SCANS = `
SELECT l.tenant_id AS "tenantId", shop_id AS "shopId", to_char(uploaded_at AT TIME ZONE $3, 'YYYY-MM-DD') AS day,
  count(physical_scan_at)::int AS met,
  count(*) FILTER (WHERE physical_scan_at IS NULL AND uploaded_at < ${timestamp('$6::float8')})::int AS missed,
  count(*) FILTER (WHERE physical_scan_at IS NULL AND uploaded_at >= ${timestamp('$6::float8')})::int AS open
FROM parcel_link l JOIN shipment USING (tenant_id, order_id) LEFT JOIN parcel USING (tenant_id, tracking_number)
WHERE platform = $1 AND (market = ANY($2) OR '*' = ANY($2)) AND NOT replaced
  AND uploaded_at >= ${timestamp('$4::float8')} AND uploaded_at < ${timestamp('$5::float8')}
GROUP BY 1, 2, 3`;

const WEIGHT: Readonly<Record<CountedUnit, string>> = {
  orders: '1',
  parcels: '1',
  units: 'max(units)',
  cases: 'max(cases)',
};

const SAVE_SIDES = `
INSERT INTO shop_rate_side (rate_id, tenant_id, shop_id, period, sides)
SELECT $1, tenant_id, shop_id, period, sides
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS v (tenant_id, shop_id, period, sides)
ORDER BY tenant_id COLLATE "C", shop_id COLLATE "C", period COLLATE "C"
ON CONFLICT (rate_id, tenant_id, shop_id, period) DO UPDATE SET sides = excluded.sides`;

const REFRESH_HISTORY = `
INSERT INTO miss_history AS h (tenant_id, seller_id, rule_id, missed, settled, measured_at)
SELECT tenant_id, seller_id, rule_id, count(*) FILTER (WHERE status = 'missed'), count(*), ${timestamp('$2::float8')}
FROM deadline WHERE status IN ('met', 'missed') AND due_at >= ${timestamp('$1::float8')} AND seller_id IS NOT NULL
GROUP BY tenant_id, seller_id, rule_id ORDER BY tenant_id, seller_id, rule_id
ON CONFLICT (tenant_id, seller_id, rule_id) DO UPDATE
SET missed = excluded.missed, settled = excluded.settled, measured_at = excluded.measured_at`;

/** Shop rates and miss histories: what evaluation takes from other orders. Instants are UTC epoch milliseconds. */
export class RateStore {
  /** Keeps the newest measurement of each tenant, rate, shop, origin and period; answers those that are newer than what was there. */
  async save(
    transaction: Transaction,
    rows: readonly ShopRateRow[],
  ): Promise<{ tenantId: string; rateId: string; shopId: string }[]> {
    if (rows.length === 0) return [];
    return transaction.rows(
      SAVE,
      columnsOf(rows, [
        (row) => row.tenantId,
        (row) => row.snapshot.rateId,
        (row) => row.snapshot.shopId,
        (row) => row.snapshot.origin,
        (row) => row.period,
        (row) => JSON.stringify(row.snapshot),
        (row) => row.snapshot.measuredAt,
      ]),
    );
  }

  /** Rates of the shops, whatever the rate; of weeks and months none that began before `since`, a day `YYYY-MM-DD`. */
  async load(
    transaction: Transaction,
    tenantIds: readonly string[],
    shopIds: readonly string[],
    since: string,
  ): Promise<ShopRateRow[]> {
    return transaction.rows<ShopRateRow>(
      `SELECT tenant_id AS "tenantId", period, body AS snapshot FROM shop_rate
       WHERE tenant_id = ANY($1) AND shop_id = ANY($2) AND (period = '' OR period COLLATE "C" >= $3)`,
      [tenantIds, shopIds, since],
    );
  }

  /**
   * Orders, parcels, units or cases with a deadline of the rules due in `[from, until)`, per shop and local day of `zone`; without misses that
   * have no late event where `onlyHappened`.
   */
  async countsPerDay(
    transaction: Transaction,
    of: CountedSpan & Omit<Extract<Counted, { kind: 'deadlines' }>, 'kind'>,
  ): Promise<ShopDayCount[]> {
    const parameters = [of.ruleIds, of.zone, of.from, of.until, PAST_HELP, of.onlyHappened];
    return counted(await transaction.rows<DayCountRow>(countsSql(of.unit), parameters));
  }

  /** Orders of the markets per shop and local day: missed where the seller cancelled them. Reads every order of the platform. */
  async cancellationsPerDay(transaction: Transaction, of: CountedSpan & CountedMarkets): Promise<ShopDayCount[]> {
    const parameters = [of.platform, of.markets, of.zone, of.from, of.until];
    return counted(await transaction.rows<DayCountRow>(CANCELLATIONS, parameters));
  }

  /** Tracking numbers per shop and local day of their upload: met where the carrier has scanned them by now, `asOf`. */
  async scansPerDay(
    transaction: Transaction,
    of: CountedSpan & CountedMarkets & { readonly asOf: number },
  ): Promise<ShopDayCount[]> {
    const parameters = [of.platform, of.markets, of.zone, of.from, of.until, of.asOf - SCAN_GRACE_MS];
    return counted(await transaction.rows<DayCountRow>(SCANS, parameters));
  }

  /** What is known of a rate, to compare and to carry bands over; of weeks and months none that began before `since`. */
  async stored(transaction: Transaction, rateIds: readonly string[], since: string): Promise<ShopRateRow[]> {
    return transaction.rows<ShopRateRow>(
      `SELECT tenant_id AS "tenantId", period, body AS snapshot FROM shop_rate
       WHERE rate_id = ANY($1) AND (period = '' OR period COLLATE "C" >= $2)`,
      [rateIds, since],
    );
  }

  /** Forgets computed rates of shops that have too few orders now. */
  async removeComputed(transaction: Transaction, rateId: string, shops: readonly ShopPeriod[]): Promise<void> {
    if (shops.length === 0) return;
    await transaction.run(
      `DELETE FROM shop_rate r USING unnest($2::text[], $3::text[], $4::text[]) AS v (tenant_id, shop_id, period)
       WHERE r.rate_id = $1 AND r.origin = 'computed' AND r.tenant_id = v.tenant_id AND r.shop_id = v.shop_id AND r.period = v.period`,
      [rateId, ...columnsOf(shops, [({ tenantId }) => tenantId, ({ shopId }) => shopId, ({ period }) => period])],
    );
  }

  /** On which side of each limit the shops' rates were when their orders were last judged by them; without a period those in use now. */
  async sides(transaction: Transaction, rateId: string): Promise<ShopRateSide[]> {
    return transaction.rows<ShopRateSide>(
      `SELECT tenant_id AS "tenantId", shop_id AS "shopId", period, sides FROM shop_rate_side WHERE rate_id = $1`,
      [rateId],
    );
  }

  /** Forgets weeks and months that began before `day`, `YYYY-MM-DD`. */
  async removePeriodsBefore(transaction: Transaction, day: string): Promise<void> {
    for (const table of ['shop_rate', 'shop_rate_side']) {
      await transaction.run(`DELETE FROM ${table} WHERE period <> '' AND period COLLATE "C" < $1`, [day]);
    }
  }

  async saveSides(transaction: Transaction, rateId: string, rows: readonly ShopRateSide[]): Promise<void> {
    if (rows.length === 0) return;
    const columns = columnsOf(rows, [
      ({ tenantId }) => tenantId,
      ({ shopId }) => shopId,
      ({ period }) => period,
      ({ sides }) => sides,
    ]);
    await transaction.run(SAVE_SIDES, [rateId, ...columns]);
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

type DayCountRow = Pick<ShopDayCount, 'tenantId' | 'shopId' | 'day'> & {
  readonly [Outcome in 'missed' | 'met' | 'open' | 'lost']?: number | null;
};

function counted(rows: readonly DayCountRow[]): ShopDayCount[] {
  return rows.map(({ tenantId, shopId, day, missed, met, open, lost }) => ({
    tenantId,
    shopId,
    day,
    missed: missed ?? 0,
    met: met ?? 0,
    open: open ?? 0,
    lost: lost ?? 0,
  }));
}
