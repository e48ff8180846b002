// Penalty formulas written out with the order's own numbers: `{max}(10.00 USD, 50% x 37.50 USD)`. Words stand in braces until
// `renderFormula` says them in a language.
import { formatMinor, isCurrency, minorDigits } from '../currency.js';
import { decimal } from '../decimal.js';
import type { MoneyExpression } from '../rule.js';
import { BASES, type MoneyInput } from './money-base.js';
import { PER } from './money-count.js';
import type { Trace } from './trace.js';

/** Minor digits of a currency; 2 for a code that is none, so that a bad order is still readable. */
export function digitsOf(currency: string): number {
  return isCurrency(currency) ? minorDigits(currency) : 2;
}

/** A value at a penalty's scale as `18.75 USD`; further decimals are kept, not rounded. */
export function amountText(value: bigint, scale: number, currency: string): string {
  const unit = 10n ** BigInt(scale);
  if (value % unit === 0n) return minorText(Number(value / unit), currency);
  const exact = decimal(String(value)).times(decimal(`0.${'0'.repeat(scale + digitsOf(currency) - 1)}1`));
  return `${exact.toFixed()} ${currency}`;
}

/** Integer minor units as `18.75 USD`, also in a currency that is not listed. */
export function minorText(amountMinor: number, currency: string): string {
  if (isCurrency(currency)) return formatMinor(amountMinor, currency);
  return `${decimal(amountMinor).times('0.01').toFixed(2)} ${currency}`;
}

/** Writes an expression out; each money base it uses is told to `trace` once. */
export function describeMoney(expression: MoneyExpression, input: MoneyInput, currency: string, trace: Trace): string {
  if ('fixed' in expression) {
    const each = fixedText(expression.fixed, currency);
    const per = expression.per ?? 'order';
    const count = PER[per](input.subject);
    return per === 'order' ? each : `${each} x ${count} ({${per}})`;
  }
  if ('percent' in expression) return `${expression.percent}% x ${baseText(expression.of, input, trace)}`;
  if ('multiple' in expression) {
    const base = baseText(expression.of, input, trace);
    return decimal(expression.multiple).eq(1) ? base : `${expression.multiple} x ${base}`;
  }
  if ('sum' in expression) return expression.sum.map((part) => describeMoney(part, input, currency, trace)).join(' + ');
  const [name, parts] = 'max' in expression ? ['{max}', expression.max] : ['{min}', expression.min];
  return `${name}(${parts.map((part) => describeMoney(part, input, currency, trace)).join(', ')})`;
}

function baseText(base: keyof typeof BASES, input: MoneyInput, trace: Trace): string {
  const { currency } = input.subject.facts;
  const amountMinor = BASES[base](input);
  trace.add('money-base', { base, amountMinor, currency });
  return minorText(amountMinor, currency);
}

function fixedText(text: string, currency: string): string {
  return `${decimal(text).toFixed(Math.max(digitsOf(currency), (text.split('.')[1] ?? '').length))} ${currency}`;
}
