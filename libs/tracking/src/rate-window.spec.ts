import { describe, expect, it } from '@jest/globals';
import { dateText, parseDate } from '#domain';
import { countInWindow, windowDays } from './rate-window.js';
import type { RateWindow } from './rate-window.js';

const TODAY = parseDate('2026-03-11'); // a Wednesday
const days = (window: RateWindow): string => {
  const { first, last } = windowDays(window, TODAY);
  return `${dateText(first)}..${dateText(last)}`;
};
const count = (day: string, missed: number, met: number) => ({
  tenantId: 'a',
  shopId: 's',
  day,
  missed,
  met,
  open: 0,
  lost: 0,
});

describe('windowDays', () => {
  it('counts both ends, today included', () => {
    expect(days({ kind: 'rolling-days', days: 7 })).toBe('2026-03-05..2026-03-11');
    expect(days({ kind: 'rolling-days', days: 30, lagDays: 5 })).toBe('2026-02-05..2026-03-06');
    expect(days({ kind: 'rolling-months', months: 1 })).toBe('2026-02-12..2026-03-11');
    expect(days({ kind: 'month' })).toBe('2026-03-01..2026-03-11');
    expect(days({ kind: 'week' })).toBe('2026-03-09..2026-03-11');
    expect(days({ kind: 'week', weekStartsOn: 7 })).toBe('2026-03-08..2026-03-11');
    expect(days({ kind: 'week', weekStartsOn: 3 })).toBe('2026-03-11..2026-03-11');
  });
});

describe('countInWindow', () => {
  const counts = [count('2026-03-11', 1, 3), count('2026-03-05', 1, 5), count('2026-03-04', 10, 0)];

  it('sums the days of the window and no other', () => {
    const sum = countInWindow([{ kind: 'rolling-days', days: 7 }], counts, TODAY);
    expect(sum).toEqual({ missed: 2, met: 8, open: 0, lost: 0 });
  });

  it('takes the first window whose sample fits, none when all are too small', () => {
    const week: RateWindow = { kind: 'rolling-days', days: 7, minimumSample: 11 };
    const month: RateWindow = { kind: 'rolling-days', days: 30 };
    expect(countInWindow([week, month], counts, TODAY)).toMatchObject({ missed: 12 });
    expect(countInWindow([week], counts, TODAY)).toBeUndefined();
    expect(countInWindow([{ ...month, maximumSample: 20 }], counts, TODAY)).toBeUndefined();
    expect(countInWindow([month], [], TODAY)).toBeUndefined();
  });
});
