import { describe, expect, it } from '@jest/globals';
import { startingPoint } from './starting-point.js';

const at = (nextOffset: bigint) => ({ topic: 'scans', partition: 2, nextOffset });

describe('startingPoint', () => {
  it('goes on at the stored offset while the log still has it, up to its end', () => {
    expect(startingPoint(at(4n), { low: 4n, high: 9n })).toEqual({ kind: 'ready', readFrom: 4n });
    expect(startingPoint(at(9n), { low: 4n, high: 9n })).toEqual({ kind: 'ready', readFrom: 9n });
  });

  it('tells a gap from a log that is too short', () => {
    const gap = { topic: 'scans', partition: 2, fromOffset: 1n, toOffset: 4n };
    expect(startingPoint(at(1n), { low: 4n, high: 9n })).toEqual({ kind: 'gap', readFrom: 4n, gap });
    expect(startingPoint(at(10n), { low: 0n, high: 9n }).kind).toBe('log-too-short');
  });
});
