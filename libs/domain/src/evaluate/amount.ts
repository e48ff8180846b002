// What a penalty amounts to at a given lateness: tier or band, accrual, floor and cap, the other currency, rounding. All in this order.
import type { CompiledPenalty } from '../compile/penalty.js';
import { rateValue } from '../compile/rate-bound.js';
import type { CompiledAmount } from '../compile/money.js';
import { amountText, describeMoney, digitsOf } from './formula.js';
import { BASES, type MoneyInput } from './money-base.js';
import { roundMinor } from './rounding.js';
import { shopOf } from './subject.js';
import type { Trace } from './trace.js';

export interface Amount {
  readonly amountMinor: number;
  readonly currency: string;
}

/**
 * The amount in integer minor units when the rule is missed by `lateSeconds` (1 for a rule that would just be missed). Money of an order
 * in another currency than the penalty's counts as 0, since the domain knows no exchange rate; the explanation says so.
 */
export function amountAt(
  penalty: CompiledPenalty,
  input: MoneyInput,
  lateSeconds: number,
  trace: Trace | undefined,
): Amount {
  const { currency } = penalty;
  const chosen = chooseAmount(penalty, input, lateSeconds, trace);
  if (!chosen) return { amountMinor: 0, currency };
  if (trace && chosen.usesOrderMoney && input.subject.facts.currency !== currency) {
    trace.add('currency-mismatch', { order: input.subject.facts.currency, penalty: currency });
  }
  const formula = trace ? describeMoney(chosen.source, input, currency, trace) : '';
  const accrued = accrue(penalty, chosen.valueOf(input), input, lateSeconds, currency, trace);
  const bounded = bound(penalty, accrued, currency, trace);
  const amount = { amountMinor: roundMinor(bounded, penalty.scale, penalty.rounding, trace), currency };
  if (trace) traceFormula(penalty, formula, accrued, lateSeconds, amount, trace);
  return dearer(penalty, bounded, amount, input, trace);
}

function chooseAmount(
  penalty: CompiledPenalty,
  input: MoneyInput,
  lateSeconds: number,
  trace: Trace | undefined,
): CompiledAmount | undefined {
  if (penalty.tiers.length > 0) {
    const tier = penalty.tiers.find((one) => lateSeconds > one.afterSeconds);
    if (tier) trace?.add('tier', { afterHours: tier.afterSeconds / 3600, lateSeconds });
    return tier?.amount;
  }
  if (!penalty.byRate) return penalty.amount;
  const { rateId, bands } = penalty.byRate;
  const rate = input.subject.context.rateOf(rateId, shopOf(input.subject.facts), input.dueAt);
  const band = rate && bands.find((one) => one.within(rateValue(rate)));
  if (trace) {
    if (!rate) trace.add('rate-unknown', { rate: rateId });
    else
      trace.add(band ? 'rate-band' : 'rate-outside-bands', {
        rate: rateId,
        value: rate.rate,
        origin: rate.origin,
        period: rate.period ?? '',
      });
  }
  return band?.amount;
}

/** Started periods count whole: one second late is one period. */
function accrue(
  penalty: CompiledPenalty,
  value: bigint,
  input: MoneyInput,
  lateSeconds: number,
  currency: string,
  trace: Trace | undefined,
): bigint {
  const { accrual } = penalty;
  if (!accrual) return value;
  const periods = periodsOf(accrual.everySeconds, lateSeconds);
  const total = value * BigInt(periods);
  trace?.add('accrual', { periods, days: accrual.everySeconds / 86_400 });
  if (!accrual.cap) return total;
  const cap = accrual.cap.factor * BigInt(BASES[accrual.cap.of](input));
  if (total <= cap) return total;
  trace?.add('accrual-cap', { amount: amountText(cap, penalty.scale, currency) });
  return cap;
}

function bound(penalty: CompiledPenalty, value: bigint, currency: string, trace: Trace | undefined): bigint {
  const { floor, cap, scale } = penalty;
  if (cap !== undefined && value > cap) {
    trace?.add('cap', { amount: amountText(cap, scale, currency) });
    return cap;
  }
  if (floor !== undefined && value < floor) {
    trace?.add('floor', { amount: amountText(floor, scale, currency) });
    return floor;
  }
  return value;
}

/** Of two amounts in two currencies the one worth more at the rulebook's reference rate; without a rate the first. */
function dearer(
  penalty: CompiledPenalty,
  value: bigint,
  amount: Amount,
  input: MoneyInput,
  trace: Trace | undefined,
): Amount {
  const { alternative, scale } = penalty;
  if (!alternative) return amount;
  const { currency } = alternative;
  const other = alternative.amount.valueOf(input);
  const unit = 10n ** BigInt(scale);
  const isDearer =
    alternative.factor > 0n &&
    other * unit * minorUnit(amount.currency) > value * alternative.factor * minorUnit(currency);
  trace?.add(isDearer ? 'alternative-charged' : 'alternative-lower', {
    amount: amountText(other, scale, currency),
    rate: penalty.spec.alternative?.referenceRate ?? '',
  });
  return isDearer ? { amountMinor: roundMinor(other, scale, penalty.rounding, trace), currency } : amount;
}

/** `{max}(10.00 USD, 50% x 37.50 USD) = 18.75 USD, {cap} 200.00 USD`; where a limit bit, the result once more at the end. */
function traceFormula(
  penalty: CompiledPenalty,
  formula: string,
  accrued: bigint,
  lateSeconds: number,
  amount: Amount,
  trace: Trace,
): void {
  const { currency, scale, accrual, floor, cap } = penalty;
  const whole = accrual ? `(${formula}) x ${periodsOf(accrual.everySeconds, lateSeconds)}` : formula;
  const value = amountText(accrued, scale, currency);
  const result = amountText(BigInt(amount.amountMinor), 0, currency);
  const parts = [whole === value ? whole : `${whole} = ${value}`];
  if (floor !== undefined) parts.push(`{floor} ${amountText(floor, scale, currency)}`);
  if (cap !== undefined) parts.push(`{cap} ${amountText(cap, scale, currency)}`);
  trace.formula = value === result ? parts.join(', ') : `${parts.join(', ')} = ${result}`;
  trace.add('formula', { text: trace.formula });
}

function periodsOf(everySeconds: number, lateSeconds: number): number {
  return Math.max(1, Math.ceil(lateSeconds / everySeconds));
}

function minorUnit(currency: string): bigint {
  return 10n ** BigInt(digitsOf(currency));
}
