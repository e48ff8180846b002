// What evaluation takes beside the shipment itself. Everything that varies with time or tenant is an argument.
import type { Instant, Place, WaiverAnnounced } from './events.js';
import type { Confidence, Effect, ExplanationLine } from './deadline.js';

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
  /** A rate looked at on a day of its own: since when it is this, and when it is looked at next. */
  readonly evaluatedAt?: Instant;
  readonly nextEvaluationAt?: Instant;
  /** Rate if every open deadline now past help is missed. */
  readonly projectedRate?: string;
  /**
   * How many more of what it counts (late or cancelled orders, parcels without a scan) the shop can afford before its next band; undefined when
   * no worse band can be reached.
   */
  readonly budget?: number;
  readonly effects: readonly Effect[];
  /** Index of the band the shop is in, after hysteresis; undefined outside every band. */
  readonly band?: number;
  /** Of the measurement a fine is judged by: first day, `YYYY-MM-DD`, of the week or month it is of, and whether that is over. */
  readonly period?: string;
  readonly isOver?: boolean;
}

/** Points of a shop at a moment: what counts now, what it leads to, and why. */
export interface PointsBalance {
  readonly pointsId: string;
  readonly shopId: string;
  readonly balance: number;
  /** Balance if every open deadline that costs points is missed. */
  readonly projectedBalance: number;
  /** `reported`: the platform's last figure is the base, entries since then are added to it. */
  readonly origin: 'computed' | 'reported';
  /** Consequences of the furthest milestone reached. */
  readonly effects: readonly Effect[];
  /** The next milestone: where it is, how many points are left until then, its consequences. Undefined past the last. */
  readonly next?: { readonly at: number; readonly away: number; readonly effects: readonly Effect[] };
  /** When the next points lapse, and how many. */
  readonly nextLapse?: { readonly at: Instant; readonly points: number };
  readonly measuredAt: Instant;
  readonly confidence: Confidence;
  readonly explanation: readonly ExplanationLine[];
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

/** An order's claim on a tracking number. */
export interface NumberUse {
  readonly orderId: string;
  readonly uploadedAt: Instant;
  /** Where the order goes; undefined while it is known only from its labels. */
  readonly shipTo: Place | undefined;
}

export interface EvaluationContext {
  /** The instant to judge at; nothing in the domain reads a clock. */
  readonly asOf: Instant;
  readonly waivers: readonly WaiverAnnounced['data'][];
  /** What decides about something due at `dueAt`; a rate may be measured by weeks or months. */
  rateOf(rateId: string, shopId: string, dueAt: Instant): RateSnapshot | undefined;
  missHistory(sellerId: string, ruleId: string): MissHistory | undefined;
  /** Counts of a group on the day it shipped; `ruleId` is the presumption rule, whose incident kinds are counted. */
  groupDay(groupBy: 'spu' | 'seller', group: string, localDate: string, ruleId: string): GroupDay | undefined;
  /** Other orders that carry the same tracking number, for reuse tests. */
  otherUses(trackingNumber: string): readonly NumberUse[];
  /** Days off of a seller or a warehouse, for rules that count them as rest. The same object while unchanged. */
  daysOff?(of: 'seller' | 'warehouse', id: string): DaysOff | undefined;
}

export interface DaysOff {
  /** Names the list and its state; part of every explanation that uses it. */
  readonly version: string;
  /** `YYYY-MM-DD` to what the day is; may be empty text. */
  readonly days: ReadonlyMap<string, string>;
}
