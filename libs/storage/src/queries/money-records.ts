// Levied fines beside what was projected for them, and the shops' rates.
import type { leviedPage, leviedQuery, ratesAnswer } from '#contracts';
import type { Effect } from '#domain';
import type { z } from 'zod';
import type { Transaction } from '../transaction.js';
import { closedDeadlines } from './closed.js';
import { decodeCursor, pageOf } from './cursor.js';
import type { Page } from './filters.js';
import { Conditions, iso, minor } from './filters.js';

export type LeviedRow = z.output<typeof leviedPage>['rows'][number];
type RateRow = z.output<typeof ratesAnswer>['rows'][number];
/** A rate without what its definition says of it. */
export interface StoredRate extends Omit<
  RateRow,
  'title' | 'windows' | 'inUse' | 'inBand' | 'effects' | 'next' | 'gated'
> {
  readonly band: number | null;
  readonly effects: readonly Effect[] | null;
}

export interface GatedMoney {
  readonly shopId: string;
  readonly ruleId: string;
  readonly ruleVersion: string;
  readonly currency: string;
  readonly deadlines: number;
  readonly amountMinor: number;
}

const PROJECTED = `(SELECT json_build_object('ruleId', d.rule_id, 'status', d.status,
    'amountMinor', d.amount_minor, 'currency', d.currency)
  FROM (SELECT * FROM deadline WHERE tenant_id = f.tenant_id AND order_id = f.order_id
    UNION ALL ${closedDeadlines('c.tenant_id = f.tenant_id AND c.order_id = f.order_id')}) d
  WHERE (f.rule_id IS NULL OR d.rule_id = f.rule_id)
    AND d.currency = f.currency
  ORDER BY (d.status = 'missed') DESC, abs(d.amount_minor - f.amount_minor), d.rule_id LIMIT 1) AS projected`;

/** Levied fines, latest first. Throws BadCursor. */
export async function listLevied(
  transaction: Transaction,
  filter: z.output<typeof leviedQuery>,
): Promise<Page<LeviedRow>> {
  const after = decodeCursor(filter.cursor, 'levied', ['instant', 'string', 'string']);
  const conditions = new Conditions().add('f.platform = ?', filter.platform).add('f.seller_id = ?', filter.seller);
  if (after) {
    const [levied, platform, charge] = after.map((part) => conditions.parameter(part));
    conditions.always(
      `(f.levied_at, f.platform, f.charge_id) < (${levied}::timestamptz, ${platform}::text, ${charge}::text)`,
    );
  }
  const limit = conditions.parameter(filter.limit + 1);
  const rows = await transaction.rows<LeviedRow>(
    `SELECT f.charge_id AS "chargeId", f.order_id AS "orderId", f.seller_id AS "sellerId", f.platform,
       ${minor('f.amount_minor', 'amountMinor')}, f.currency, ${iso('f.levied_at', 'leviedAt')}, f.rule_id AS "ruleId",
       f.reversal, f.reason, ${PROJECTED}
     FROM levied_fine f ${conditions.where()} ORDER BY f.levied_at DESC, f.platform DESC, f.charge_id DESC LIMIT ${limit}`,
    conditions.parameters,
  );
  return pageOf(rows, filter.limit, 'levied', (row) => [row.leviedAt, row.platform, row.chargeId]);
}

/** An instant kept as milliseconds inside JSON. */
function isoOf(json: string, name: string): string {
  return iso(`to_timestamp((${json})::float8 / 1000)`, name);
}

/** Rates of every shop, or of one; of weeks and months the latest. */
export async function listRates(transaction: Transaction, shopId?: string): Promise<StoredRate[]> {
  const conditions = new Conditions().add('shop_id = ?', shopId);
  return transaction.rows<StoredRate>(
    `SELECT DISTINCT ON (shop_id, rate_id, origin) rate_id AS "rateId", shop_id AS "shopId", origin, body->>'rate' AS rate, (body->>'numerator')::float8 AS numerator,
       (body->>'denominator')::float8 AS denominator, body->>'projectedRate' AS "projectedRate",
       (body->>'budget')::float8 AS budget,
       ${isoOf("body->'evaluatedAt'", 'evaluatedAt')}, ${isoOf("body->'nextEvaluationAt'", 'nextEvaluationAt')},
       (body->>'band')::int AS band, body->'effects' AS effects, ${iso('measured_at', 'measuredAt')}
     FROM shop_rate ${conditions.where()} ORDER BY shop_id, rate_id, origin, period DESC LIMIT 1000`,
    conditions.parameters,
  );
}

/** Fines held back by a rate, per shop, rule version and currency: of open deadlines, and of missed ones due at `since` (UTC epoch milliseconds) or later. */
export async function gatedMoney(
  transaction: Transaction,
  ruleIds: readonly string[],
  since: number,
): Promise<GatedMoney[]> {
  return transaction.rows<GatedMoney>(
    `SELECT shop_id AS "shopId", rule_id AS "ruleId", rule_version AS "ruleVersion", currency, count(*)::int AS deadlines, ${minor('sum(amount_minor)', 'amountMinor')}
     FROM deadline WHERE rule_id = ANY($1) AND gated AND amount_minor > 0 AND shop_id IS NOT NULL
       AND (status = 'open' OR (status = 'missed' AND due_at >= $2))
     GROUP BY shop_id, rule_id, rule_version, currency ORDER BY shop_id, rule_id, rule_version, currency`,
    [ruleIds, new Date(since)],
  );
}
