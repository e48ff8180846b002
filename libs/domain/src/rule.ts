// The rule language as data: what one rulebook file says once it is parsed. `libs/rulebook` reads the YAML and checks it,
// `compileRulebooks` here turns it into something that can be evaluated.
import type { Bilingual, Confidence } from './deadline.js';
import type { EvidenceStrength } from './events.js';

/** Decimal as text (`"0.10"`, `"37.50"`), so that YAML never turns an amount into a float. */
export type DecimalText = string;
/** `2026-01-26` (start of that day in the interval's zone) or a full RFC 3339 instant. */
export type DateOrInstant = string;

export interface Source {
  readonly title: string;
  readonly url?: string;
  readonly readOn: string;
  readonly note?: string;
}

/** Whose clock counts. `fixed` names an IANA zone. `ship-from`, `ship-to` come from the order, `market` from the rulebook. */
export type ZoneChoice = { readonly fixed: string } | 'ship-from' | 'ship-to' | 'market' | 'utc';

export type Scalar = string | number | boolean;
/** A test on the order. `itemPrice` is (price + shipping) of one unit in major units; `placedAt` and other clocks compare as instants. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | {
      readonly field: OrderField;
      readonly is?: Scalar;
      readonly in?: readonly Scalar[];
      readonly has?: string;
      readonly exists?: boolean;
      readonly lt?: Scalar;
      readonly lte?: Scalar;
      readonly gt?: Scalar;
      readonly gte?: Scalar;
    };
export type OrderField =
  | 'program'
  | 'orderType'
  | 'labelSource'
  | 'tags'
  | 'sellerId'
  | 'shopId'
  | 'warehouseId'
  | 'carrier'
  | 'currency'
  | 'quantity'
  | 'relabelled'
  | 'shippingTier'
  | 'statedRange'
  | 'shipFrom.country'
  | 'shipFrom.region'
  | 'shipFrom.kind'
  | 'shipTo.country'
  | 'shipTo.region'
  | 'itemPrice'
  | 'orderValue'
  | 'maxDeliveryDays'
  | 'handlingDays'
  | 'transitDays'
  | 'cutoff'
  | 'placedAt'
  | 'paidAt'
  | 'releasedAt'
  | 'mustArriveBy'
  | 'violation.kind'
  | 'violation.tags'
  | 'cancelledBy';

/** What starts a clock. `{ deadline }` chains on another rule's due instant (met or not); of a list, the first that applies. */
export type ClockStart =
  | 'placed'
  | 'paid'
  | 'confirmed'
  | 'released'
  | 'pending-end'
  | 'preorder-closed'
  | 'labelled'
  | 'shipment-confirmed'
  | 'accepted'
  | 'last-scan'
  | 'each-scan'
  | 'must-arrive-by'
  | 'window-start'
  | 'window-end'
  | 'fine-levied'
  | { readonly deadline: string | readonly string[] };

/** How many units to count: a number, a promise of the order, or the first matching row of a table. */
export type CountAmount =
  | number
  | {
      readonly promise:
        'handlingDays' | 'transitDays' | 'maxDeliveryDays' | 'handlingDays+transitDays' | 'reversalDays';
      readonly default?: number;
      readonly plus?: number;
    }
  | { readonly table: readonly { readonly when: Condition; readonly value: number }[]; readonly default?: number };

/** A calendar id, or the first matching row of a table (states with another weekend). */
export type CalendarChoice =
  | string
  | { readonly table: readonly { readonly when: Condition; readonly value: string }[]; readonly default: string };

export interface Count {
  /** `operating-days` are the days the order's promise says the seller operates, business days where it says nothing. */
  readonly unit: 'hours' | 'calendar-days' | 'business-days' | 'operating-days' | 'months';
  /** May be negative for hours and calendar days only (`one day before the window opens`). */
  readonly amount: CountAmount;
  /** Calendar for business days; the document's default where absent. */
  readonly calendar?: CalendarChoice;
  /** Days off of the seller or the warehouse rest too (`EvaluationContext.daysOff`). */
  readonly daysOff?: readonly ('seller' | 'warehouse')[];
  /** Whether the start's own local day counts as day 1. Default `excluded`: it is day 0. */
  readonly dayZero?: 'excluded' | 'included';
  /**
   * Same-day cutoff: a start on a working day before it counts from that day (day 0 may be the due day), otherwise from
   * the next working day. `at` decides what exactly-at-cutoff means. `time: promise` uses the order's own cutoff.
   */
  readonly cutoff?: {
    readonly time: string | 'promise';
    readonly default?: string;
    readonly zone?: ZoneChoice;
    readonly at: 'before' | 'after';
    /** How much earlier a buyer sees the cutoff; shown in the explanation, decides nothing. */
    readonly buyerSeesMinutesEarlier?: number;
  };
  /**
   * `same-time` keeps the start's local time of day; otherwise the local time the last day ends, taken literally: `23:59` is
   * 23:59:00. Default `23:59:59`. Hours ignore it.
   */
  readonly endOfDay?: 'same-time' | string;
}

