// Decisions of the domain as rows for the outside.
import type { Decision } from '#domain';
import { decisionsOn } from '#domain';
import type { DeadlineKey, DeadlineRow, DecisionRow } from '#storage';

/** What a stored deadline and the new one decide; one of the two may be missing. */
export function decisionRows(
  before: DeadlineRow | undefined,
  after: DeadlineRow | undefined,
  decidedAt: number,
): DecisionRow[] {
  return decisionsOn(before, after).map((decision) => {
    const { tenantId, sellerId, warehouseId, orderId } = (after ?? before)!;
    return {
      tenantId,
      sellerId,
      warehouseId,
      orderId,
      kind: decision.kind,
      body: bodyOf(decision, before, after),
      decidedAt,
    };
  });
}

export function keyOfDeadline({ ruleId, parcelId }: Pick<DeadlineKey, 'ruleId' | 'parcelId'>): string {
  return `${ruleId}\n${parcelId}`;
}

function bodyOf({ reason }: Decision, before: DeadlineRow | undefined, after: DeadlineRow | undefined): object {
  const { orderId, ruleId, ruleVersion, parcelId, platform, market, carrier } = (after ?? before)!;
  return {
    orderId,
    ruleId,
    ruleVersion,
    ...(parcelId && { parcelId }),
    platform,
    market,
    ...(carrier && { carrier }),
    reason,
    ...(after && verdict(after)),
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
