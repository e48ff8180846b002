// What an order's revisions add up to, and which of its parcels still carry it.
import type { OrderFacts, OrderPatch } from '../events.js';
import type { OrderState, ParcelLink, Revision } from '../state.js';

const NESTED = ['clocks', 'promise', 'platformDeadlines', 'shipFrom', 'shipTo'] as const;
const merges = new WeakMap<readonly Revision[], OrderFacts | undefined>();

/**
 * The order as amended: the earliest `placed` is the base whatever its time, the other revisions apply in order of time, of equal times in
 * the order in which we received them.
 * Clocks, promise, platform deadlines and places merge field by field, everything else is replaced. Undefined until the order itself
 * has arrived; amendments wait for it.
 */
export function orderFacts(state: OrderState): OrderFacts | undefined {
  const { revisions } = state;
  if (revisions.length === 1) return revisions[0]!.placed ? (revisions[0]!.patch as OrderFacts) : undefined;
  if (!merges.has(revisions)) merges.set(revisions, mergeRevisions(revisions));
  return merges.get(revisions);
}

/** The links that still carry the order, sorted by tracking number: those no later label replaces. */
export function activeParcels(order: OrderState): readonly ParcelLink[] {
  const { parcels } = order;
  if (!parcels.some((parcel) => parcel.replaces !== undefined)) return parcels;
  const active = parcels.filter((parcel) => !parcels.some((other) => replaces(other, parcel)));
  return active.length > 0 ? active : parcels;
}

/** A number relabelled to another and back again: the one uploaded later holds. */
function replaces(other: ParcelLink, parcel: ParcelLink): boolean {
  if (other.replaces !== parcel.trackingNumber || other === parcel) return false;
  return parcel.replaces !== other.trackingNumber || other.uploadedAt > parcel.uploadedAt;
}

function mergeRevisions(revisions: readonly Revision[]): OrderFacts | undefined {
  const base = revisions.find((revision) => revision.placed);
  if (!base) return undefined;
  return revisions
    .filter((revision) => revision !== base)
    .reduce((facts, revision) => applyPatch(facts, revision.patch), base.patch as OrderFacts);
}

function applyPatch(facts: OrderFacts, patch: OrderPatch): OrderFacts {
  const merged: Record<string, unknown> = { ...facts, ...patch };
  for (const field of NESTED) {
    if (facts[field] && patch[field]) merged[field] = { ...facts[field], ...patch[field] };
  }
  return merged as unknown as OrderFacts;
}