export interface Clock {
  readonly start: ClockStart;
  /** Absent: only the platform's own deadline (below) makes this rule apply; in `by` and `notBefore` the start itself is meant. */
  readonly count?: Count;
  readonly zone?: ZoneChoice;
  /** The platform's own deadline field; where the order carries it, it governs and ours is kept beside it. */
  readonly platformDeadline?: 'shipBy' | 'scanBy' | 'deliverBy' | 'autoCancelAt' | 'windowEnd' | 'mustArriveBy';
  /** Another count whose result applies if it is earlier (`10 calendar days or 7 business days`). */
  readonly orEarlier?: Count;
}

export type SatisfyingEvent =
  | 'labelled'
  | 'shipment-confirmed'
  | 'accepted'
  | 'any-scan'
  | 'in-transit'
  | 'delivery-attempted'
  | 'delivered'
  | 'available-for-pickup'
  | 'cancelled'
  | 'never';

export type ValidityTest =
  | { readonly test: 'scan-not-before-order'; readonly hours: number }
  | { readonly test: 'upload-after-order'; readonly hours: number }
  | { readonly test: 'destination-postal-code' }
  | { readonly test: 'not-order-number' }
  | { readonly test: 'number-not-reused'; readonly days: number; readonly elsewhere?: boolean }
  | { readonly test: 'not-relabelled' }
  | { readonly test: 'origin-country' }
  | { readonly test: 'carrier'; readonly in: readonly string[] }
  | { readonly test: 'number-format'; readonly pattern: string }
  | { readonly test: 'label-source'; readonly is: 'platform' | 'seller' };

export interface SatisfyTest {
  readonly event: SatisfyingEvent;
  /** Weakest evidence accepted for scan events; default `implied`. */
  readonly strength?: EvidenceStrength;
  /** Default `all`: every parcel of a split order. `this` is for per-parcel rules. */
  readonly parcels?: 'all' | 'any';
  readonly valid?: readonly ValidityTest[];
  /** A limit of its own instead of the rule's deadline (eBay: delivered by the estimate). */
  readonly by?: Clock;
  /** The event is a miss when it happens before this (delivery before the window opens). */
  readonly notBefore?: Clock;
}
export type Satisfaction =
  SatisfyTest | { readonly anyOf: readonly SatisfyTest[] } | { readonly allOf: readonly SatisfyTest[] };

/** A sum of money an amount is computed from. Item bases are per unit x quantity unless named `item-`. */
export type MoneyBase =
  | 'order-value'
  | 'order-value-with-shipping'
  | 'disbursement-price'
  | 'cost-of-goods'
  | 'invoice'
  | 'shipping-fee'
  | 'cancelled-value'
  | 'charged'
  | 'late-cost-of-goods';

export type MoneyExpression =
  | {
      readonly fixed: DecimalText;
      readonly currency?: string;
      readonly per?: 'order' | 'parcel' | 'unit' | 'case' | 'pallet' | 'load' | 'incident';
    }
  | { readonly percent: DecimalText; readonly of: MoneyBase }
  | { readonly multiple: DecimalText; readonly of: MoneyBase }
  | { readonly sum: readonly MoneyExpression[] }
  | { readonly max: readonly MoneyExpression[] }
  | { readonly min: readonly MoneyExpression[] };

export type RoundingMode = 'half-up' | 'half-even' | 'up' | 'down';

export interface RateBound {
  readonly lt?: DecimalText;
  readonly lte?: DecimalText;
  readonly gt?: DecimalText;
  readonly gte?: DecimalText;
}

