import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { OffsetStore } from '#storage';
import { FirstClaim } from './first-claim.js';

let now: number;
let asked: number;
/** When a partition was last claimed or read; undefined where none ever was. */
let movedAt: number | undefined;

beforeEach(() => {
  now = 70_000;
  asked = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => void jest.restoreAllMocks());

/** Of a process that starts now. */
function started(): FirstClaim {
  const backlog: OffsetStore['backlog'] = async () => {
    asked += 1;
    if (movedAt === undefined) return undefined;
    return { records: 0, unjudged: 0, movedMsAgo: now - movedAt, isStarting: false };
  };
  return new FirstClaim({ backlog } as OffsetStore);
}

describe('the first claim after a start', () => {
  it('is not one of before the start', async () => {
    movedAt = now;
    const firstClaim = started();
    expect(await firstClaim.isMade()).toBe(false);
    now += 9_999;
    expect(await firstClaim.isMade()).toBe(false);
  });

  it('is made by whoever claims or reads afterwards, and nobody is asked again', async () => {
    movedAt = now - 60_000;
    const firstClaim = started();
    now += 500;
    expect(await firstClaim.isMade()).toBe(false);
    movedAt = now - 1;
    expect(await firstClaim.isMade()).toBe(true);
    movedAt -= 60_000;
    expect(await firstClaim.isMade()).toBe(true);
    expect(asked).toBe(2);
  });

  it.each([undefined, 0])('is not waited for longer than ten seconds where the log last moved at %p', async (moved) => {
    movedAt = moved;
    const firstClaim = started();
    now += 9_999;
    expect(await firstClaim.isMade()).toBe(false);
    now += 1;
    expect(await firstClaim.isMade()).toBe(true);
    expect(asked).toBe(1);
  });
});
