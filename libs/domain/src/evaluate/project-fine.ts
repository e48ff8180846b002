// The money of one outcome: what missing costs or cost, how likely that is, and how it grows.
import type { CompiledVersion } from '../compile/compiled.js';
import { weakest } from '../compile/confidence.js';
import type { CompiledPenalty } from '../compile/penalty.js';
import { rateValue } from '../compile/rate-bound.js';
import type { ProjectedFine } from '../deadline.js';
import type { Instant } from '../events.js';
import { firstLateInstant } from '../ladder.js';
import { amountAt } from './amount.js';
import { chanceOfGate, chanceOfMiss } from './chance.js';
import type { MoneyInput } from './money-base.js';
import type { Outcome } from './outcome.js';
import { shopOf, type Subject } from './subject.js';
import type { Trace } from './trace.js';

/** A fine without its formula, which is written out only when asked for. */
export type FineNumbers = Omit<ProjectedFine, 'formula'>;
type Milestone = ProjectedFine['milestones'][number];

const MILESTONES = 6;
const NO_MILESTONES: readonly Milestone[] = [];

export function projectFine(
  version: CompiledVersion,
  outcome: Outcome,
  subject: Subject,
  trace: Trace | undefined,
): FineNumbers {
  const chance = missChance(version, outcome, subject, trace);
  const penalty = version.penaltyOf?.(subject.facts.currency);
  const confidence = confidenceOf(version, outcome, penalty, subject);
  const none = (currency: string): FineNumbers => ({
    amountMinor: 0,
    currency,
    chance,
    expectedMinor: 0,
    confidence,
    milestones: NO_MILESTONES,
  });
  if (!penalty) {
    trace?.add('no-money');
    return none(version.document.currency);
  }
  if (outcome.status !== 'open' && outcome.status !== 'missed') return none(penalty.currency);
  const input = moneyInput(version, outcome, subject);
  const amount = amountAt(penalty, input, outcome.lateSeconds, trace);
  if (version.spec.stage !== 'enforced') {
    trace?.add('stage-without-money', {
      stage: version.spec.stage,
      amountMinor: amount.amountMinor,
      currency: amount.currency,
    });
    return none(amount.currency);
  }
  const gate = gateOf(penalty, subject, trace);
  const gateChance = penalty.gate ? chanceOfGate(penalty.gate, subject, version.rule.id) : 1;
  // A miss below the gate owes nothing today; an open deadline shows what it would cost, with the gate beside it.
  const owed = outcome.status === 'missed' && gate && !gate.crossed ? 0 : amount.amountMinor;
  return {
    amountMinor: owed,
    currency: amount.currency,
    chance,
    expectedMinor: Math.round(amount.amountMinor * chance * gateChance),
    confidence,
    milestones: milestonesOf(penalty, outcome, input),
    ...(gate && { gate }),
    ...(outcome.refund && { refundExpected: outcome.refund }),
  };
}

function missChance(version: CompiledVersion, outcome: Outcome, subject: Subject, trace: Trace | undefined): number {
  if (outcome.status === 'missed') return 1;
  if (outcome.status !== 'open') return 0;
  return chanceOfMiss(subject, version.rule.id, outcome.due.startsAt, outcome.limit, trace);
}

/** The parcels that miss the rule on their own; unknown for rules about incidents or about the order alone. */
function moneyInput(version: CompiledVersion, outcome: Outcome, subject: Subject): MoneyInput {
  const judged = { ...subject, incidents: outcome.incidents };
  const { judge } = version;
  const late = (): ReturnType<MoneyInput['late']> =>
    judge && subject.parcels.length > 0
      ? subject.parcels.filter(
          (parcel) => judge({ ...subject, parcel }, outcome.due.dueAt, undefined).state !== 'satisfied',
        )
      : undefined;
  return { subject: judged, late };
}

function confidenceOf(
  version: CompiledVersion,
  outcome: Outcome,
  penalty: CompiledPenalty | undefined,
  subject: Subject,
): FineNumbers['confidence'] {
  const foreign = penalty && penalty.currency !== subject.facts.currency && usesOrderMoney(penalty);
  return weakest(
    version.confidence,
    ...outcome.due.waivers.map((waiver) => waiver.confidence),
    foreign ? 'uncertain' : undefined,
  );
}

function usesOrderMoney(penalty: CompiledPenalty): boolean {
  const amounts = [
    penalty.amount,
    ...penalty.tiers.map((tier) => tier.amount),
    ...(penalty.byRate?.bands ?? []).map((b) => b.amount),
  ];
  return amounts.some((amount) => amount?.usesOrderMoney);
}

function gateOf(penalty: CompiledPenalty, subject: Subject, trace: Trace | undefined): ProjectedFine['gate'] {
  const { gate } = penalty;
  if (!gate) return undefined;
  const rate = subject.context.rateOf(gate.rateId, shopOf(subject.facts));
  const crossed = rate !== undefined && gate.within(rateValue(rate));
  const { rateId: metric, threshold, comparison } = gate;
  trace?.add(rate ? (crossed ? 'gate-crossed' : 'gate-not-crossed') : 'gate-unknown', {
    metric,
    comparison,
    threshold,
    rate: rate?.rate ?? '',
    origin: rate?.origin ?? '',
  });
  return { metric, threshold, comparison, crossed, ...(rate && { rate: rate.rate }) };
}

/** The amount at each instant from now on at which it changes if nothing more happens, at most six of them. */
function milestonesOf(penalty: CompiledPenalty, outcome: Outcome, input: MoneyInput): readonly Milestone[] {
  if (outcome.status === 'missed' && !outcome.growing) return NO_MILESTONES;
  const { asOf } = input.subject.context;
  const milestones: Milestone[] = [];
  let last = outcome.status === 'missed' ? amountAt(penalty, input, outcome.lateSeconds, undefined).amountMinor : -1;
  for (const at of changesOf(penalty, outcome.limit, asOf)) {
    const lateSeconds = Math.floor((at - outcome.limit) / 1000) || 1;
    const { amountMinor } = amountAt(penalty, input, lateSeconds, undefined);
    if (amountMinor === last) {
      if (penalty.accrual) break; // the cap is reached: later periods add nothing
      continue;
    }
    milestones.push({ at, amountMinor });
    last = amountMinor;
  }
  return milestones;
}

/** Instants after `asOf` at which a tier or a period begins; the breach itself is the first. */
function changesOf(penalty: CompiledPenalty, limit: Instant, asOf: Instant): readonly Instant[] {
  const late = firstLateInstant(limit);
  const changes = [late, ...penalty.tiers.map((tier) => late + tier.afterSeconds * 1000)];
  if (penalty.accrual) {
    const every = penalty.accrual.everySeconds * 1000;
    const passed = Math.max(0, Math.ceil((asOf - late) / every));
    for (let i = 0; i < MILESTONES; i++) changes.push(late + (passed + i) * every);
  }
  return [...new Set(changes)]
    .filter((at) => at > asOf)
    .sort((a, b) => a - b)
    .slice(0, MILESTONES);
}

/** The next instant at which a growing amount changes; undefined when it stands still. */
export function nextAmountChange(fine: FineNumbers, asOf: Instant): Instant | undefined {
  return fine.milestones.find((milestone) => milestone.at > asOf)?.at;
}