export interface Penalty {
  /** Currency of fixed amounts, floor and cap; the document's where absent; `order` is the order's own. */
  readonly currency?: string;
  readonly amount?: MoneyExpression;
  readonly floor?: DecimalText;
  readonly cap?: DecimalText;
  /** Penalties of one order sharing this name are capped together, in rule order. */
  readonly capGroup?: { readonly name: string; readonly cap: DecimalText };
  /** Only the highest penalty of one order sharing this name is charged. */
  readonly highestOf?: string;
  /** `amount` is charged per started period of lateness. */
  readonly accrual?: { readonly everyDays: number; readonly capPercent?: DecimalText; readonly capOf?: MoneyBase };
  /** Amount by lateness; the last row whose `afterHours` is exceeded applies. Replaces `amount`. */
  readonly tiers?: readonly { readonly afterHours: number; readonly amount: MoneyExpression }[];
  /** Nothing is due until the shop's rate is in this bound; projected as gated, not as zero. */
  readonly gate?: { readonly rate: string } & RateBound;
  /** Amount by the band the shop's rate falls in. Replaces `amount`. */
  readonly byRate?: {
    readonly rate: string;
    readonly bands: readonly (RateBound & { readonly amount: MoneyExpression })[];
  };
  /** The same penalty stated in another currency; `highest` charges whichever is worth more at the given reference rate. */
  readonly alternative?: {
    readonly amount: MoneyExpression;
    readonly currency: string;
    readonly choose: 'highest';
    readonly referenceRate?: DecimalText;
  };
  readonly rounding?: RoundingMode;
  readonly confidence?: Confidence;
}

/** N incidents and a share of a group in one local day make the whole group of that day violations. */
export interface Presumption {
  readonly groupBy: 'spu' | 'seller';
  readonly minCount: number;
  readonly minShare: DecimalText;
  readonly zone: ZoneChoice;
}

export interface EffectSpec {
  readonly kind:
    'points' | 'order-cap' | 'payment-delay' | 'payment-hold' | 'listing' | 'account' | 'auto-cancel' | 'refund';
  /** The point balance that `values.points` go to once the deadline is missed; of `points` effects of rules only. */
  readonly balance?: string;
  readonly values?: Readonly<Record<string, Scalar>>;
  readonly text: Bilingual;
}

export interface Exemption {
  readonly id: string;
  readonly when: Condition;
  /** `waived`: no fine, automatically. `appeal`: the fine stands but can be appealed with this ground. */
  readonly result: 'waived' | 'appeal';
  readonly text: Bilingual;
}

/** What takes a miss back: an event that came after all, by its own limit. */
export interface Reversal {
  readonly id: string;
  readonly when?: Condition;
  readonly event: SatisfyingEvent;
  readonly by: Clock;
  readonly valid?: readonly ValidityTest[];
  readonly text: Bilingual;
}

export interface Appeal {
  readonly windowDays?: number;
  readonly unit?: 'calendar-days' | 'business-days';
  readonly rounds?: number;
  readonly secondWindowDays?: number;
  readonly evidence?: readonly Bilingual[];
}

export interface LadderSpec {
  /** Hours before the due instant; 0 is the breach. */
  readonly hoursBefore: number;
}

/** Which moment of the order decides the version that applies. */
export type VersionMoment =
  | 'placed'
  | 'paid'
  | 'confirmed'
  | 'released'
  | 'labelled'
  | 'shipment-confirmed'
  | 'must-arrive-by'
  | 'incident'
  | 'evaluated';

