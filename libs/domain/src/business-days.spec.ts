import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addBusinessDays, isBusinessDay, nextBusinessDayOnOrAfter } from './business-days.js';
import { dateText, isoWeekday, parseDate } from './local-date.js';
import type { BusinessCalendar } from './rule.js';

function calendarOf(workdays: number[], holidays: Record<string, string> = {}, extra: string[] = []): BusinessCalendar {
  return {
    id: 'test',
    version: '1',
    workdays,
    holidays: new Map(Object.entries(holidays)),
    extraWorkdays: new Set(extra),
  };
}

const china = calendarOf([1, 2, 3, 4, 5], { '2025-10-01': '国庆节', '2025-10-02': '国庆节' }, ['2025-09-28']);
const friday = parseDate('2025-09-26');

describe('business days', () => {
  it('says which days counted and which did not, and why', () => {
    const counted = addBusinessDays(friday, 4, china);
    expect(dateText(counted.date)).toBe('2025-10-03');
    expect(counted.counted.map(dateText)).toEqual(['2025-09-28', '2025-09-29', '2025-09-30', '2025-10-03']);
    expect(counted.skipped.map((day) => [dateText(day.date), day.why, day.name])).toEqual([
      ['2025-09-27', 'weekend', undefined],
      ['2025-10-01', 'holiday', '国庆节'],
      ['2025-10-02', 'holiday', '国庆节'],
    ]);
  });

  it('lets operating days replace the weekdays but not the holidays', () => {
    const counted = addBusinessDays(parseDate('2025-09-29'), 2, china, [3, 6, 7]);
    expect(counted.counted.map(dateText)).toEqual(['2025-10-04', '2025-10-05']);
    expect(counted.skipped.map((day) => day.why)).toEqual(['not-operating', 'holiday', 'holiday', 'not-operating']);
  });

  it('rests on a weekday worked elsewhere and works on a dated extra workday', () => {
    expect(isBusinessDay(parseDate('2025-10-01'), china)).toBe(false);
    expect(isBusinessDay(parseDate('2025-09-28'), china)).toBe(true);
    expect(dateText(nextBusinessDayOnOrAfter(parseDate('2025-09-27'), china))).toBe('2025-09-28');
  });

  it('refuses a calendar without workdays instead of searching for ever', () => {
    const empty = calendarOf([]);
    expect(() => addBusinessDays(friday, 1, empty)).toThrow(
      /no working day within 400 days after 2025-09-26: calendar test/,
    );
    expect(() => nextBusinessDayOnOrAfter(parseDate('2025-09-29'), china, [])).toThrow(/operating days none/);
  });

  it.each([-1, 0.5, NaN, Infinity])('cannot count %d days', (count) => {
    expect(() => addBusinessDays(friday, count, china)).toThrow(/cannot count/);
  });
});

const START = parseDate('2024-01-01');
const anyDay = fc.integer({ min: START, max: START + 1500 });
const few = fc.integer({ min: 0, max: 40 });
const anyCalendar = fc
  .record({
    workdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    holidays: fc.array(anyDay, { maxLength: 60 }),
    extra: fc.array(anyDay, { maxLength: 10 }),
  })
  .map(({ workdays, holidays, extra }) =>
    calendarOf(workdays, Object.fromEntries(holidays.map((day) => [dateText(day), 'rest'])), extra.map(dateText)),
  );

describe('properties of counting', () => {
  it('adds n and then m days as n + m days', () => {
    fc.assert(
      fc.property(anyCalendar, anyDay, few, few, (calendar, from, n, m) => {
        const steps = addBusinessDays(addBusinessDays(from, n, calendar).date, m, calendar).date;
        expect(steps).toBe(addBusinessDays(from, n + m, calendar).date);
      }),
    );
  });

  it('never lands on a day of rest, and accounts for every day passed', () => {
    fc.assert(
      fc.property(anyCalendar, anyDay, few, (calendar, from, n) => {
        const { date, counted, skipped } = addBusinessDays(from, n + 1, calendar);
        expect(isBusinessDay(date, calendar)).toBe(true);
        expect(counted).toHaveLength(n + 1);
        expect(counted.length + skipped.length).toBe(date - from);
      }),
    );
  });

  it('never gives a later start an earlier end', () => {
    fc.assert(
      fc.property(anyCalendar, anyDay, few, few, (calendar, from, later, n) => {
        const early = addBusinessDays(from, n, calendar).date;
        expect(addBusinessDays(from + later, n, calendar).date).toBeGreaterThanOrEqual(early);
      }),
    );
  });

  it('ends no earlier with one more holiday', () => {
    fc.assert(
      fc.property(anyCalendar, anyDay, anyDay, few, (calendar, from, day, n) => {
        const rested = { ...calendar, holidays: new Map([...calendar.holidays, [dateText(day), 'more']]) };
        const before = addBusinessDays(from, n, calendar).date;
        expect(addBusinessDays(from, n, rested).date).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  it('counts plain weekdays as arithmetic does', () => {
    fc.assert(
      fc.property(anyDay, few, (from, n) => {
        const weekdays = calendarOf([1, 2, 3, 4, 5]);
        const base = isoWeekday(from) > 5 ? from - (isoWeekday(from) - 5) : from;
        const weekday = isoWeekday(base);
        const weekends = Math.floor((weekday - 1 + n) / 5);
        expect(addBusinessDays(from, n, weekdays).date).toBe(n === 0 ? from : base + n + weekends * 2);
      }),
    );
  });
});
