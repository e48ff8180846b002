import type { MetricReported, PointedDeadline, PointsIssued } from '#domain';
import type { Transaction } from '../transaction.js';
import { columnsOf, milliseconds, timestamp } from './columns.js';

type Issue = PointsIssued['data'];
type Report = MetricReported['data'];

export interface PointRow {
  readonly tenantId: string;
  /** What the platform issued or took back, or the balance it reports. */
  readonly event: Issue | Report;
}

/** A deadline that costs points if it is missed, before its effects are looked up in its rule. */
export type StoredPointedDeadline = Omit<PointedDeadline, 'effects'> & { readonly ruleVersion: string };

// Of one issue told twice the earlier account holds, of reported balances the newest, whatever came first.
const SAVE = `
INSERT INTO point_event AS p (tenant_id, shop_id, platform, market, metric, kind, issue_id, body, at)
SELECT DISTINCT ON (1, 2, 3, 4, 5, 6, 7) tenant_id, shop_id, platform, market, metric, kind, issue_id, body::jsonb, ${timestamp('at')}
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::float8[])
  AS v (tenant_id, shop_id, platform, market, metric, kind, issue_id, body, at)
ORDER BY 1, 2, 3, 4, 5, 6, 7, CASE WHEN kind = 'reported' THEN -at ELSE at END, body::jsonb
ON CONFLICT (tenant_id, shop_id, platform, market, metric, kind, issue_id) DO UPDATE SET body = excluded.body, at = excluded.at
WHERE CASE WHEN p.kind = 'reported' THEN (excluded.at, p.body) > (p.at, excluded.body)
  ELSE (excluded.at, excluded.body) < (p.at, p.body) END`;

const DEADLINES = `
SELECT order_id || ':' || rule_id || CASE WHEN parcel_id = '' THEN '' ELSE ':' || parcel_id END AS "deadlineId", order_id AS "orderId",
  rule_id AS "ruleId", rule_version AS "ruleVersion", shop_id AS "shopId", status, stage, ${milliseconds('due_at', 'dueAt')},
  ${milliseconds('settled_at', 'settledAt')}
FROM deadline WHERE rule_id = ANY($1) AND status IN ('open', 'missed') AND shop_id IS NOT NULL
  AND ($2::text IS NULL OR shop_id = $2)`;

/** Points as the platforms issue and report them. */
export class PointStore {
  async save(transaction: Transaction, rows: readonly PointRow[]): Promise<void> {
    if (rows.length === 0) return;
    await transaction.run(
      SAVE,
      columnsOf(rows, [
        (row) => row.tenantId,
        (row) => row.event.shopId,
        (row) => row.event.platform,
        (row) => row.event.market,
        (row) => row.event.metric,
        (row) => kindOf(row.event),
        (row) => ('issueId' in row.event ? row.event.issueId : ''),
        (row) => JSON.stringify(row.event),
        (row) => ('issueId' in row.event ? row.event.issuedAt : row.event.measuredAt),
      ]),
    );
  }

  /** What is on record of every shop, or of one. */
  async load(transaction: Transaction, shopId?: string): Promise<{ issued: Issue[]; reported: Report[] }> {
    const rows = await transaction.rows<{ body: Issue | Report }>(
      'SELECT body FROM point_event WHERE $1::text IS NULL OR shop_id = $1',
      [shopId ?? null],
    );
    const issued = rows.flatMap(({ body }) => ('issueId' in body ? [body] : []));
    const reported = rows.flatMap(({ body }) => ('issueId' in body ? [] : [body]));
    return { issued, reported };
  }

  /** Open and missed deadlines of the rules, of every shop or of one. */
  async deadlines(
    transaction: Transaction,
    ruleIds: readonly string[],
    shopId?: string,
  ): Promise<StoredPointedDeadline[]> {
    if (ruleIds.length === 0) return [];
    return transaction.rows<StoredPointedDeadline>(DEADLINES, [ruleIds, shopId ?? null]);
  }
}

function kindOf(event: Issue | Report): 'issued' | 'reversed' | 'reported' {
  if (!('issueId' in event)) return 'reported';
  return event.reversal ? 'reversed' : 'issued';
}
