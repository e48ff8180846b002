// Scans as evidence: which of them prove what, and how strongly. Label information is never physical evidence, whenever it was stamped.
import { EVIDENCE_STRENGTHS, type EvidenceStrength, type Instant, type ScanStage } from './events.js';
import type { SatisfyingEvent } from './rule.js';
import type { ParcelLink, ParcelState, ScanFact } from './state.js';

/** A parcel of an order with the scans that count: retracted ones and those of an earlier use of the number are gone. Scans are sorted by time. */
export interface ParcelView {
  readonly link: ParcelLink;
  readonly scans: readonly ScanFact[];
  /** Scans of an earlier use of the number. */
  readonly earlier: number;
}

export type ScanSatisfyingEvent = Extract<
  SatisfyingEvent,
  'accepted' | 'any-scan' | 'in-transit' | 'delivery-attempted' | 'delivered' | 'available-for-pickup'
>;

/** Earliest instant of each milestone; a missing one has not happened. Instants are the earliest a scan can have happened. */
export interface ParcelMilestones {
  readonly acceptedDirect?: Instant;
  readonly acceptedImplied?: Instant;
  readonly acceptedClaimed?: Instant;
  readonly inTransit?: Instant;
  readonly attempted?: Instant;
  readonly delivered?: Instant;
  readonly lastScan?: Instant;
  readonly stage: ScanStage;
}

const RANK: Readonly<Record<EvidenceStrength, number>> = { none: 0, claimed: 1, implied: 2, direct: 3 };
const NOT_A_MOVE: ReadonlySet<ScanStage> = new Set(['label-created', 'cancelled', 'expired', 'unknown']);
// A carrier that says this holds the parcel, even if the sender of the event graded it `none`.
const PROVES_POSSESSION: ReadonlySet<ScanStage> = new Set([
  'out-for-delivery',
  'available-for-pickup',
  'delivery-attempted',
  'delivered',
  'returning',
  'returned',
]);
const PROGRESS: Readonly<Record<ScanStage, number>> = {
  unknown: 0,
  'label-created': 1,
  expired: 1,
  cancelled: 2,
  'handed-over-unconfirmed': 3,
  exception: 4,
  accepted: 4,
  'in-transit': 5,
  lost: 6,
  'out-for-delivery': 7,
  'available-for-pickup': 8,
  'delivery-attempted': 8,
  returning: 9,
  returned: 10,
  delivered: 11,
};
const SATISFYING: Readonly<Record<Exclude<ScanSatisfyingEvent, 'accepted' | 'any-scan'>, readonly ScanStage[]>> = {
  'in-transit': ['in-transit', 'out-for-delivery', 'available-for-pickup', 'delivery-attempted', 'delivered'],
  'delivery-attempted': ['delivery-attempted', 'available-for-pickup', 'delivered'],
  'available-for-pickup': ['available-for-pickup', 'delivered'],
  delivered: ['delivered'],
};
const TERMINAL: ReadonlySet<ScanStage> = new Set(['delivered', 'returned', 'cancelled']);

/**
 * Carriers give a number out again after some months, with its old scans in the record. What is told of a time more than this before the order
 * was placed is of another parcel, or a slip in the date: it proves nothing.
 */
export const EARLIER_USE_MS = 30 * 86_400_000;

/** The parcel's counting scans, for an order placed at `placedAt`. `state` is undefined while nothing was scanned. */
export function parcelView(link: ParcelLink, state: ParcelState | undefined, placedAt: Instant): ParcelView {
  const kept = state ? keptScans(state) : [];
  const first = kept.findIndex((scan) => scan.at >= placedAt - EARLIER_USE_MS);
  const earlier = first < 0 ? kept.length : first;
  return { link, scans: earlier === 0 ? kept : kept.slice(earlier), earlier };
}

/** The scans of a parcel that were not retracted, sorted by time. */
export function keptScans(state: ParcelState): readonly ScanFact[] {
  if (state.retracted.length === 0) return state.scans;
  return state.scans.filter((scan) => !state.retracted.includes(scan.eventId));
}

/** How strongly a scan proves that the carrier has the parcel. */
export function strengthOf(scan: ScanFact): EvidenceStrength {
  return scan.strength === 'none' && PROVES_POSSESSION.has(scan.stage) ? 'implied' : scan.strength;
}

/** When the carrier is first known to have had the parcel itself, directly or by what followed; undefined while it is only announced. */
export function firstPhysicalScan(state: ParcelState): Instant | undefined {
  return keptScans(state).find((scan) => RANK[strengthOf(scan)] >= RANK.implied)?.at;
}

/** Whether a scan counts as `event` at this strength or a stronger one. */
export function scanProves(scan: ScanFact, event: ScanSatisfyingEvent, atLeast: EvidenceStrength): boolean {
  if (RANK[strengthOf(scan)] < RANK[atLeast]) return false;
  if (event === 'any-scan') return atLeast === 'none' || !NOT_A_MOVE.has(scan.stage);
  if (event === 'accepted') return !NOT_A_MOVE.has(scan.stage);
  return SATISFYING[event].includes(scan.stage);
}

/** The earliest scan that counts as `event`. Scans are sorted, so the first that does. */
export function earliestScan(
  scans: readonly ScanFact[],
  event: ScanSatisfyingEvent,
  atLeast: EvidenceStrength,
): ScanFact | undefined {
  for (const scan of scans) if (scanProves(scan, event, atLeast)) return scan;
  return undefined;
}

/** Scans between which a parcel may stagnate: everything the carrier reported of the parcel itself, without label information. */
export function movements(scans: readonly ScanFact[]): readonly ScanFact[] {
  return scans.filter((scan) => !NOT_A_MOVE.has(scan.stage));
}

/** A parcel that arrived, came back or was voided: no further scan is owed. */
export function terminalScan(scans: readonly ScanFact[]): ScanFact | undefined {
  return scans.find((scan) => TERMINAL.has(scan.stage));
}

/** Milestones of a parcel. The stage is the furthest reached: label information stamped later never lowers it. */
export function milestonesOf(state: ParcelState): ParcelMilestones {
  const scans = keptScans(state);
  const furthest = scans.reduce<ScanStage>(
    (stage, scan) => (PROGRESS[scan.stage] > PROGRESS[stage] ? scan.stage : stage),
    'unknown',
  );
  return {
    acceptedDirect: earliestScan(scans, 'accepted', 'direct')?.at,
    acceptedImplied: earliestScan(scans, 'accepted', 'implied')?.at,
    acceptedClaimed: earliestScan(scans, 'accepted', 'claimed')?.at,
    inTransit: earliestScan(scans, 'in-transit', 'implied')?.at,
    attempted: earliestScan(scans, 'delivery-attempted', 'implied')?.at,
    delivered: earliestScan(scans, 'delivered', 'implied')?.at,
    lastScan: movements(scans).at(-1)?.at,
    stage: furthest,
  };
}

/** The strongest evidence of hand-over among the scans, `none` without any. */
export function strongestEvidence(scans: readonly ScanFact[]): EvidenceStrength {
  let best = 0;
  for (const scan of scans) {
    if (!NOT_A_MOVE.has(scan.stage)) best = Math.max(best, RANK[strengthOf(scan)]);
  }
  return EVIDENCE_STRENGTHS[best]!;
}
