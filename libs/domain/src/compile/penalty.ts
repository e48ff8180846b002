// A penalty compiled: its amounts at one exact scale, floor and cap, and what it waits for.
import { isCurrency } from '../currency.js';
import type { DecimalText, MoneyBase, MoneyExpression, Penalty, RoundingMode } from '../rule.js';
import { compileMoney, scaledFactor, scaledMajor, type CompiledAmount } from './money.js';
import { hasOwnMoney, penaltyScale } from './penalty-parts.js';
import { compileBound, gateBound, type GateBound, type RateTest } from './rate-bound.js';
import { Reporter } from './reporter.js';
import type { Scope } from './scope.js';
import { BASES } from '../evaluate/money-base.js';

export interface CompiledPenalty {
  readonly spec: Penalty;
  readonly currency: string;
  readonly scale: number;
  readonly amount: CompiledAmount | undefined;
  /** Sorted by lateness, latest first. */
  readonly tiers: readonly { readonly afterSeconds: number; readonly amount: CompiledAmount }[];
  readonly accrual: CompiledAccrual | undefined;
  readonly byRate: { readonly rateId: string; readonly bands: readonly RateAmount[] } | undefined;
  readonly gate: (GateBound & { readonly rateId: string; readonly within: RateTest }) | undefined;
  readonly floor: bigint | undefined;
  readonly cap: bigint | undefined;
  readonly capGroup: { readonly name: string; readonly capMinor: number } | undefined;
  readonly alternative:
    { readonly currency: string; readonly amount: CompiledAmount; readonly factor: bigint } | undefined;
  readonly rounding: RoundingMode;
}

export interface RateAmount {
  readonly within: RateTest;
  readonly amount: CompiledAmount;
}
export interface CompiledAccrual {
  readonly everySeconds: number;
  readonly cap: { readonly factor: bigint; readonly of: MoneyBase } | undefined;
}

const DAY_S = 86_400;
const HOUR_S = 3_600;

/** The penalty for an order in a currency. */
export type PenaltyOf = (orderCurrency: string) => CompiledPenalty;

/**
 * Compiles a penalty. One that says `currency: order`, or is nothing but a share of the order's own money, is in the order's currency;
 * any other in its own, else the document's.
 */
export function compilePenalty(penalty: Penalty, scope: Scope, rateIds: ReadonlySet<string>, at: Reporter): PenaltyOf {
  const inOrderCurrency = penalty.currency === 'order' || !hasOwnMoney(penalty);
  const stated =
    penalty.currency === undefined || penalty.currency === 'order' ? scope.document.currency : penalty.currency;
  const compiled = compileIn(checkedCurrency(stated, at.at('currency')), penalty, rateIds, at);
  if (!inOrderCurrency) return () => compiled;
  const byCurrency = new Map([[compiled.currency, compiled]]);
  return (currency) => {
    let known = byCurrency.get(currency);
    if (!known) byCurrency.set(currency, (known = compileIn(currency, penalty, rateIds, new Reporter(at.file, []))));
    return known;
  };
}

