// Decisions of the domain as rows for the outside.
import type { Decision } from '#domain';
import { decisionsOn } from '#domain';
import type { DeadlineRow, DecisionRow } from '#storage';
import type { StoredVerdict } from './verdict.js';

/** What the stored verdict on a deadline and the new one decide; one of the two may be missing. `row` is the deadline as it is, or last was. */
export function decisionRows(
  row: DeadlineRow,
  before: StoredVerdict | undefined,
  after: StoredVerdict | undefined,
  decidedAt: number,
): DecisionRow[] {
  const { tenantId, sellerId, warehouseId, orderId } = row;
  return decisionsOn(before, after).map((decision) => {
    const body = bodyOf(decision, row, before, after);
    return { tenantId, sellerId, warehouseId, orderId, kind: decision.kind, body, decidedAt };
  });
}

function bodyOf(
  { reason }: Decision,
  { orderId, ruleId, ruleVersion, parcelId, platform, market, carrier }: DeadlineRow,
  before: StoredVerdict | undefined,
  after: StoredVerdict | undefined,
): object {
  return {
    orderId,
    ruleId,
    ruleVersion,
    ...(parcelId && { parcelId }),
    platform,
    market,
    ...(carrier && { carrier }),
    reason,
    ...(after && told(after)),
    ...(before && { before: told(before) }),
  };
}

function told({ status, dueAt, satisfiedAt, amountMinor, expectedMinor, currency, gated }: StoredVerdict): object {
  return {
    status,
    dueAt: new Date(dueAt).toISOString(),
    ...(satisfiedAt !== null && { satisfiedAt: new Date(satisfiedAt).toISOString() }),
    projectedFine: { amountMinor, expectedMinor, currency, gated },
  };
}
