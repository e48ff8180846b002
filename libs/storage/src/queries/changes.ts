// The outbox of decisions as a stream people can follow.
import type { changeEvent } from '#contracts';
import type { z } from 'zod';
import type { Transaction } from '../transaction.js';
import { iso } from './filters.js';

export type Change = z.output<typeof changeEvent> & { readonly decisionId: string };

const COLUMNS = `decision_id::text AS "decisionId", kind, order_id AS "orderId", ${iso('decided_at', 'decidedAt')}, body`;

/** The newest decision id of any tenant, 0 before the first. Service role. */
export async function newestDecision(transaction: Transaction): Promise<number> {
  const [row] = await transaction.rows<{ id: number }>(
    'SELECT coalesce(max(decision_id), 0)::float8 AS id FROM decision',
  );
  return row?.id ?? 0;
}

/** Ids after `after` with their tenant, oldest first. Service role. */
export async function decisionIdsAfter(
  transaction: Transaction,
  after: number,
  limit: number,
): Promise<{ id: number; tenantId: string }[]> {
  return transaction.rows(
    `SELECT decision_id::float8 AS id, tenant_id AS "tenantId" FROM decision
     WHERE decision_id > $1 ORDER BY decision_id LIMIT $2`,
    [after, limit],
  );
}

/** Those of the given decisions that this person may see, oldest first. */
export async function visibleDecisions(transaction: Transaction, ids: readonly number[]): Promise<Change[]> {
  return transaction.rows(
    `SELECT ${COLUMNS} FROM decision WHERE decision_id = ANY($1::bigint[]) ORDER BY decision_id`,
    [ids],
  );
}

/** Decisions after `after` that this person may see, oldest first. */
export async function decisionsAfter(transaction: Transaction, after: string, limit: number): Promise<Change[]> {
  return transaction.rows(`SELECT ${COLUMNS} FROM decision WHERE decision_id > $1 ORDER BY decision_id LIMIT $2`, [
    after,
    limit,
  ]);
}
