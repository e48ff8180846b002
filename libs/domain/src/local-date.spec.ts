import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addMonths, dateText, isoWeekday, parseDate } from './local-date.js';

const anyDate = fc.integer({ min: -200_000, max: 200_000 });

describe('local dates', () => {
  it('counts days from 1970-01-01', () => {
    expect(parseDate('1970-01-01')).toBe(0);
    expect(parseDate('2026-01-30')).toBe(20_483);
    expect(dateText(-1)).toBe('1969-12-31');
  });

  it('reads back what it writes', () => {
    fc.assert(fc.property(anyDate, (date) => parseDate(dateText(date)) === date));
  });

  it.each(['2026-02-30', '2025-02-29', '2026-13-01', '2026-1-1', '20260101', '2026-01-01T00:00:00Z', ''])(
    'refuses %j',
    (text) => expect(() => parseDate(text)).toThrow(RangeError),
  );

  it('names weekdays from Monday 1 to Sunday 7', () => {
    expect(isoWeekday(parseDate('1970-01-01'))).toBe(4);
    expect(isoWeekday(parseDate('2026-11-23'))).toBe(1);
    expect(isoWeekday(parseDate('1969-12-28'))).toBe(7);
  });

  it.each([
    ['2025-01-31', 1, '2025-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2025-03-31', -1, '2025-02-28'],
    ['2025-11-30', 3, '2026-02-28'],
    ['2025-12-15', 1, '2026-01-15'],
  ])('%s plus %i months is %s', (start, months, expected) => {
    expect(dateText(addMonths(parseDate(start), months))).toBe(expected);
  });
});
