import { expect, test } from '@jest/globals';
import type { RateSnapshot } from '../evaluate-types.js';
import { rateInUse } from './rate-in-use.js';

const AS_OF = Date.parse('2026-03-11T12:00:00Z');
const DAY = 86_400_000;
const snapshot = (origin: 'computed' | 'reported', measuredAt: number): RateSnapshot => ({
  rateId: 'ldr',
  shopId: 's',
  numerator: 1,
  denominator: 10,
  rate: origin === 'computed' ? '0.100000' : '0.2',
  origin,
  measuredAt,
  effects: [],
});
const computed = { ...snapshot('computed', AS_OF), projectedRate: '0.300000' };

test('a report wins while it is fresh, and takes over the outlook of our own count', () => {
  const fresh = snapshot('reported', AS_OF - 7 * DAY);
  expect(rateInUse([computed, fresh], AS_OF)).toEqual({ ...fresh, projectedRate: '0.300000' });
  expect(rateInUse([computed, snapshot('reported', AS_OF - 7 * DAY - 1)], AS_OF)).toBe(computed);
  expect(rateInUse([computed, snapshot('reported', AS_OF + 1)], AS_OF)).toBe(computed);
  expect(rateInUse([fresh], AS_OF)).toBe(fresh);
  expect(rateInUse([], AS_OF)).toBeUndefined();
});
