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
  /** How many more late orders the shop can afford before its next band; undefined when no worse band can be reached. */
  readonly budget?: number;
  readonly effects: readonly Effect[];
  /** Index of the band the shop is in, after hysteresis; undefined outside every band. */
  readonly band?: number;
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
  /** Counts of a group on the day it shipped; `ruleId` is the presumption rule, whose incident kinds are counted. */
  groupDay(groupBy: 'spu' | 'seller', group: string, localDate: string, ruleId: string): GroupDay | undefined;
  /** Other orders that carry the same tracking number, for reuse tests. */
  otherUses(trackingNumber: string): readonly { readonly orderId: string; readonly uploadedAt: Instant }[];
  /** Days off (`YYYY-MM-DD`) of a seller or a warehouse, for rules that count them as rest. The same set object while unchanged. */
  daysOff?(of: 'seller' | 'warehouse', id: string): ReadonlySet<string> | undefined;
}
