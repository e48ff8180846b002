// What a penalty is made of, over all the ways it can be written.
import type { MoneyExpression, Penalty } from '../rule.js';
import { partsOf, scaleOf } from './money.js';

/** Decimals that make every amount, limit and factor of the penalty an integer. */
export function penaltyScale(penalty: Penalty): number {
  const expressions = [
    penalty.amount,
    ...(penalty.tiers ?? []).map((tier) => tier.amount),
    ...(penalty.byRate?.bands ?? []).map((band) => band.amount),
    penalty.alternative?.amount,
  ].filter((expression) => expression !== undefined);
  const texts = [penalty.floor, penalty.cap, penalty.alternative?.referenceRate].filter((text) => text !== undefined);
  const percent = penalty.accrual?.capPercent;
  return Math.max(
    0,
    ...expressions.map(scaleOf),
    ...texts.map((fixed) => scaleOf({ fixed })),
    percent === undefined ? 0 : scaleOf({ percent, of: 'order-value' }),
  );
}

/** Whether it states money of its own, and so a currency of its own. */
export function hasOwnMoney(penalty: Penalty): boolean {
  const amounts = [
    penalty.amount,
    ...(penalty.tiers ?? []).map((t) => t.amount),
    ...(penalty.byRate?.bands ?? []).map((b) => b.amount),
  ];
  const limits = [penalty.currency, penalty.floor, penalty.cap, penalty.capGroup, penalty.alternative];
  return limits.some((limit) => limit !== undefined) || amounts.some((amount) => amount && hasFixed(amount));
}

function hasFixed(expression: MoneyExpression): boolean {
  return 'fixed' in expression || partsOf(expression).some(hasFixed);
}
