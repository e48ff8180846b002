// Money at risk, lost and saved. Every sum is within one currency; currencies are never added.
import type { CliffRow, ExposureRow, cliffsQuery, exposureQuery } from '#contracts';
import type { z } from 'zod';
import type { Transaction } from '../transaction.js';
import { closedDeadlines } from './closed.js';
import { addShipmentFilters } from './deadlines.js';
import { Conditions, iso, minor } from './filters.js';

export type ExposureFilter = z.output<typeof exposureQuery>;
export type CliffFilter = z.output<typeof cliffsQuery>;

const GROUPS: Record<ExposureFilter['groupBy'], string> = {
  none: 'NULL::text',
  platform: 'platform',
  warehouse: 'warehouse_id',
  seller: 'seller_id',
  carrier: 'carrier',
  rule: 'rule_id',
};

/** The cells and what was not folded into them yet add up to the open deadlines. They know no due instants. */
export const SUMMED = '(SELECT * FROM exposure_cell UNION ALL SELECT * FROM exposure_change)';
const ONE_BY_ONE = `(SELECT *, 1 AS open FROM deadline WHERE status = 'open')`;

function standing({ dueAfter, dueBefore }: ExposureFilter): string {
  return dueAfter === undefined && dueBefore === undefined ? SUMMED : ONE_BY_ONE;
}

/** One row per group and currency, highest expected loss first. `since` is epoch milliseconds. */
export async function exposure(
  transaction: Transaction,
  filter: ExposureFilter,
  since: number,
): Promise<ExposureRow[]> {
  const conditions = new Conditions();
  const start = conditions.parameter(new Date(since));
  addShipmentFilters(conditions, filter);
  const group = GROUPS[filter.groupBy];
  const matching = conditions.where() || 'WHERE true';
  // A sum over past months reads the closed orders of that time, one since this morning none: they ended before.
  const settled = `(SELECT * FROM deadline UNION ALL ${closedDeadlines(`c.ended_at >= ${start}`)}) deadline`;
  return transaction.rows<ExposureRow>(
    `WITH at_risk AS (
       SELECT ${group} AS "group", currency, sum(open) AS open, sum(amount_minor) AS projected, sum(expected_minor) AS expected
       FROM ${standing(filter)} standing ${matching} GROUP BY 1, 2 HAVING sum(open) > 0),
     lost AS (
       SELECT ${group} AS "group", currency, count(*) AS missed, sum(amount_minor) AS amount
       FROM ${settled} ${matching} AND status = 'missed' AND due_at >= ${start} GROUP BY 1, 2),
     kept AS (
       SELECT ${group} AS "group", currency, count(*) AS saved, sum(warned_minor) AS amount
       FROM ${settled} ${matching} AND status = 'met' AND satisfied_at >= ${start} AND warned_at <= satisfied_at GROUP BY 1, 2)
     SELECT keys."group", keys.currency, coalesce(open, 0)::int AS open, coalesce(projected, 0)::float8 AS "projectedMinor",
       coalesce(expected, 0)::float8 AS "expectedMinor", coalesce(missed, 0)::int AS missed,
       coalesce(lost.amount, 0)::float8 AS "missedMinor", coalesce(saved, 0)::int AS saved,
       coalesce(kept.amount, 0)::float8 AS "savedMinor"
     FROM (SELECT "group", currency FROM at_risk UNION SELECT "group", currency FROM lost
       UNION SELECT "group", currency FROM kept) keys
     LEFT JOIN at_risk ON at_risk.currency = keys.currency AND at_risk."group" IS NOT DISTINCT FROM keys."group"
     LEFT JOIN lost ON lost.currency = keys.currency AND lost."group" IS NOT DISTINCT FROM keys."group"
     LEFT JOIN kept ON kept.currency = keys.currency AND kept."group" IS NOT DISTINCT FROM keys."group"
     ORDER BY "expectedMinor" DESC, "projectedMinor" DESC, keys."group"`,
    conditions.parameters,
  );
}

/** What falls due in each of the next hours, per currency. `now` is epoch milliseconds. */
export async function cliffs(transaction: Transaction, filter: CliffFilter, now: number): Promise<CliffRow[]> {
  const conditions = new Conditions()
    .always(`status = 'open'`)
    .add('due_at >= ?', new Date(now))
    .add('due_at < ?', new Date(now + filter.hours * 3_600_000));
  addShipmentFilters(conditions, filter);
  return transaction.rows<CliffRow>(
    `SELECT ${iso("date_trunc('hour', due_at)", 'from')}, ${iso('min(due_at)', 'firstDueAt')}, currency,
       count(*)::int AS open, ${minor('sum(amount_minor)', 'projectedMinor')}, ${minor('sum(expected_minor)', 'expectedMinor')}
     FROM deadline ${conditions.where()} GROUP BY date_trunc('hour', due_at), currency
     ORDER BY date_trunc('hour', due_at), currency`,
    conditions.parameters,
  );
}
