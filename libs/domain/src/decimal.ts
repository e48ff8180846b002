// Exact decimals for money and rates: additions and multiplications only, rounded once at the end.
import { Big } from 'big.js';
import { minorDigits } from './currency.js';
import type { RoundingMode } from './rule.js';

/** An exact decimal of any length; a big.js value. */
export type Decimal = Big;

const ROUNDING: Readonly<Record<RoundingMode, 0 | 1 | 2 | 3>> = { down: 0, 'half-up': 1, 'half-even': 2, up: 3 };
const DECIMAL_TEXT = /^-?(0|[1-9]\d*)(\.\d+)?$/;

/** Whether `text` is a plain decimal such as `12`, `-0.05`, `37.50`: no exponent, sign `+`, blanks or separators. */
export function isDecimalText(text: string): boolean {
  return DECIMAL_TEXT.test(text);
}

/** An exact decimal from plain text or a safe integer. Throws RangeError for anything else, also for fractional numbers: those are floats. */
export function decimal(value: string | number): Decimal {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || !isDecimalText(text)) throw new RangeError(`not an exact decimal: ${value}`);
  return new Big(text);
}

/** `percent` per cent of `base`, exact: `percentOf(3750, '50')` is 1875. */
export function percentOf(base: Decimal | number, percent: string): Decimal {
  return multipleOf(base, percent).times('0.01');
}

/** `multiple` times `base`, exact. */
export function multipleOf(base: Decimal | number, multiple: string): Decimal {
  return (typeof base === 'number' ? decimal(base) : base).times(decimal(multiple));
}

/** A major-unit amount (`"18.75"`) in minor units of the currency, exact and possibly fractional. */
export function minorOf(major: string, currency: string): Decimal {
  return decimal(major).times(new Big(10).pow(minorDigits(currency)));
}

/**
 * Whole minor units of a value in minor units. `half-up` rounds halves and `up` any fraction away from zero. Throws RangeError
 * beyond 2^53 - 1, where a JSON number would silently lose cents.
 */
export function toMinor(value: Decimal, rounding: RoundingMode): number {
  const amount = Number(value.round(0, ROUNDING[rounding]).toFixed(0));
  if (!Number.isSafeInteger(amount)) throw new RangeError(`amount too large for exact minor units: ${value.toFixed()}`);
  return amount === 0 ? 0 : amount;
}
