import type { DriftCounts } from '#domain';
import { iso } from '../queries/filters.js';
import type { Transaction } from '../transaction.js';
import { timestamp } from './columns.js';

export interface DriftKey {
  readonly tenantId: string;
  readonly ruleId: string;
  readonly ruleVersion: string;
}

/** How often a rule version and the platform's own deadline disagree, lately and before. */
export interface DriftRow extends DriftKey {
  readonly recent: DriftCounts;
  readonly earlier: DriftCounts;
}

export interface DriftAlert extends DriftKey {
  /** RFC 3339, UTC. */
  readonly openedAt: string;
  readonly closedAt: string | null;
}

interface Half extends DriftKey, DriftCounts {
  readonly isRecent: boolean;
}

const COUNT = `
SELECT tenant_id AS "tenantId", rule_id AS "ruleId", rule_version AS "ruleVersion", place <= $1 AS "isRecent", count(*)::int AS deadlines,
  count(*) FILTER (WHERE abs(difference_ms) > $2)::int AS differing,
  percentile_disc(0.5) WITHIN GROUP (ORDER BY difference_ms)::float8 AS "medianMs",
  CASE WHEN max(difference_ms) >= -min(difference_ms) THEN max(difference_ms) ELSE min(difference_ms) END::float8 AS "worstMs"
FROM (
  SELECT tenant_id, rule_id, rule_version, difference_ms,
    row_number() OVER (PARTITION BY tenant_id, rule_id, rule_version ORDER BY starts_at DESC, order_id, parcel_id) AS place
  FROM deadline WHERE difference_ms IS NOT NULL AND starts_at >= ${timestamp('$3::float8')} AND ($4::text IS NULL OR tenant_id = $4)
) AS clocked
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3`;

const NONE: DriftCounts = { deadlines: 0, differing: 0, medianMs: 0, worstMs: 0 };
const KEYS = '(tenant_id, rule_id, rule_version) = ($1, $2, $3)';

/** Rule versions beside the platforms' own clocks, and the alerts about them. */
export class DriftStore {
  /**
   * Deadlines with a platform clock whose own clock started at `since` (UTC epoch milliseconds) or later: the `newest` of each
   * rule version, and those before. They differ when the two due instants are more than `toleranceMs` apart.
   */
  async count(
    transaction: Transaction,
    of: { newest: number; toleranceMs: number; since: number; tenantId?: string },
  ): Promise<DriftRow[]> {
    const halves = await transaction.rows<Half>(COUNT, [of.newest, of.toleranceMs, of.since, of.tenantId ?? null]);
    const rows = new Map<string, DriftRow>();
    for (const { tenantId, ruleId, ruleVersion, isRecent, ...counts } of halves) {
      const key = [tenantId, ruleId, ruleVersion].join('\n');
      const row = rows.get(key) ?? { tenantId, ruleId, ruleVersion, recent: NONE, earlier: NONE };
      rows.set(key, { ...row, [isRecent ? 'recent' : 'earlier']: counts });
    }
    return [...rows.values()];
  }

  /** The latest alert of each rule version that ever had one. */
  latestAlerts(transaction: Transaction): Promise<DriftAlert[]> {
    return transaction.rows<DriftAlert>(
      `SELECT DISTINCT ON (tenant_id, rule_id, rule_version) tenant_id AS "tenantId", rule_id AS "ruleId",
         rule_version AS "ruleVersion", ${iso('opened_at', 'openedAt')}, ${iso('closed_at', 'closedAt')}
       FROM rule_drift ORDER BY tenant_id, rule_id, rule_version, opened_at DESC`,
    );
  }

  /** False when another process was first: one alert per rule version is open at a time. */
  async open(transaction: Transaction, { recent, earlier, ...key }: DriftRow, at: number): Promise<boolean> {
    const added = await transaction.run(
      `INSERT INTO rule_drift (tenant_id, rule_id, rule_version, opened_at, body)
       VALUES ($1, $2, $3, ${timestamp('$4::float8')}, $5) ON CONFLICT DO NOTHING`,
      [key.tenantId, key.ruleId, key.ruleVersion, at, JSON.stringify({ recent, earlier })],
    );
    return added === 1;
  }

  /** False when there was none open. */
  async close(transaction: Transaction, { tenantId, ruleId, ruleVersion }: DriftKey, at: number): Promise<boolean> {
    const closed = await transaction.run(
      `UPDATE rule_drift SET closed_at = ${timestamp('$4::float8')} WHERE ${KEYS} AND closed_at IS NULL`,
      [tenantId, ruleId, ruleVersion, at],
    );
    return closed === 1;
  }
}
