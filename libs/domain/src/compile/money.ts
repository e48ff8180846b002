// Money expressions as exact integer arithmetic. Every value of one penalty is a bigint at the penalty's own scale (minor units with so
// many decimals), so percent, multiples, sums, minima and maxima never round; rounding happens once, at the end.
import { decimal, isDecimalText } from '../decimal.js';
import { digitsOf } from '../evaluate/formula.js';
import type { DecimalText, MoneyBase, MoneyExpression } from '../rule.js';
import { BASES, type MoneyInput } from '../evaluate/money-base.js';
import { PER } from '../evaluate/money-count.js';
import type { Reporter } from './reporter.js';

/** A compiled expression. `valueOf` is in units of 10^-scale minor units. */
export interface CompiledAmount {
  readonly valueOf: (input: MoneyInput) => bigint;
  /** Whether the amount needs money in the order's currency. */
  readonly usesOrderMoney: boolean;
  readonly source: MoneyExpression;
  readonly scale: number;
}

/** Decimals a whole expression needs, so that every part of it is an integer. */
export function scaleOf(expression: MoneyExpression): number {
  if ('fixed' in expression) return decimals(expression.fixed);
  if ('percent' in expression) return decimals(expression.percent) + 2;
  if ('multiple' in expression) return decimals(expression.multiple);
  return Math.max(0, ...partsOf(expression).map(scaleOf));
}

export function compileMoney(
  expression: MoneyExpression,
  currency: string,
  scale: number,
  at: Reporter,
): CompiledAmount {
  const compiled = compilePart(expression, currency, scale, at);
  return { ...compiled, source: expression, scale };
}

/** The summands of a sum, max or min; empty for a leaf. */
export function partsOf(expression: MoneyExpression): readonly MoneyExpression[] {
  if ('sum' in expression) return expression.sum;
  if ('max' in expression) return expression.max;
  return 'min' in expression ? expression.min : [];
}

/** A decimal amount in major units at a penalty's scale; 0 with a fault when it is no decimal. */
export function scaledMajor(text: DecimalText, currency: string, scale: number, at: Reporter): bigint {
  if (!isDecimalText(text)) {
    at.fault(`not a decimal: ${String(text)}`, 'write digits in quotes, such as "10.00"');
    return 0n;
  }
  return toScaled(decimal(text).times(decimal(`1${'0'.repeat(digitsOf(currency))}`)), scale);
}

/** A plain factor (percent over one hundred, multiple) as an integer over 10^scale; 0 with a fault when it is no decimal. */
export function scaledFactor(text: DecimalText, percent: boolean, scale: number, at: Reporter): bigint {
  if (!isDecimalText(text)) {
    at.fault(`not a decimal: ${String(text)}`, 'write digits in quotes, such as "0.5"');
    return 0n;
  }
  return toScaled(percent ? decimal(text).times('0.01') : decimal(text), scale);
}

type Part = Pick<CompiledAmount, 'valueOf' | 'usesOrderMoney'>;

function compilePart(expression: MoneyExpression, currency: string, scale: number, at: Reporter): Part {
  if ('fixed' in expression) return compileFixed(expression, currency, scale, at);
  if ('percent' in expression) return compileShare(expression.percent, true, expression.of, currency, scale, at);
  if ('multiple' in expression) return compileShare(expression.multiple, false, expression.of, currency, scale, at);
  const parts = partsOf(expression).map((part, i) => compilePart(part, currency, scale, at.at(i)));
  if (parts.length === 0) at.fault('an amount without parts', 'list at least one amount');
  const pick: (a: bigint, b: bigint) => bigint =
    'sum' in expression ? (a, b) => a + b : 'max' in expression ? (a, b) => (b > a ? b : a) : (a, b) => (b < a ? b : a);
  return {
    usesOrderMoney: parts.some((part) => part.usesOrderMoney),
    valueOf: (input) => {
      let value = parts[0]!.valueOf(input);
      for (let i = 1; i < parts.length; i++) value = pick(value, parts[i]!.valueOf(input));
      return value;
    },
  };
}

function compileFixed(
  expression: Extract<MoneyExpression, { fixed: string }>,
  currency: string,
  scale: number,
  at: Reporter,
): Part {
  if (expression.currency !== undefined && expression.currency !== currency) {
    at.at('currency').fault(
      `a fixed amount in ${expression.currency} inside a penalty in ${currency}`,
      'state the other currency under `alternative`',
    );
  }
  const each = scaledMajor(expression.fixed, currency, scale, at.at('fixed'));
  const per = expression.per ?? 'order';
  const count = PER[per];
  if (!count) at.at('per').fault(`unknown unit: ${per}`, `use one of ${Object.keys(PER).join(', ')}`);
  if (per === 'order' || !count) return { usesOrderMoney: false, valueOf: () => each };
  return { usesOrderMoney: false, valueOf: ({ subject }) => each * BigInt(count(subject)) };
}

/** A share of the order's money, which counts as 0 in a penalty of another currency: there is no exchange rate in the domain. */
function compileShare(
  factor: DecimalText,
  percent: boolean,
  base: MoneyBase,
  currency: string,
  scale: number,
  at: Reporter,
): Part {
  const baseOf = BASES[base];
  if (!baseOf) {
    at.at('of').fault(`unknown money base: ${String(base)}`, `use one of ${Object.keys(BASES).join(', ')}`);
    return { usesOrderMoney: true, valueOf: () => 0n };
  }
  const times = scaledFactor(factor, percent, scale, at.at(percent ? 'percent' : 'multiple'));
  return {
    usesOrderMoney: true,
    valueOf: (input) => {
      const foreign = input.subject.facts.currency !== currency;
      return foreign ? 0n : times * BigInt(baseOf(input));
    },
  };
}

function decimals(text: DecimalText): number {
  return (String(text).split('.')[1] ?? '').length;
}

function toScaled(value: ReturnType<typeof decimal>, scale: number): bigint {
  return BigInt(
    value
      .times(decimal(`1${'0'.repeat(scale)}`))
      .round(0, 0)
      .toFixed(0),
  );
}
