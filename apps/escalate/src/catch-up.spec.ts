import { describe, expect, it } from '@jest/globals';
import type { Hold } from './catch-up.js';
import { NO_HOLD, isCatchingUp, nextHold } from './catch-up.js';

describe('isCatchingUp', () => {
  const behind = (records: number, movedMsAgo: number, isStarting = false) => ({
    records,
    unjudged: 0,
    movedMsAgo,
    isStarting,
  });
  const HOUR = 3_600_000;

  it.each([
    ['track never ran', undefined, 0, false],
    ['far behind and reading', behind(5_001, 1_000), HOUR, true],
    ['read, and orders not judged yet', { ...behind(0, 1_000), unjudged: 5_001 }, HOUR, true],
    ['as far behind as is tolerated', behind(5_000, 1_000), HOUR, false],
    ['far behind, last seen just in time', behind(5_001, 30_000), HOUR, true],
    ['far behind and dead', behind(5_001, 30_001), HOUR, false],
    ['dead, but so were we: it may be starting too', behind(0, HOUR), 9_999, true],
    ['dead, and had time to start', behind(0, HOUR), 10_000, false],
    ['claimed just now, nothing read yet', behind(1, 100, true), HOUR, true],
    ['claimed, and nothing there to read', behind(0, 100), HOUR, false],
  ])('%s', (_name, backlog, runningMs, expected) => {
    expect(isCatchingUp(backlog, runningMs, 5_000)).toBe(expected);
  });
});

describe('nextHold', () => {
  const holds = (...sweeps: [now: number, catchingUp: boolean][]): Hold[] => {
    let hold = NO_HOLD;
    return sweeps.map(([now, catchingUp]) => (hold = nextHold(hold, catchingUp, now, 120_000)));
  };

  it('holds from the first sweep that finds a backlog until the limit, and not again in the same catch-up', () => {
    expect(holds([0, false], [1_000, true], [120_999, true], [121_000, true], [500_000, true])).toEqual([
      NO_HOLD,
      { since: 1_000, isHeld: true, reason: 'catching-up' },
      { since: 1_000, isHeld: true, reason: 'catching-up' },
      { since: 1_000, isHeld: false, reason: 'held-too-long' },
      { since: 1_000, isHeld: false, reason: 'held-too-long' },
    ]);
  });

  it('ends with the catch-up; another one holds anew', () => {
    expect(holds([0, true], [1_000, false], [500_000, true]).map(({ since, isHeld }) => [since, isHeld])).toEqual([
      [0, true],
      [undefined, false],
      [500_000, true],
    ]);
  });
});
