// Bounds on a shop's rate, with the strictness the source published.
import { isDecimalText } from '../decimal.js';
import type { RateSnapshot } from '../evaluate-types.js';
import type { RateBound } from '../rule.js';
import type { Reporter } from './reporter.js';

export type RateTest = (rate: number) => boolean;
const BOUNDS = ['lt', 'lte', 'gt', 'gte'] as const;

/** The bound that makes a gate close: its sign and its number, for people. */
export interface GateBound {
  readonly threshold: string;
  readonly comparison: '>' | '>=' | '<' | '<=';
}
const SIGNS = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

export function compileBound(bound: RateBound, at: Reporter): RateTest {
  const tests = BOUNDS.flatMap((kind) => (bound[kind] === undefined ? [] : [testOf(kind, bound[kind], at.at(kind))]));
  if (tests.length === 0) at.fault('a bound without a limit', 'add lt, lte, gt or gte');
  return (rate) => tests.every((test) => test(rate));
}

export function gateBound(bound: RateBound): GateBound {
  const kind = (['gt', 'gte', 'lt', 'lte'] as const).find((one) => bound[one] !== undefined) ?? 'gt';
  return { threshold: bound[kind] ?? '0', comparison: SIGNS[kind] };
}

/**
 * A rate to compare. Division rounds to the double nearest to the true quotient, and reading a decimal rounds to the double nearest to
 * it, so a rate that equals a published limit compares as equal: `>` and `>=` are kept exactly.
 */
export function rateValue(rate: Pick<RateSnapshot, 'origin' | 'numerator' | 'denominator' | 'rate'>): number {
  return rate.origin === 'computed' && rate.denominator > 0 ? rate.numerator / rate.denominator : Number(rate.rate);
}

function testOf(kind: (typeof BOUNDS)[number], text: string, at: Reporter): RateTest {
  if (!isDecimalText(text)) at.fault(`not a decimal: ${String(text)}`, 'write a share in quotes, such as "0.10"');
  const limit = Number(text);
  if (kind === 'lt') return (rate) => rate < limit;
  if (kind === 'lte') return (rate) => rate <= limit;
  return kind === 'gt' ? (rate) => rate > limit : (rate) => rate >= limit;
}
