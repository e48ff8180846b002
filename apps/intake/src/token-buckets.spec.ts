import { describe, expect, it } from '@jest/globals';
import { manualClock } from '#testing';
import { TokenBuckets } from './token-buckets.js';

describe('TokenBuckets', () => {
  it('lets the burst through, then says how long to wait, and refills with time', () => {
    const clock = manualClock('2026-01-01T00:00:00Z');
    const buckets = new TokenBuckets(clock, 10, 100);
    expect(buckets.take('a', 100)).toBe(0);
    expect(buckets.take('a', 25)).toBe(3);
    clock.advance(2_500);
    expect(buckets.take('a', 25)).toBe(0);
    expect(buckets.take('b', 100)).toBe(0);
  });

  it('takes a request larger than the burst from a full bucket and lets it be paid off', () => {
    const clock = manualClock('2026-01-01T00:00:00Z');
    const buckets = new TokenBuckets(clock, 10, 100);
    expect(buckets.take('a', 150)).toBe(0);
    expect(buckets.take('a', 1)).toBe(6);
    clock.advance(6_000);
    expect(buckets.take('a', 1)).toBe(0);
  });

  it('says how long until a single token is there without taking it', () => {
    const clock = manualClock('2026-01-01T00:00:00Z');
    const buckets = new TokenBuckets(clock, 2, 10);
    expect([buckets.wait('a'), buckets.wait('a'), buckets.take('a', 14), buckets.wait('a')]).toEqual([0, 0, 0, 3]);
    clock.advance(2_500);
    expect([buckets.wait('a'), buckets.take('a', 1), buckets.wait('a')]).toEqual([0, 0, 1]);
  });

  it('gives nothing for a clock that went back', () => {
    const clock = manualClock('2026-01-01T00:00:00Z');
    const buckets = new TokenBuckets(clock, 10, 100);
    buckets.take('a', 100);
    clock.advance(-5_000);
    expect(buckets.take('a', 1)).toBeGreaterThan(0);
  });
});
