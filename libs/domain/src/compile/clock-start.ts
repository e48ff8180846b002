// What starts a clock.
import type { Instant } from '../events.js';
import { earliestScan } from '../evidence.js';
import type { ClockStart, VersionMoment } from '../rule.js';
import { firstUpload, standingFines, type Subject } from '../evaluate/subject.js';

export type InstantOf = (subject: Subject) => Instant | undefined;
type ChainedStart = Extract<ClockStart, object>;
type PlainStart = Exclude<ClockStart, ChainedStart | 'last-scan' | 'each-scan'>;

/** The rules a chained start waits for; the first that applies to an order counts. */
export function ruleIdsOf(start: ChainedStart): readonly string[] {
  return typeof start.deadline === 'string' ? [start.deadline] : start.deadline;
}

/** Starts that follow from the order or the parcel alone. Gap starts and chained ones are the evaluator's. */
export const STARTS: Readonly<Record<PlainStart, InstantOf>> = {
  placed: (s) => s.facts.clocks.placedAt,
  paid: (s) => s.facts.clocks.paidAt,
  confirmed: (s) => s.facts.clocks.confirmedAt,
  released: (s) => s.facts.clocks.releasedAt,
  'pending-end': (s) => s.facts.clocks.pendingEndsAt,
  'preorder-closed': (s) => s.facts.clocks.preorderClosedAt,
  // Per parcel its own upload: a new number starts a new clock. Per order the first upload of any number.
  labelled: (s) => (s.parcel ? s.parcel.link.uploadedAt : firstUpload(s.order)),
  'shipment-confirmed': (s) => s.order.confirmedAt,
  accepted: (s) => acceptedAt(s),
  'must-arrive-by': (s) => s.facts.platformDeadlines?.mustArriveBy,
  'window-start': (s) => s.facts.platformDeadlines?.windowStart,
  'window-end': (s) => s.facts.platformDeadlines?.windowEnd,
  'fine-levied': (s) => standingFines(s.order)[0]?.leviedAt,
};

/** The moment of the order that picks the version of a rule. Goods must arrive by the end of their window where the order names no other date. */
export const MOMENTS: Readonly<Record<VersionMoment, InstantOf>> = {
  placed: STARTS.placed,
  paid: STARTS.paid,
  confirmed: STARTS.confirmed,
  released: STARTS.released,
  labelled: STARTS.labelled,
  'shipment-confirmed': STARTS['shipment-confirmed'],
  'must-arrive-by': (s) => STARTS['must-arrive-by'](s) ?? STARTS['window-end'](s),
  incident: (s) => s.incidents[0]?.occurredAt,
  evaluated: (s) => s.context.asOf,
};

/**
 * When the carrier first had the parcel, or any parcel of the order; the moment of hand-over that other clocks and groups of a day
 * refer to.
 */
export function acceptedAt(subject: Subject): Instant | undefined {
  let first: Instant | undefined;
  for (const view of subject.parcel ? [subject.parcel] : subject.parcels) {
    const at = earliestScan(view.scans, 'accepted', 'implied')?.at;
    if (at !== undefined && (first === undefined || at < first)) first = at;
  }
  return first;
}
