// What evaluation takes beside the shipment itself. Everything that varies with time or tenant is an argument.
import type { Instant, WaiverAnnounced } from './events.js';
import type { Effect } from './deadline.js';

/** A shop's rate at a moment, computed by us or reported by the platform. Keyed by rate id + shop. */
export interface RateSnapshot {
  readonly rateId: string;
  readonly shopId: string;
  readonly numerator: number;
  readonly denominator: number;
  /** Decimal share as text, exact to six places. */
  readonly rate: string;
  readonly origin: 'computed' | 'reported';
  readonly base?: number;
  readonly measuredAt: Instant;
  /** Rate if every open deadline now past help is missed. */
  readonly projectedRate?: string;
  /** How many more late orders until the next band; undefined when no band is above. */
  readonly budget?: number;
  readonly effects: readonly Effect[];
}

/** Late and settled counts of a shipper, the basis of the simple chance estimate. */
export interface MissHistory {
  readonly missed: number;
  readonly settled: number;
}

/** Counts of a product group on one local day, for presumption rules. */
export interface GroupDay {
  readonly violations: number;
  readonly shipped: number;
}

export interface EvaluationContext {
  /** The instant to judge at; nothing in the domain reads a clock. */
  readonly asOf: Instant;
  readonly waivers: readonly WaiverAnnounced['data'][];
  rateOf(rateId: string, shopId: string): RateSnapshot | undefined;
  missHistory(sellerId: string, ruleId: string): MissHistory | undefined;
  groupDay(groupBy: 'spu' | 'seller', group: string, localDate: string): GroupDay | undefined;
  /** Other orders that carry the same tracking number, for reuse tests. */
  otherUses(trackingNumber: string): readonly { readonly orderId: string; readonly uploadedAt: Instant }[];
}
