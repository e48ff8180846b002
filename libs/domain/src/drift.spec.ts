import { describe, expect, it } from '@jest/globals';
import type { DriftCounts } from './drift.js';
import { driftDecision } from './drift.js';

const counts = (differing: number, deadlines: number): DriftCounts => ({
  deadlines,
  differing,
  medianMs: 0,
  worstMs: 0,
});
const closed = (recent: DriftCounts, earlier = counts(0, 500)): string => driftDecision(recent, earlier, 'never').kind;
const open = (recent: DriftCounts, earlier = counts(0, 500)): string => driftDecision(recent, earlier, 'open').kind;

describe('driftDecision', () => {
  it('opens when three of ten in the newest batch differ and hardly any did before', () => {
    expect(closed(counts(15, 50))).toBe('open');
    expect(closed(counts(14, 50))).toBe('none');
  });

  it('does not open for a rule that has always differed so often', () => {
    expect(closed(counts(20, 50), counts(150, 500))).toBe('none');
    expect(closed(counts(26, 50), counts(150, 500))).toBe('open');
  });

  it('opens for a rule that differs from its first deadlines on, but not before there are ten', () => {
    expect(closed(counts(10, 10), counts(0, 0))).toBe('open');
    expect(driftDecision(counts(9, 9), counts(0, 0), 'never')).toEqual({ kind: 'none', reason: 'too-few' });
  });

  it('stays open while the drift grows into what was before, and closes only well below where it opened', () => {
    expect(open(counts(50, 50), counts(480, 500))).toBe('none');
    expect(open(counts(6, 50))).toBe('none');
    expect(open(counts(5, 50))).toBe('close');
    expect(open(counts(0, 9))).toBe('none');
  });

  it('opens again after it closed, although the earlier ones include the first drift', () => {
    expect(closed(counts(15, 50), counts(300, 500))).toBe('none');
    expect(driftDecision(counts(15, 50), counts(300, 500), 'closed').kind).toBe('open');
  });
});
