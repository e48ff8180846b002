// A simple estimate of the chance that an open deadline is missed, replaced by a fitted model where there is one.
//
// Let h be the shipper's own share of misses under the rule, pulled towards 8 % until it has some twenty settled deadlines of its own:
// h = (missed + 20 x 0.08) / (settled + 20). Let u be the share of the window that is gone. Then chance = h ^ ((1 - u) x e): at the start it
// is h, at the end it is 1, and it never falls while nothing happens. u goes in twentieths, so that an open deadline is not rewritten for
// every event that changes nothing else; from the first step of its ladder on, when people see it in their queue, it is judged anew at each. Evidence e slows it: 1 with nothing, 1.2 with a label, 1.6 once a
// hand-over is claimed, 2.5 once the carrier has the parcel (which matters for deliveries).
import { strongestEvidence, type ParcelView } from '../evidence.js';
import type { EvidenceStrength, Instant } from '../events.js';
import type { MissHistory } from '../evaluate-types.js';
import type { CompiledPenalty } from '../compile/penalty.js';
import { rateValue } from '../compile/rate-bound.js';
import { shopOf, type Subject } from './subject.js';
import type { Trace } from './trace.js';

const BASE_SHARE = 0.08;
const BASE_WEIGHT = 20;
const EVIDENCE: Readonly<Record<EvidenceStrength, number>> = { none: 1.2, claimed: 1.6, implied: 2.5, direct: 2.5 };
const NO_LABEL = 1;
const STEPS = 20;

/** Chance of missing, four decimals, below 1 while the deadline is open. `limit` is the instant after which it is missed. */
export function chanceOfMiss(
  subject: Subject,
  ruleId: string,
  startsAt: Instant,
  limit: Instant,
  trace: Trace | undefined,
): number {
  const history = shareOfMisses(subject.context.missHistory(subject.facts.sellerId, ruleId));
  const gone = Math.min(1, stepsGone(startsAt, limit, subject.context.asOf) / STEPS);
  const views = subject.parcel ? [subject.parcel] : subject.parcels;
  const evidence = weakestEvidence(views);
  const chance = Math.min(0.9999, fourDecimals(history ** ((1 - gone) * evidence)));
  trace?.add('chance', { chance, history: fourDecimals(history), windowGone: gone, evidence });
  return chance;
}

/** When the chance of an open deadline next grows by time alone: the first instant of the next twentieth of its window, after `asOf`. */
export function nextChanceAt(startsAt: Instant, limit: Instant, asOf: Instant): Instant {
  return startsAt + Math.ceil(((stepsGone(startsAt, limit, asOf) + 1) * windowOf(startsAt, limit)) / STEPS);
}

/** Whole twentieths of the window that are over. */
function stepsGone(startsAt: Instant, limit: Instant, asOf: Instant): number {
  return Math.max(0, Math.floor(((asOf - startsAt) * STEPS) / windowOf(startsAt, limit)));
}

function windowOf(startsAt: Instant, limit: Instant): number {
  return Math.max(1, limit - startsAt);
}

/** A group is as late as its least advanced parcel. */
function weakestEvidence(views: readonly ParcelView[]): number {
  let least = views.length === 0 ? NO_LABEL : Infinity;
  for (const view of views) least = Math.min(least, EVIDENCE[strongestEvidence(view.scans)]);
  return least;
}

function shareOfMisses(history: MissHistory | undefined): number {
  if (!history) return BASE_SHARE;
  return (history.missed + BASE_WEIGHT * BASE_SHARE) / (history.settled + BASE_WEIGHT);
}

/**
 * Chance that a gate is crossed: 1 when it is. Otherwise it grows with the square of how near the rate is, to one half at the threshold
 * (for a gate that closes from below, how near it is from above); three quarters where the rate is expected to cross once open orders
 * past help are counted; 0 where the week or month it is of is over. An unknown rate counts as the shipper's own share of misses.
 */
export function chanceOfGate(
  gate: NonNullable<CompiledPenalty['gate']>,
  subject: Subject,
  ruleId: string,
  dueAt: Instant,
): number {
  const rate = subject.context.rateOf(gate.rateId, shopOf(subject.facts), dueAt);
  const value = rate ? rateValue(rate) : shareOfMisses(subject.context.missHistory(subject.facts.sellerId, ruleId));
  if (rate && gate.within(value)) return 1;
  if (rate?.isOver) return 0;
  if (rate?.projectedRate !== undefined && gate.within(Number(rate.projectedRate))) return 0.75;
  const threshold = Number(gate.threshold);
  const low = gate.comparison.startsWith('<');
  const nearness = low ? ratio(1 - value, 1 - threshold) : ratio(value, threshold);
  return fourDecimals(Math.min(1, nearness) ** 2 / 2);
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 1;
}

function fourDecimals(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
