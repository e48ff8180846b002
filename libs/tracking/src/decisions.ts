// What changed between the stored deadlines of an order and the new ones, as decisions for the outside.
import type { DeadlineKey, DeadlineRow, DecisionRow } from '#storage';

export type DeadlineDecisionKind =
  | 'deadline-opened'
  | 'deadline-met'
  | 'deadline-missed'
  | 'deadline-waived'
  | 'deadline-void'
  | 'deadline-moved'
  /** A settled verdict was taken back: a late scan cured a miss, a retraction undid a proof. */
  | 'deadline-reversed'
  | 'deadline-withdrawn'
  | 'fine-changed';

/** The decision a new or changed row makes; undefined when only an estimate moved. */
export function decisionOf(before: DeadlineRow | undefined, after: DeadlineRow): DeadlineDecisionKind | undefined {
  if (!before) return after.status === 'open' ? 'deadline-opened' : `deadline-${after.status}`;
  if (before.status !== after.status) {
    const wasSettled = before.status === 'met' || before.status === 'missed';
    if (wasSettled || after.status === 'open') return 'deadline-reversed';
    return `deadline-${after.status}`;
  }
  if (before.dueAt !== after.dueAt) return 'deadline-moved';
  if (before.amountMinor !== after.amountMinor || before.gated !== after.gated) return 'fine-changed';
  return undefined;
}

export function decisionRow(
  kind: DeadlineDecisionKind,
  before: DeadlineRow | undefined,
  after: DeadlineRow,
  decidedAt: number,
): DecisionRow {
  const { tenantId, sellerId, warehouseId, orderId } = after;
  return { tenantId, sellerId, warehouseId, orderId, kind, body: decisionBody(before, after), decidedAt };
}

/** A deadline that no longer exists because its rule does not apply to the order any more. */
export function withdrawnRow(before: DeadlineRow, decidedAt: number): DecisionRow {
  const { tenantId, sellerId, warehouseId, orderId, ruleId, parcelId, status } = before;
  const body = { orderId, ruleId, ...(parcelId && { parcelId }), before: { status } };
  return { tenantId, sellerId, warehouseId, orderId, kind: 'deadline-withdrawn', body, decidedAt };
}

export function keyOfDeadline({ ruleId, parcelId }: Pick<DeadlineKey, 'ruleId' | 'parcelId'>): string {
  return `${ruleId}\n${parcelId}`;
}

function decisionBody(before: DeadlineRow | undefined, after: DeadlineRow): object {
  const { orderId, ruleId, ruleVersion, parcelId, platform, market, carrier } = after;
  return {
    orderId,
    ruleId,
    ruleVersion,
    ...(parcelId && { parcelId }),
    platform,
    market,
    ...(carrier && { carrier }),
    ...verdict(after),
    ...(before && { before: verdict(before) }),
  };
}

function verdict({ status, dueAt, satisfiedAt, amountMinor, expectedMinor, currency, gated }: DeadlineRow): object {
  return {
    status,
    dueAt: new Date(dueAt).toISOString(),
    ...(satisfiedAt !== null && { satisfiedAt: new Date(satisfiedAt).toISOString() }),
    projectedFine: { amountMinor, expectedMinor, currency, gated },
  };
}
