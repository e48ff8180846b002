// United States federal holidays by statute (5 U.S.C. 6103) and the days the Postal Service rests. Not taken from date-holidays
// 3.37, which never moves Veterans Day off a weekend (2023-11-10, 2028-11-10). Days an executive order closes federal
// offices (2025-12-24 and 26) are no holidays: platforms counted them as business days.
import { dateText, isoWeekday, parseDate, type LocalDate } from '#domain';
import type { HolidaysOfYear } from './years.js';

interface Holiday {
  readonly name: string;
  readonly date: LocalDate;
  /** A weekday of a month never needs an observed day. */
  readonly fixed: boolean;
}

/** With the day observed instead: Friday for a Saturday, Monday for a Sunday. */
export const federalHolidays: HolidaysOfYear = (year) =>
  withObserved(year, 2021, (weekday) => (weekday === 6 ? -1 : weekday === 7 ? 1 : 0));

/** Monday for a Sunday, but a Saturday holiday rests on that Saturday only; Juneteenth since 2022. */
export const postalHolidays: HolidaysOfYear = (year) => withObserved(year, 2022, (weekday) => (weekday === 7 ? 1 : 0));

function withObserved(year: number, juneteenthFrom: number, shift: (weekday: number) => number): Map<string, string> {
  const days = new Map<string, string>();
  // 1 January on a Saturday is observed on 31 December, so the next year's holidays belong here as well.
  for (const { name, date, fixed } of [year, year + 1].flatMap((each) => holidaysOf(each, juneteenthFrom))) {
    days.set(dateText(date), name);
    const observed = date + (fixed ? shift(isoWeekday(date)) : 0);
    if (observed !== date) days.set(dateText(observed), `${name} (observed)`);
  }
  return days;
}

function holidaysOf(year: number, juneteenthFrom: number): Holiday[] {
  const fixed = (name: string, day: string): Holiday => ({ name, date: parseDate(`${year}-${day}`), fixed: true });
  const nth = (name: string, month: string, weekday: number, n: number): Holiday => {
    const first = parseDate(`${year}-${month}-01`);
    return { name, date: first + ((weekday - isoWeekday(first) + 7) % 7) + 7 * (n - 1), fixed: false };
  };
  const lastOfMay = parseDate(`${year}-05-31`);
  return [
    fixed("New Year's Day", '01-01'),
    nth('Birthday of Martin Luther King, Jr.', '01', 1, 3),
    nth("Washington's Birthday", '02', 1, 3),
    { name: 'Memorial Day', date: lastOfMay - (isoWeekday(lastOfMay) - 1), fixed: false },
    ...(year >= juneteenthFrom ? [fixed('Juneteenth', '06-19')] : []),
    fixed('Independence Day', '07-04'),
    nth('Labor Day', '09', 1, 1),
    nth('Columbus Day', '10', 1, 2),
    fixed('Veterans Day', '11-11'),
    nth('Thanksgiving Day', '11', 4, 4),
    fixed('Christmas Day', '12-25'),
  ];
}
