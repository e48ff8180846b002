import { describe, expect, test } from '@jest/globals';
import type { RateSnapshot } from '../evaluate-types.js';
import { dateText, parseDate } from '../local-date.js';
import type { RateDefinition } from '../rule.js';
import { computeRates, type OutcomeCount } from './compute-rates.js';
import { windowDays } from './window.js';

const TODAY = parseDate('2026-03-11');
const AS_OF = Date.parse('2026-03-11T12:00:00Z');
const TEXT = { en: 'x', zh: 'x' };
const ldr: RateDefinition = {
  id: 'ldr',
  metric: 'late-dispatch-rate',
  title: TEXT,
  counts: { rule: 'R', numerator: 'missed', unit: 'orders' },
  windows: [{ kind: 'rolling-days', days: 7 }],
  zone: 'market',
  bands: [
    { gte: '0.10', lt: '0.20', effects: [{ kind: 'order-cap', values: { percentOfBase: '50' }, text: TEXT }] },
    { gte: '0.20', effects: [{ kind: 'order-cap', values: { percentOfBase: '30' }, text: TEXT }] },
  ],
  clears: { lt: '0.04' },
  sources: [],
  confidence: 'derived',
};

function count(day: string, missed: number, met: number, open = 0, lost = 0): OutcomeCount {
  return { shopId: 's', day, missed, met, open, lost };
}
function rate(
  counts: OutcomeCount[],
  changes: Partial<RateDefinition> = {},
  previous?: Partial<RateSnapshot>,
): RateSnapshot | undefined {
  const input = { definition: { ...ldr, ...changes }, counts, reported: [], today: TODAY, zone: 'UTC' };
  return computeRates(input, AS_OF, () => previous as RateSnapshot | undefined)[0];
}

describe('windows', () => {
  test.each([
    [{ kind: 'rolling-days', days: 7 }, '2026-03-05', '2026-03-11'],
    [{ kind: 'rolling-days', days: 14, lagDays: 7 }, '2026-02-19', '2026-03-04'],
    [{ kind: 'rolling-months', months: 3 }, '2025-12-12', '2026-03-11'],
    [{ kind: 'week', weekStartsOn: 1 }, '2026-03-09', '2026-03-11'],
    [{ kind: 'week', weekStartsOn: 7 }, '2026-03-08', '2026-03-11'],
    [{ kind: 'week', weekStartsOn: 3 }, '2026-03-11', '2026-03-11'],
    [{ kind: 'month' }, '2026-03-01', '2026-03-11'],
  ] as const)('%j', (window, first, last) => {
    const days = windowDays(window, TODAY);
    expect([dateText(days.first), dateText(days.last)]).toEqual([first, last]);
  });

  test('days outside do not count; without settled orders there is no rate', () => {
    expect(rate([count('2026-03-04', 9, 0), count('2026-03-05', 1, 9)])).toMatchObject({
      numerator: 1,
      denominator: 10,
      rate: '0.100000',
    });
    expect(rate([count('2026-03-04', 9, 0)])).toBeUndefined();
  });

  test('of two windows the worst counts, and one below its minimum sample does not', () => {
    const windows = [
      { kind: 'rolling-days', days: 1, minimumSample: 5 },
      { kind: 'rolling-days', days: 7 },
    ] as const;
    const quiet = [count('2026-03-05', 1, 19)];
    expect(rate([...quiet, count('2026-03-11', 3, 2)], { windows })).toMatchObject({ numerator: 3, denominator: 5 });
    expect(rate([...quiet, count('2026-03-11', 3, 1)], { windows })).toMatchObject({ numerator: 4, denominator: 24 });
  });
});

test('a longer window for small shops is left once the sample is large enough', () => {
  const windows = [{ kind: 'rolling-days', days: 7, maximumSample: 20 }] as const;
  expect(rate([count('2026-03-11', 1, 18)], { windows })).toMatchObject({ denominator: 19 });
  expect(rate([count('2026-03-11', 1, 19)], { windows })).toBeUndefined();
});

