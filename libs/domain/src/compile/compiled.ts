// A rulebook ready to evaluate: every condition, zone, count and amount resolved to functions once.
import type { Bilingual, Confidence, Effect } from '../deadline.js';
import type { Instant, WaiverAnnounced } from '../events.js';
import type {
  Exemption,
  PointsDefinition,
  RateDefinition,
  Reversal,
  Rule,
  RulebookDocument,
  RuleOverlay,
  RuleVersion,
  WaiverSpec,
} from '../rule.js';
import type { CompiledClock } from './clock.js';
import type { InstantOf } from './clock-start.js';
import type { Test } from './condition.js';
import type { ExtendBy } from './count.js';
import type { EventTest } from './happened.js';
import type { PenaltyOf } from './penalty.js';
import type { Judge } from './satisfaction.js';
import type { ZoneOf } from './zone-choice.js';

export interface CompiledVersion {
  readonly spec: RuleVersion;
  readonly rule: Rule;
  readonly document: RulebookDocument;
  /** Instants the version covers: from inclusive, until exclusive. */
  readonly from: Instant;
  readonly until: Instant;
  readonly momentOf: InstantOf;
  readonly when: Test;
  readonly clock: CompiledClock | undefined;
  readonly judge: Judge | undefined;
  readonly presumptionZone: ZoneOf | undefined;
  readonly penaltyOf: PenaltyOf | undefined;
  readonly exemptions: readonly { readonly spec: Exemption; readonly when: Test }[];
  readonly reversals: readonly CompiledReversal[];
  readonly uploadBefore: InstantOf | undefined;
  readonly effects: readonly Effect[];
  /** Adds the days of an appeal window; undefined without a window. */
  readonly appealBy: ExtendBy | undefined;
  readonly ladderHours: readonly number[] | undefined;
  readonly waivers: readonly CompiledWaiver[];
  /** Weakest of the version's and the penalty's confidence; a tenant's contract where an overlay applies. */
  readonly confidence: Confidence;
  /** The overlay this version came from, and the overlays that may replace it. */
  readonly overlay: RuleOverlay | undefined;
  readonly overlays: readonly CompiledOverlay[];
}

export interface CompiledReversal {
  readonly spec: Reversal;
  readonly when: Test;
  readonly by: CompiledClock;
  readonly test: EventTest;
}

export interface CompiledOverlay {
  readonly overlay: RuleOverlay;
  readonly from: Instant;
  readonly until: Instant;
  readonly version: CompiledVersion;
}

export interface CompiledRule {
  readonly rule: Rule;
  readonly document: RulebookDocument;
  readonly perParcel: boolean;
  /** Whether other rules of the document are skipped once this one applies. */
  readonly firstMatch: boolean;
  readonly versions: readonly CompiledVersion[];
}

export type WaiverEffect = WaiverAnnounced['data']['effect'];
export interface CompiledWaiver {
  readonly id: string;
  readonly spec: WaiverSpec | undefined;
  readonly from: Instant;
  readonly until: Instant;
  /** The moment the interval is about; undefined: the start of the clock. */
  readonly momentOf: InstantOf | undefined;
  readonly when: Test;
  readonly maxLateSeconds: number;
  readonly effect: WaiverEffect;
  readonly text: Bilingual;
  readonly confidence: Confidence | undefined;
}

export interface CompiledRulebook {
  readonly documents: readonly RulebookDocument[];
  /** Rules of every document for this platform and market, in document order; those of `*` documents where a platform has none of its own. */
  rulesFor(platform: string, market: string): readonly CompiledRule[];
  rule(ruleId: string): CompiledRule | undefined;
  readonly rates: readonly CompiledRate[];
  rate(rateId: string): CompiledRate | undefined;
  readonly points: readonly CompiledPoints[];
}

/** A rate with the rulebook it belongs to. */
export interface CompiledRate {
  readonly definition: RateDefinition;
  readonly document: RulebookDocument;
}

/** A point balance with the rulebook it belongs to. */
export interface CompiledPoints {
  readonly definition: PointsDefinition;
  readonly document: RulebookDocument;
}
