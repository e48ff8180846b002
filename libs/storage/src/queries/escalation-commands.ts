// What people do to rows of the queue. One statement for any number of ids; row-level security decides which of them exist.
import type { Transaction } from '../transaction.js';

export type EscalationChange =
  | { readonly action: 'acknowledge'; readonly note?: string }
  | { readonly action: 'snooze'; readonly note?: string; readonly until: number }
  | { readonly action: 'assign'; readonly note?: string; readonly to: string };

export interface ChangeCounts {
  /** Rows changed now. */
  changed: number;
  /** Rows seen but already settled. */
  unchanged: number;
  /** Ids that do not exist for this person. */
  notFound: number;
}

const SET: Record<EscalationChange['action'], string> = {
  acknowledge: `status = 'acknowledged', acknowledged_at = $2, acknowledged_by = $3, snoozed_until = NULL`,
  snooze: `status = 'snoozed', snoozed_until = $5`,
  assign: `assigned_to = $5`,
};

/**
 * Applies `change` to every live escalation among `ids` and writes one audit row for each, with the state before and
 * after, in the caller's transaction. `at` is epoch milliseconds UTC; `actor` is who did it.
 */
export async function changeEscalations(
  transaction: Transaction,
  ids: readonly string[],
  change: EscalationChange,
  actor: string,
  at: number,
): Promise<ChangeCounts> {
  const parameters = [ids, new Date(at), actor, change.note ?? null, ...ownParameter(change)];
  const [counts] = await transaction.rows<{ seen: number; changed: number }>(statement(change), parameters);
  const wanted = new Set(ids).size;
  const { seen, changed } = counts as { seen: number; changed: number };
  return { changed, unchanged: seen - changed, notFound: wanted - seen };
}

function ownParameter(change: EscalationChange): unknown[] {
  if (change.action === 'acknowledge') return [];
  return [change.action === 'snooze' ? new Date(change.until) : change.to];
}

function statement({ action }: EscalationChange): string {
  return `WITH seen AS (
      SELECT escalation_id, tenant_id, status, assigned_to, snoozed_until, note FROM escalation
      WHERE escalation_id = ANY($1::bigint[]) ORDER BY escalation_id FOR UPDATE),
    changed AS (
      UPDATE escalation e SET ${SET[action]}, note = coalesce($4, e.note) FROM seen
      WHERE e.escalation_id = seen.escalation_id AND seen.status IN ('open', 'acknowledged', 'snoozed')
      RETURNING e.escalation_id, e.tenant_id, e.status, e.assigned_to, e.snoozed_until, e.note,
        seen.status AS status_before, seen.assigned_to AS assigned_before),
    audited AS (
      INSERT INTO audit (tenant_id, actor, action, subject, before, after, reason, at)
      SELECT tenant_id, $3, 'escalation.${action}', 'escalation/' || escalation_id,
        jsonb_build_object('status', status_before, 'assignedTo', assigned_before),
        jsonb_build_object('status', status, 'assignedTo', assigned_to, 'snoozedUntil', snoozed_until),
        $4, $2 FROM changed)
    SELECT (SELECT count(*)::int FROM seen) AS seen, (SELECT count(*)::int FROM changed) AS changed`;
}
