import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LEAST_URGENT, priorityOf } from './priority.js';

describe('priorityOf', () => {
  it('puts the larger expected fine first, within what BullMQ takes', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.nat(2 ** 31 - 1), (a, b) => {
        const [smaller, larger] = [Math.min(a, b), Math.max(a, b)];
        expect(priorityOf(larger, 'USD')).toBeLessThanOrEqual(priorityOf(smaller, 'USD'));
        expect(priorityOf(larger, 'USD')).toBeGreaterThanOrEqual(1);
      }),
    );
    expect(priorityOf(0, 'USD')).toBe(LEAST_URGENT);
    expect(priorityOf(Number.MAX_SAFE_INTEGER, 'JPY')).toBe(1);
  });

  it('tells neighbouring fines apart and counts in units of the currency', () => {
    expect(priorityOf(1_875, 'USD')).toBeLessThan(priorityOf(1_874, 'USD'));
    expect(priorityOf(1_000_100, 'USD')).toBeLessThan(priorityOf(1_000_000, 'USD'));
    expect(priorityOf(500, 'JPY')).toBe(priorityOf(50_000, 'USD'));
  });
});