function compileIn(currency: string, penalty: Penalty, rateIds: ReadonlySet<string>, at: Reporter): CompiledPenalty {
  const scale = penaltyScale(penalty);
  const money = (expression: MoneyExpression, place: Reporter): CompiledAmount =>
    compileMoney(expression, currency, scale, place);
  const limit = (text: DecimalText | undefined, place: Reporter): bigint | undefined =>
    text === undefined ? undefined : scaledMajor(text, currency, scale, place);
  const compiled: CompiledPenalty = {
    spec: penalty,
    currency,
    scale,
    amount: penalty.amount && money(penalty.amount, at.at('amount')),
    tiers: (penalty.tiers ?? [])
      .map((tier, i) => ({
        afterSeconds: tier.afterHours * HOUR_S,
        amount: money(tier.amount, at.at('tiers', i, 'amount')),
      }))
      .sort((a, b) => b.afterSeconds - a.afterSeconds),
    accrual: penalty.accrual && compileAccrual(penalty.accrual, scale, at.at('accrual')),
    byRate: penalty.byRate && {
      rateId: knownRate(penalty.byRate.rate, rateIds, at.at('byRate', 'rate')),
      bands: penalty.byRate.bands.map((band, i) => ({
        within: compileBound(band, at.at('byRate', 'bands', i)),
        amount: money(band.amount, at.at('byRate', 'bands', i, 'amount')),
      })),
    },
    gate: penalty.gate && {
      ...gateBound(penalty.gate),
      rateId: knownRate(penalty.gate.rate, rateIds, at.at('gate', 'rate')),
      within: compileBound(penalty.gate, at.at('gate')),
    },
    floor: limit(penalty.floor, at.at('floor')),
    cap: limit(penalty.cap, at.at('cap')),
    capGroup: penalty.capGroup && {
      name: penalty.capGroup.name,
      capMinor: Number(scaledMajor(penalty.capGroup.cap, currency, 0, at.at('capGroup', 'cap'))),
    },
    alternative: penalty.alternative && compileAlternative(penalty.alternative, scale, at.at('alternative')),
    rounding: penalty.rounding ?? 'half-up',
  };
  checkPenalty(penalty, compiled, at);
  return compiled;
}

function compileAccrual(accrual: NonNullable<Penalty['accrual']>, scale: number, at: Reporter): CompiledAccrual {
  if (!(accrual.everyDays > 0)) at.at('everyDays').fault(`periods of ${accrual.everyDays} days`, 'use more than 0');
  if ((accrual.capPercent === undefined) !== (accrual.capOf === undefined)) {
    at.fault('a percent cap needs both capPercent and capOf', 'state both or neither');
  }
  if (accrual.capOf !== undefined && !BASES[accrual.capOf]) {
    at.at('capOf').fault(`unknown money base: ${String(accrual.capOf)}`, `use one of ${Object.keys(BASES).join(', ')}`);
  }
  const capped = accrual.capPercent !== undefined && accrual.capOf !== undefined;
  return {
    everySeconds: accrual.everyDays * DAY_S,
    cap: capped
      ? { factor: scaledFactor(accrual.capPercent!, true, scale, at.at('capPercent')), of: accrual.capOf! }
      : undefined,
  };
}

/** Worth in the penalty's currency is compared at a rate stated in the rulebook: units of the other currency for one of this. */
function compileAlternative(
  alternative: NonNullable<Penalty['alternative']>,
  scale: number,
  at: Reporter,
): CompiledPenalty['alternative'] {
  const currency = checkedCurrency(alternative.currency, at.at('currency'));
  const factor = alternative.referenceRate;
  return {
    currency,
    amount: compileMoney(alternative.amount, currency, scale, at.at('amount')),
    factor: factor === undefined ? 0n : scaledFactor(factor, false, scale, at.at('referenceRate')),
  };
}

function checkPenalty(penalty: Penalty, compiled: CompiledPenalty, at: Reporter): void {
  if (compiled.floor !== undefined && compiled.cap !== undefined && compiled.cap < compiled.floor) {
    at.at('cap').fault(`cap ${penalty.cap} is below floor ${penalty.floor}`, 'raise the cap or lower the floor');
  }
  const ways = [penalty.amount, penalty.tiers, penalty.byRate].filter((way) => way !== undefined);
  if (ways.length !== 1)
    at.fault(`a penalty has one of amount, tiers and byRate, here ${ways.length}`, 'keep exactly one');
  const hours = penalty.tiers?.map((tier) => tier.afterHours) ?? [];
  if (new Set(hours).size < hours.length) at.at('tiers').fault('two tiers start at the same hour', 'keep one of them');
}

function knownRate(rateId: string, rateIds: ReadonlySet<string>, at: Reporter): string {
  if (!rateIds.has(rateId)) {
    at.fault(`unknown rate: ${rateId}`, 'define it under `rates` with at least one window');
  }
  return rateId;
}

function checkedCurrency(currency: string, at: Reporter): string {
  if (isCurrency(currency)) return currency;
  at.fault(`unknown currency: ${currency}`, 'use an ISO 4217 code such as USD');
  return 'USD';
}
