// The one place where a penalty is rounded: exact integers at its scale to whole minor units.
import type { RoundingMode } from '../rule.js';
import type { Trace } from './trace.js';

const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

export function roundMinor(value: bigint, scale: number, mode: RoundingMode, trace: Trace | undefined): number {
  const unit = 10n ** BigInt(scale);
  const whole = value / unit;
  const rest = value % unit;
  if (rest === 0n) return safe(whole);
  trace?.add('rounding', { mode });
  const twice = rest * 2n;
  const up =
    mode === 'up' ||
    (mode === 'half-up' && twice >= unit) ||
    (mode === 'half-even' && (twice > unit || (twice === unit && whole % 2n === 1n)));
  return safe(up ? whole + 1n : whole);
}

/** An order worth more than 2^53 minor units is a fault of its data; its fine stays a safe integer all the same. */
function safe(value: bigint): number {
  return Number(value > LARGEST ? LARGEST : value);
}