export interface RuleVersion {
  /** Unique within the rule, e.g. `2026-01-26`. */
  readonly version: string;
  readonly effective: {
    readonly from?: DateOrInstant;
    readonly until?: DateOrInstant;
    readonly zone?: string;
    readonly pickedBy: VersionMoment;
  };
  readonly stage: 'announced' | 'warning' | 'enforced';
  /** Keys of the document's `sources`. */
  readonly sources: readonly string[];
  readonly confidence: Confidence;
  /** What the source leaves open and what was chosen. */
  readonly assumed?: readonly Bilingual[];
  readonly when?: Condition;
  readonly per?: 'order' | 'parcel';
  /**
   * A deadline rule has a clock and a satisfaction; a violation rule has `violation` instead. Gap rules (`each-scan`, `last-scan`) need no
   * satisfaction: the next scan, delivery, return or voiding ends the gap, and the worst gap of an order is the one judged.
   */
  readonly clock?: Clock;
  readonly satisfiedBy?: Satisfaction;
  /**
   * Fined per reported incident of these kinds, without a clock. The kinds `cancelled-by-seller`, `cancelled-by-buyer` and
   * `cancelled-by-platform` need no report: they follow from the order's cancellation.
   */
  readonly violation?: {
    readonly kinds: readonly string[];
    readonly presumption?: Presumption;
    /**
     * A tracking number uploaded before the order's pending period ends, or so many hours after the order where it names no end, is an
     * incident of its own, kind `uploaded-too-early`, without a report.
     */
    readonly uploadBefore?: { readonly hours: number };
  };
  readonly penalty?: Penalty;
  readonly effects?: readonly EffectSpec[];
  readonly exemptions?: readonly Exemption[];
  readonly appeal?: Appeal;
  readonly ladder?: readonly LadderSpec[];
  /** A miss is taken back by itself, its fine with it, once one of these holds. */
  readonly reversals?: readonly Reversal[];
  /** What a cancelled order does to the deadline; default void when cancelled before it was due. */
  readonly onCancel?: 'void' | 'keep';
}

export interface Rule {
  readonly id: string;
  readonly title: Bilingual;
  readonly versions: readonly RuleVersion[];
}

export interface RateDefinition {
  readonly id: string;
  /** Name under which the platform reports it (`metric.reported`); a fresh reported value wins over ours. */
  readonly metric: string;
  readonly title: Bilingual;
  /**
   * Deadlines of these rules are counted; `cancelled` counts seller-fault cancellations (numerator `missed`), `scanned`
   * valid tracking (numerator `met`). Absent: known only as the platform reports it.
   */
  readonly counts?: {
    readonly rule: string | readonly string[];
    readonly numerator: 'missed' | 'met';
    readonly unit: 'orders' | 'units' | 'parcels' | 'cases';
    /** A miss is counted only once what was due has happened, late: where the platform counts nothing without its scan. */
    readonly onlyHappened?: boolean;
  };
  readonly windows: readonly {
    readonly kind: 'rolling-days' | 'rolling-months' | 'week' | 'month';
    readonly days?: number;
    readonly months?: number;
    readonly lagDays?: number;
    readonly weekStartsOn?: number;
    readonly minimumSample?: number;
    /** The window is used only while its own sample is below this (a longer window for small shops). */
    readonly maximumSample?: number;
  }[];
  readonly zone: ZoneChoice;
  /** Bands with their consequences; comparison strictness as published, gaps between bands allowed. */
  readonly bands: readonly (RateBound & {
    readonly effects: readonly EffectSpec[];
    readonly stage?: 'announced' | 'warning' | 'enforced';
    /** The band holds only while more than so many are counted against the shop (`7 or fewer are forgiven`). */
    readonly countGt?: number;
  })[];
  /** Hysteresis: a crossed band is lifted only when the rate is in this bound. */
  readonly clears?: RateBound;
  /**
   * The rate is looked at on one day of each month or week only, as that day begins, and what it is then holds until the next. A month too
   * short for the day is looked at on its last. Absent: looked at all the time.
   */
  readonly evaluatedOn?: EvaluationDay;
  readonly sources: readonly string[];
  readonly confidence: Confidence;
  readonly effective?: { readonly from?: DateOrInstant; readonly until?: DateOrInstant };
}

/** ISO weekday 1 (Monday) to 7, or day of the month 1 to 31. */
export type EvaluationDay = { readonly dayOfMonth: number } | { readonly weekday: number };

/** Points of a shop that add up, lapse and have consequences at milestones. */
export interface PointsDefinition {
  readonly id: string;
  /** Name under which the platform issues the points (`points.issued`) and reports their balance (`metric.reported`). */
  readonly metric: string;
  readonly title: Bilingual;
  /** Balance without an entry. Default 0. */
  readonly start?: number;
  /** `up`: points pile up (violations), the default. `down`: points are taken from the balance (a health score). */
  readonly counts?: 'up' | 'down';
  /**
   * Calendar days after the day of issue at whose end a point no longer counts; `endOfDay` is the local time that day ends (default 23:59:59),
   * or `same-time` of the issue. Absent: points stay.
   */
  readonly lapses?: { readonly days: number; readonly endOfDay?: 'same-time' | string };
  readonly zone: ZoneChoice;
  /** Reached while the balance is at the number or beyond it in the direction points count; the furthest reached holds. */
  readonly milestones: readonly { readonly at: number; readonly effects: readonly EffectSpec[] }[];
  readonly sources: readonly string[];
  readonly confidence: Confidence;
  readonly assumed?: readonly Bilingual[];
}