test('a definition counts only while it is in force', () => {
  const counts = [count('2026-03-11', 1, 9)];
  expect(rate(counts, { effective: { from: '2026-03-12' } })).toBeUndefined();
  expect(rate(counts, { effective: { until: '2026-03-11' } })).toBeUndefined();
  expect(rate(counts, { effective: { from: '2026-03-11', until: '2026-03-12' } })).toBeDefined();
});

describe('bands', () => {
  test('begin exactly where published, and their caps follow the base', () => {
    const previous = { base: 300 };
    expect(rate([count('2026-03-11', 1, 9)], {}, previous)).toMatchObject({
      band: 0,
      effects: [{ values: { cap: 150 } }],
    });
    expect(rate([count('2026-03-11', 2, 8)], {}, previous)).toMatchObject({
      band: 1,
      effects: [{ values: { cap: 90 } }],
    });
    expect(rate([count('2026-03-11', 9, 91)])?.band).toBeUndefined();
  });

  test('keep strict and non-strict limits exactly', () => {
    const bands = [
      { gt: '0.04', lte: '0.10', effects: [] },
      { gt: '0.10', effects: [] },
    ];
    const bandOf = (missed: number) => rate([count('2026-03-11', missed, 100 - missed)], { bands })?.band;
    expect([4, 5, 10, 11].map(bandOf)).toEqual([undefined, 0, 0, 1]);
  });

  test('hold until the rate clears them', () => {
    expect(rate([count('2026-03-11', 5, 95)], {}, { band: 1 })?.band).toBe(1);
    expect(rate([count('2026-03-11', 15, 85)], {}, { band: 1 })?.band).toBe(1);
    expect(rate([count('2026-03-11', 25, 75)], {}, { band: 0 })?.band).toBe(1);
    expect(rate([count('2026-03-11', 3, 97)], {}, { band: 1 })?.band).toBeUndefined();
  });
});

describe('what is still to come', () => {
  test('the budget is what the open orders can still lose before the next band', () => {
    const snapshot = rate([count('2026-03-11', 4, 56, 40, 3)])!;
    // 100 orders in all; the tenth late one reaches 10 %.
    expect(snapshot.budget).toBe(5);
    expect(snapshot.projectedRate).toBe((7 / 63).toFixed(6));
    expect(rate([count('2026-03-11', 30, 70)])?.budget).toBeUndefined();
  });

  test('rates of what was met fall', () => {
    const otdr: Partial<RateDefinition> = {
      counts: { rule: 'R', numerator: 'met', unit: 'units' },
      bands: [{ lt: '0.90', effects: [] }],
      clears: undefined,
    };
    expect(rate([count('2026-03-11', 10, 90)], otdr)).toMatchObject({ rate: '0.900000', budget: 0 });
    expect(rate([count('2026-03-11', 10, 90)], otdr)?.band).toBeUndefined();
    expect(rate([count('2026-03-11', 11, 89)], otdr)?.band).toBe(0);
  });
});

describe('reports of the platform', () => {
  const report = (value: string, measuredAt: number, base?: number) => ({
    shopId: 's',
    platform: 'temu',
    market: 'US',
    metric: 'late-dispatch-rate',
    rate: value,
    measuredAt,
    base,
  });
  const DAY = 86_400_000;

  test('a fresh one wins, the latest first; a stale or future one does not', () => {
    const counts = [count('2026-03-11', 0, 10)];
    const of = (...reported: ReturnType<typeof report>[]) =>
      computeRates({ definition: ldr, counts, reported, today: TODAY, zone: 'UTC' }, AS_OF)[0]!;
    expect(of(report('0.1999', AS_OF - DAY, 300), report('0.05', AS_OF - 2 * DAY))).toMatchObject({
      origin: 'reported',
      rate: '0.1999',
      effects: [{ values: { cap: 150 } }],
    });
    const together = [report('0.1', AS_OF), report('0.2', AS_OF)] as const;
    expect([of(...together), of(...together.toReversed())].map(({ rate: told }) => told)).toEqual(['0.2', '0.2']);
    expect(of(report('0.5', AS_OF - 8 * DAY)).origin).toBe('computed');
    expect(of(report('0.5', AS_OF + DAY)).origin).toBe('computed');
  });
});
