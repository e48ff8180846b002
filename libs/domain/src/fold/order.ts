// Fold of the events of one order. Commutative and idempotent: every merge is a minimum, a maximum or a set union, so any order and
// any duplication of the same events ends in the same state. An event that changes nothing returns the same reference.
import type {
  FineLevied,
  OrderEvent,
  OrderPlaced,
  ParcelLabelled,
  ParcelRelabelled,
  ViolationReported,
} from '../events.js';
import type { LeviedFact, OrderState, ParcelLink, Revision, ViolationFact } from '../state.js';
import { mergeLink } from './link.js';
import { insertSorted, NOTHING } from './sorted.js';

/** The state of an order nothing is known about yet. */
export function emptyOrder(tenantId: string, orderId: string): OrderState {
  return { tenantId, orderId, revisions: NOTHING, parcels: NOTHING, violations: NOTHING, levied: NOTHING };
}

/** Folds one event of this order. Returns `state` itself when the event adds nothing: the caller need not write. */
export function foldOrder(state: OrderState, event: OrderEvent): OrderState {
  switch (event.type) {
    case 'order.placed':
      return withRevision(state, placedRevision(event));
    case 'order.amended':
      return withRevision(state, revision(event, false, event.data.changes));
    case 'order.cancelled':
      return withCancellation(state, event.data.cancelledAt, event.data.by);
    case 'shipment.confirmed':
      return withConfirmation(state, event.data.confirmedAt);
    case 'parcel.labelled':
      return withLink(state, labelledLink(event.data));
    case 'parcel.relabelled':
      return withLink(state, relabelledLink(event.data));
    case 'order.split':
      return withSplit(state, event.data.decidedAt, event.data.parcels);
    case 'violation.reported':
      return withViolation(state, violationFact(event));
    case 'fine.levied':
      return withLevied(state, leviedFact(event.data));
  }
}

/** Source and id are unique together; either alone is not. The ids of one source share its text. */
export function eventIdOf({ source, id }: { readonly source: string; readonly id: string }): string {
  return startOf(source) + id;
}

const starts = new Map<string, string>();
const MOST_STARTS = 1_000;

function startOf(source: string): string {
  let start = starts.get(source);
  if (start === undefined) {
    start = `${source}#`;
    if (starts.size < MOST_STARTS) starts.set(source, start);
  }
  return start;
}

function placedRevision(event: OrderPlaced): Revision {
  const { orderId: _orderId, ...facts } = event.data;
  return revision(event, true, facts);
}

function revision(event: OrderEvent, placed: boolean, patch: Revision['patch']): Revision {
  const { time, receivedAt } = event;
  const head = receivedAt === undefined ? { time } : { time, receivedAt };
  return { ...head, eventId: eventIdOf(event), placed, patch };
}

/** The same event again is known, whenever it was received. */
function withRevision(state: OrderState, added: Revision): OrderState {
  if (state.revisions.some(({ eventId }) => eventId === added.eventId)) return state;
  return { ...state, revisions: insertSorted(state.revisions, added, compareRevisions) };
}

/** A correction often has the time of what it corrects: when the order was placed. */
function compareRevisions(a: Revision, b: Revision): number {
  return a.time - b.time || (a.receivedAt ?? 0) - (b.receivedAt ?? 0) || compareText(a.eventId, b.eventId);
}

function withCancellation(state: OrderState, at: number, by: NonNullable<OrderState['cancelledBy']>): OrderState {
  const known = state.cancelledAt;
  if (known !== undefined && (known < at || (known === at && state.cancelledBy! <= by))) return state;
  return { ...state, cancelledAt: at, cancelledBy: by };
}

function withConfirmation(state: OrderState, at: number): OrderState {
  if (state.confirmedAt !== undefined && state.confirmedAt <= at) return state;
  return { ...state, confirmedAt: at };
}

/** The latest decision holds; of two in the same instant the one with more parcels. */
function withSplit(state: OrderState, decidedAt: number, parcels: number): OrderState {
  const known = state.splitDecidedAt;
  const older =
    known !== undefined && (decidedAt < known || (decidedAt === known && parcels <= state.expectedParcels!));
  return older ? state : { ...state, splitDecidedAt: decidedAt, expectedParcels: parcels };
}

function withLink(state: OrderState, link: ParcelLink): OrderState {
  const known = state.parcels.find((parcel) => parcel.trackingNumber === link.trackingNumber);
  if (!known) {
    return {
      ...state,
      parcels: insertSorted(state.parcels, link, (a, b) => compareText(a.trackingNumber, b.trackingNumber)),
    };
  }
  const merged = mergeLink(known, link);
  if (merged === known) return state;
  return { ...state, parcels: state.parcels.map((parcel) => (parcel === known ? merged : parcel)) };
}

function labelledLink(data: ParcelLabelled['data']): ParcelLink {
  const { orderId: _orderId, lineIds, ...link } = data;
  return lineIds ? { ...link, lineIds: [...new Set(lineIds)].sort() } : link;
}

function relabelledLink(data: ParcelRelabelled['data']): ParcelLink {
  const { orderId: _orderId, ...link } = data;
  return link;
}

function withViolation(state: OrderState, fact: ViolationFact): OrderState {
  const violations = insertSorted(
    state.violations,
    fact,
    (a, b) => a.occurredAt - b.occurredAt || compareText(a.eventId, b.eventId),
  );
  return violations === state.violations ? state : { ...state, violations };
}

function violationFact(event: ViolationReported): ViolationFact {
  const { orderId: _orderId, count, ...fact } = event.data;
  return { ...fact, eventId: eventIdOf(event), count: count ?? 1 };
}

function withLevied(state: OrderState, fact: LeviedFact): OrderState {
  const levied = insertSorted(
    state.levied,
    fact,
    (a, b) =>
      a.leviedAt - b.leviedAt ||
      compareText(a.chargeId, b.chargeId) ||
      Number(a.reversal) - Number(b.reversal) ||
      a.amountMinor - b.amountMinor,
  );
  return levied === state.levied ? state : { ...state, levied };
}

function leviedFact(data: FineLevied['data']): LeviedFact {
  const { chargeId, amountMinor, currency, leviedAt, ruleId, reversal } = data;
  return {
    chargeId,
    amountMinor,
    currency,
    leviedAt,
    ...(ruleId !== undefined && { ruleId }),
    reversal: reversal ?? false,
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
