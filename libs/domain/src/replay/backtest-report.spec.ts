import { describe, expect, it } from '@jest/globals';
import { backtestReport } from './backtest-report.js';
import type { ChangedGroup } from './compare-evaluations.js';

function group(ruleId: string, currency: string, changed: number): ChangedGroup {
  const changes = Array.from({ length: changed }, (_, index) => ({ orderId: `o${index}`, differenceMinor: -500 }));
  const money = { missedBeforeMinor: 500 * changed + 100, missedAfterMinor: 100 };
  return { ruleId, sellerId: 's', week: '2026-03-02', currency, deadlines: 99, verdicts: {}, ...money, changes };
}

describe('backtestReport', () => {
  it('adds up each currency by itself and keeps a few examples', () => {
    const report = backtestReport([group('A', 'USD', 30), group('B', 'EUR', 1), group('C', 'USD', 2)]);
    expect(report.totals).toEqual([
      { currency: 'EUR', changed: 1, missedBeforeMinor: 600, missedAfterMinor: 100 },
      { currency: 'USD', changed: 32, missedBeforeMinor: 16_200, missedAfterMinor: 200 },
    ]);
    expect(report.groups.map(({ ruleId, changed, examples }) => [ruleId, changed, examples.length])).toEqual([
      ['A', 30, 20],
      ['B', 1, 1],
      ['C', 2, 2],
    ]);
    expect(report.groups[0]).not.toHaveProperty('changes');
  });
});
