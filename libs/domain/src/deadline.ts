// The outcome of evaluating one shipment under the rulebook: deadlines, what each would cost, and why.
import type { Instant } from './events.js';

export type DeadlineStatus = 'open' | 'met' | 'missed' | 'waived' | 'void';

/** How far a rule's source can be trusted; labels of the published-facts collection, kept on every amount. */
export type Confidence = 'quoted-official' | 'quoted-third-party' | 'derived' | 'uncertain' | 'not-found' | 'contract';

/** Text in both languages of the product. */
export interface Bilingual {
  readonly en: string;
  readonly zh: string;
}

/**
 * One step of an explanation as data: a stable code and its values. `renderExplanation(line, 'en' | 'zh')` makes the
 * sentence. Instants in `values` are epoch milliseconds, with the zone to show them in under `zone`.
 */
export interface ExplanationLine {
  readonly code: string;
  readonly values: Readonly<Record<string, string | number | boolean>>;
}

export interface ProjectedFine {
  /** Integer minor units of `currency`: due if the deadline is (or was) missed; 0 once met, waived or void. */
  readonly amountMinor: number;
  readonly currency: string;
  /** Chance of missing, 0 to 1, four decimals. 1 when missed, 0 when met. */
  readonly chance: number;
  /** amountMinor x chance (x the chance the gate is crossed), rounded half up to minor units. */
  readonly expectedMinor: number;
  /**
   * How the amount came about, e.g. `{max}(10.00 USD, 50% x 37.50 USD) = 18.75 USD, {cap} 200.00 USD`; `renderFormula` says it in a
   * language. Evaluated deadlines write it out when it is read: read it by name, a spread of the fine leaves it behind.
   */
  readonly formula: string;
  readonly confidence: Confidence;
  /** Amount if nothing more happens until each of these instants. Accruals and tiers grow over them. */
  readonly milestones: readonly { readonly at: Instant; readonly amountMinor: number }[];
  /** Set when money is due only once a shop rate is crossed. */
  readonly gate?: {
    readonly metric: string;
    readonly threshold: string;
    readonly comparison: '>' | '>=' | '<' | '<=';
    readonly rate?: string;
    readonly crossed: boolean;
  };
  /** A refund of (part of) the fine is expected later. */
  readonly refundExpected?: { readonly monthsMin: number; readonly monthsMax: number };
}

/** A consequence that is not money: points, order cap, payment delay, listing or account state. */
export interface Effect {
  readonly kind: string;
  readonly values: Readonly<Record<string, string | number | boolean>>;
}

export interface LadderStep {
  /** `t-24h`, `t-12h`, `t-4h`, `breach`, … */
  readonly step: string;
  readonly at: Instant;
}

export interface Deadline {
  /** Stable: orderId, ruleId and (for per-parcel rules) the tracking number. */
  readonly deadlineId: string;
  readonly orderId: string;
  readonly parcelId?: string;
  readonly ruleId: string;
  /** The rule version's effective-from date or its explicit name. */
  readonly ruleVersion: string;
  /** The tenant's overlay that governs in place of the version it is laid over, whose name it keeps. */
  readonly overlayId?: string;
  readonly title: Bilingual;
  readonly platform: string;
  readonly market: string;
  readonly status: DeadlineStatus;
  readonly startsAt: Instant;
  /** The instant that governs. On time includes the whole second of this instant. */
  readonly dueAt: Instant;
  readonly governedBy: 'rule' | 'platform' | 'waiver';
  readonly computedDueAt?: Instant;
  readonly platformDueAt?: Instant;
  /** platformDueAt - computedDueAt, milliseconds, when both exist. */
  readonly differenceMs?: number;
  readonly zone: string;
  readonly satisfiedAt?: Instant;
  /** When it became certain: satisfiedAt, dueAt of a miss, or the waiver/void instant. */
  readonly settledAt?: Instant;
  readonly fine: ProjectedFine;
  readonly effects: readonly Effect[];
  readonly ladder: readonly LadderStep[];
  /** Hours before the due instant of the steps that the governing version or overlay names, longest first; undefined: the default ladder. */
  readonly ladderHours?: readonly number[];
  readonly stage: 'announced' | 'warning' | 'enforced';
  /** Next instant at which passing time alone changes the status or the amount; evaluate again then. */
  readonly nextChangeAt?: Instant;
  /** Set on a miss whose rule has an appeal window: the last instant to appeal, how often, and what to attach. */
  readonly appeal?: { readonly until?: Instant; readonly rounds: number; readonly evidence: readonly Bilingual[] };
  /** Worked out when it is read, like the formula; part of the JSON form. */
  readonly explanation: readonly ExplanationLine[];
}
