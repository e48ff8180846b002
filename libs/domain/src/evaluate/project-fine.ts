// The money of one outcome: what missing costs or cost, how likely that is, and how it grows.
import type { CompiledVersion } from '../compile/compiled.js';
import { weakest } from '../compile/confidence.js';
import type { CompiledPenalty } from '../compile/penalty.js';
import { rateValue } from '../compile/rate-bound.js';
import type { Confidence, ProjectedFine } from '../deadline.js';
import type { ParcelView } from '../evidence.js';
import { amountAt, type Amount } from './amount.js';
import { chanceOfGate, chanceOfMiss } from './chance.js';
import { milestonesOf, NO_MILESTONES } from './milestones.js';
import type { MoneyInput } from './money-base.js';
import type { Outcome } from './outcome.js';
import { shopOf, type Subject } from './subject.js';
import type { Trace } from './trace.js';

/** A fine without its formula, which is written out only when asked for. */
export type FineNumbers = Omit<ProjectedFine, 'formula'>;

export function projectFine(
  version: CompiledVersion,
  outcome: Outcome,
  subject: Subject,
  trace: Trace | undefined,
): FineNumbers {
  const chance = missChance(version, outcome, subject, trace);
  const penalty = version.penaltyOf?.(subject.facts.currency);
  if (!penalty) {
    trace?.add('no-money');
    return noMoney(version.document.currency, chance, version.confidence);
  }
  const confidence = confidenceOf(version, outcome, penalty, subject);
  if (outcome.status !== 'open' && outcome.status !== 'missed') return noMoney(penalty.currency, chance, confidence);
  const input = moneyInput(version, outcome, subject);
  const amount = amountAt(penalty, input, outcome.lateSeconds, trace);
  if (version.spec.stage === 'enforced') {
    return enforcedFine(version, outcome, penalty, input, amount, chance, confidence, trace);
  }
  const { amountMinor, currency } = amount;
  trace?.add('stage-without-money', { stage: version.spec.stage, amountMinor, currency });
  return noMoney(currency, chance, confidence);
}

function enforcedFine(
  version: CompiledVersion,
  outcome: Outcome,
  penalty: CompiledPenalty,
  input: MoneyInput,
  { amountMinor, currency }: Amount,
  chance: number,
  confidence: Confidence,
  trace: Trace | undefined,
): FineNumbers {
  const gate = gateOf(penalty, input, trace);
  const gateChance = penalty.gate ? chanceOfGate(penalty.gate, input.subject, version.rule.id, input.dueAt) : 1;
  return {
    // A miss below the gate owes nothing today; an open deadline shows what it would cost, with the gate beside it.
    amountMinor: outcome.status === 'missed' && gate?.crossed === false ? 0 : amountMinor,
    currency,
    chance,
    expectedMinor: Math.round(amountMinor * chance * gateChance),
    confidence,
    milestones: milestonesOf(penalty, outcome, input, amountMinor),
    gate,
    refundExpected: outcome.refund,
  };
}

function noMoney(currency: string, chance: number, confidence: Confidence): FineNumbers {
  const milestones = NO_MILESTONES;
  return {
    amountMinor: 0,
    currency,
    chance,
    expectedMinor: 0,
    confidence,
    milestones,
    gate: undefined,
    refundExpected: undefined,
  };
}

function missChance(version: CompiledVersion, outcome: Outcome, subject: Subject, trace: Trace | undefined): number {
  if (outcome.status === 'missed') return 1;
  if (outcome.status !== 'open') return 0;
  return chanceOfMiss(subject, version.rule.id, outcome.due.startsAt, outcome.limit, trace);
}

/** With the parcels that miss the rule on their own, the one judged for a rule per parcel; unknown for rules about incidents or about the order alone. */
function moneyInput(version: CompiledVersion, outcome: Outcome, subject: Subject): MoneyInput {
  const same = outcome.incidents.length === 0 && subject.incidents.length === 0;
  const judged = same ? subject : { ...subject, incidents: outcome.incidents };
  return { subject: judged, dueAt: outcome.due.dueAt, late: () => lateParcels(version, outcome, subject) };
}

function lateParcels(version: CompiledVersion, outcome: Outcome, subject: Subject): readonly ParcelView[] | undefined {
  const { judge } = version;
  if (!judge || subject.parcels.length === 0) return undefined;
  if (subject.parcel) return [subject.parcel];
  const { dueAt } = outcome.due;
  return subject.parcels.filter((parcel) => judge({ ...subject, parcel }, dueAt, undefined).state !== 'satisfied');
}

function confidenceOf(
  version: CompiledVersion,
  outcome: Outcome,
  penalty: CompiledPenalty,
  subject: Subject,
): Confidence {
  const foreign = penalty.currency !== subject.facts.currency && usesOrderMoney(penalty);
  if (!foreign && outcome.due.waivers.length === 0) return version.confidence;
  const waivers = outcome.due.waivers.map((waiver) => waiver.confidence);
  return weakest(version.confidence, ...waivers, foreign ? 'uncertain' : undefined);
}

function usesOrderMoney(penalty: CompiledPenalty): boolean {
  const amounts = [
    penalty.amount,
    ...penalty.tiers.map((tier) => tier.amount),
    ...(penalty.byRate?.bands ?? []).map((b) => b.amount),
  ];
  return amounts.some((amount) => amount?.usesOrderMoney);
}

function gateOf(
  penalty: CompiledPenalty,
  { subject, dueAt }: MoneyInput,
  trace: Trace | undefined,
): ProjectedFine['gate'] {
  const { gate } = penalty;
  if (!gate) return undefined;
  const rate = subject.context.rateOf(gate.rateId, shopOf(subject.facts), dueAt);
  const crossed = rate !== undefined && gate.within(rateValue(rate));
  const { rateId: metric, threshold, comparison } = gate;
  trace?.add(rate ? (crossed ? 'gate-crossed' : 'gate-not-crossed') : 'gate-unknown', {
    metric,
    comparison,
    threshold,
    rate: rate?.rate ?? '',
    origin: rate?.origin ?? '',
    period: rate?.period ?? '',
  });
  return { metric, threshold, comparison, crossed, ...(rate && { rate: rate.rate }) };
}