/** A waiver published with the rulebook; waivers of a tenant arrive as events and have the same shape once compiled. */
export interface WaiverSpec {
  readonly id: string;
  readonly rules: readonly string[];
  readonly from: DateOrInstant;
  readonly until: DateOrInstant;
  readonly zone: string;
  /** The moment of the order that the interval is about; the start of the clock where absent. */
  readonly pickedBy?: VersionMoment;
  readonly when?: Condition;
  /** Only misses no later than this after the deadline. */
  readonly maxLateHours?: number;
  readonly effect:
    | { readonly kind: 'waive' }
    | { readonly kind: 'extra-days'; readonly days: number }
    | { readonly kind: 'fixed-due'; readonly due: DateOrInstant }
    | { readonly kind: 'refund-later'; readonly monthsMin: number; readonly monthsMax: number };
  readonly text: Bilingual;
  readonly sources: readonly string[];
  readonly confidence: Confidence;
}

/** One rulebook file: a platform in a market. */
export interface RulebookDocument {
  readonly rulebook: string;
  readonly platform: string;
  /** ISO market codes this file covers; `*` for any. */
  readonly markets: readonly string[];
  readonly title: Bilingual;
  readonly currency: string;
  /** Zone of the market, and the default of every clock. */
  readonly marketZone: string;
  readonly zone: ZoneChoice;
  readonly calendar: string;
  /** `all`: every rule whose conditions hold applies. `first`: only the first rule that does. */
  readonly match: 'all' | 'first';
  readonly sources: Readonly<Record<string, Source>>;
  readonly rules: readonly Rule[];
  readonly rates?: readonly RateDefinition[];
  readonly points?: readonly PointsDefinition[];
  readonly waivers?: readonly WaiverSpec[];
  /** Facts looked for and not found, shown beside projections; no number is invented for them. */
  readonly gaps?: readonly { readonly id: string; readonly text: Bilingual }[];
}

/** A tenant's own contract: replaces parts of a rule for a dated interval, signed by who did it. */
export interface RuleOverlay {
  readonly overlayId: string;
  readonly tenantId: string;
  readonly ruleId: string;
  readonly from?: DateOrInstant;
  readonly until?: DateOrInstant;
  readonly zone?: string;
  readonly sellerId?: string;
  readonly patch: Partial<
    Pick<RuleVersion, 'clock' | 'penalty' | 'satisfiedBy' | 'effects' | 'ladder' | 'exemptions' | 'reversals'>
  >;
  readonly signedBy: string;
  readonly signedAt: string;
  readonly reason: string;
}

/**
 * A business calendar as data, resolved ahead of evaluation. Dates are local ISO dates. `version` names where it came from
 * and is part of every explanation.
 */
export interface BusinessCalendar {
  readonly id: string;
  readonly version: string;
  /** ISO weekdays worked, 1 Monday to 7 Sunday. */
  readonly workdays: readonly number[];
  /** Date to holiday name; such a day is not worked. */
  readonly holidays: ReadonlyMap<string, string>;
  /** Dates worked although the weekday is not (China's make-up workdays). */
  readonly extraWorkdays: ReadonlySet<string>;
  /** Days on which a seller or a warehouse rests, also where the calendar has an extra workday. ISO dates. */
  readonly daysOff?: ReadonlyMap<string, DayOff>;
}

/** Why a day off is one, and whose: the id, with what it is for where that was said. */
export interface DayOff {
  readonly why: 'seller-day-off' | 'warehouse-day-off';
  readonly name: string;
}

/** Finds a calendar for an id and, where given, the order's region (state calendars). Undefined when unknown. */
export type CalendarSource = (id: string) => BusinessCalendar | undefined;

export interface RulebookFault {
  readonly file: string;
  readonly line?: number;
  readonly path: string;
  readonly detail: string;
  readonly mend: string;
}
