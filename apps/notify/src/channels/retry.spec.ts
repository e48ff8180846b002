import { describe, expect, it } from '@jest/globals';
import { retryAfterMs } from './retry-after.js';
import { ATTEMPTS, retryDelayMs } from './retry-schedule.js';

const NOW = Date.parse('2026-11-24T10:00:00Z');

describe('Retry-After', () => {
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Tue, 24 Nov 2026 10:05:00 GMT', 300_000],
    ['Tue, 24 Nov 2026 09:00:00 GMT', 0],
    ['99999999', 24 * 3_600_000],
    ['-5', 0],
    ['soon', 0],
    [undefined, 0],
  ])('%s asks for %d ms', (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected);
  });
});

describe('the retry schedule', () => {
  it('grows over days, is spread by a fifth and ends', () => {
    const delays = Array.from({ length: ATTEMPTS - 1 }, (_, index) => retryDelayMs(index + 1, 0, () => 0.5)!);
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(delays[0]).toBe(5_000);
    expect(delays.reduce((sum, delay) => sum + delay)).toBeGreaterThan(3 * 24 * 3_600_000);
    expect(retryDelayMs(1, 0, () => 0)).toBe(4_000);
    expect(retryDelayMs(1, 0, () => 1)).toBe(6_000);
    expect(retryDelayMs(ATTEMPTS, 0, () => 0.5)).toBeUndefined();
  });

  it('waits as long as it was asked to', () => {
    expect(retryDelayMs(1, 90_000, () => 0.5)).toBe(90_000);
  });
});
