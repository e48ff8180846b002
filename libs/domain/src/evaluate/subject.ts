// What a rule is evaluated against: one order, or one of its parcels, with everything a condition or an amount may ask about it.
import type { Instant, OrderFacts } from '../events.js';
import type { EvaluationContext } from '../evaluate-types.js';
import type { ParcelView } from '../evidence.js';
import type { LeviedFact, OrderState, ViolationFact } from '../state.js';

/** The due instant another rule waits for, with the zone its date is to be read in. */
export interface ChainedDue {
  readonly at: Instant;
  readonly zone: string;
  /** Since when the clock that leads up to it runs, where it is that of a rule. */
  readonly startsAt?: Instant;
}

export interface Subject {
  readonly order: OrderState;
  readonly facts: OrderFacts;
  /** Active parcels, sorted by tracking number. */
  readonly parcels: readonly ParcelView[];
  /** The parcel judged, for rules per parcel. */
  readonly parcel: ParcelView | undefined;
  /** The incidents judged, for violation rules. */
  readonly incidents: readonly ViolationFact[];
  readonly context: EvaluationContext;
  /** Due instant of another rule for the same order; undefined while it does not apply or its clock has not started. */
  dueOf(ruleId: string): ChainedDue | undefined;
}

/** Rates and orders without a shop belong to the seller. */
export function shopOf(facts: OrderFacts): string {
  return facts.shopId ?? facts.sellerId;
}

/** How many parcels the order travels in: what was announced, or what is labelled if that is more. At least one. */
export function parcelCount(subject: Subject): number {
  return Math.max(subject.order.expectedParcels ?? 1, subject.parcels.length);
}

/** Fines as the platform charged them and did not take back: a reversal carries the number of its charge. */
export function standingFines({ levied }: OrderState): readonly LeviedFact[] {
  const reversed = new Set(levied.filter((fine) => fine.reversal).map((fine) => fine.chargeId));
  return levied.filter((fine) => !fine.reversal && !reversed.has(fine.chargeId));
}

/** First upload of any number of the order, also of numbers replaced since: relabelling does not reset an order's clock. */
export function firstUpload(order: OrderState): Instant | undefined {
  let first: Instant | undefined;
  for (const link of order.parcels) if (first === undefined || link.uploadedAt < first) first = link.uploadedAt;
  return first;
}
