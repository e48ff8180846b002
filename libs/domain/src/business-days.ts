// Counting days that are worked: weekdays of a calendar or of a seller, less holidays, plus dated extra workdays.
import { dateText, isoWeekday, parseDate, type LocalDate } from './local-date.js';
import type { BusinessCalendar } from './rule.js';

export type SkipReason = 'weekend' | 'holiday' | 'not-operating';

export interface SkippedDay {
  readonly date: LocalDate;
  readonly why: SkipReason;
  /** The holiday's name. */
  readonly name?: string;
}

export interface CountedDays {
  readonly date: LocalDate;
  /** Days after `from` and up to `date` that were passed over, in order. */
  readonly skipped: readonly SkippedDay[];
  /** Days that counted, in order; the last is `date`. */
  readonly counted: readonly LocalDate[];
}

interface DayTable {
  readonly holidays: ReadonlyMap<LocalDate, string>;
  readonly extraWorkdays: ReadonlySet<LocalDate>;
}

// No calendar rests longer; one that seems to has no workdays at all.
const LONGEST_REST_DAYS = 400;
const tables = new WeakMap<BusinessCalendar, DayTable>();

/**
 * Whether `date` is worked. `operatingDays` (ISO weekdays 1 to 7) replace the calendar's weekdays for a seller that chose its own;
 * holidays still rest and dated extra workdays still work.
 */
export function isBusinessDay(date: LocalDate, calendar: BusinessCalendar, operatingDays?: readonly number[]): boolean {
  return restReason(date, calendar, operatingDays) === undefined;
}

/** `date` itself when it is worked, else the next day that is. Throws RangeError for a calendar without workdays. */
export function nextBusinessDayOnOrAfter(
  date: LocalDate,
  calendar: BusinessCalendar,
  operatingDays?: readonly number[],
): LocalDate {
  for (let day = date; day <= date + LONGEST_REST_DAYS; day++) {
    if (isBusinessDay(day, calendar, operatingDays)) return day;
  }
  throw noWorkdays(date, calendar, operatingDays);
}

/**
 * The `count`th working day after `from`; `from` itself never counts, worked or not. `count` 0 gives `from` back. Throws
 * RangeError when `count` is not a whole number from 0, or the calendar has no workdays.
 */
export function addBusinessDays(
  from: LocalDate,
  count: number,
  calendar: BusinessCalendar,
  operatingDays?: readonly number[],
): CountedDays {
  if (!Number.isInteger(count) || count < 0) throw new RangeError(`cannot count ${count} business days`);
  const skipped: SkippedDay[] = [];
  const counted: LocalDate[] = [];
  let last = from;
  for (let day = from + 1; counted.length < count; day++) {
    const rest = restReason(day, calendar, operatingDays);
    if (rest) skipped.push(rest);
    else counted.push((last = day));
    if (day - last > LONGEST_REST_DAYS) throw noWorkdays(last, calendar, operatingDays);
  }
  return { date: last, skipped, counted };
}

function restReason(
  date: LocalDate,
  calendar: BusinessCalendar,
  operatingDays: readonly number[] | undefined,
): SkippedDay | undefined {
  const table = tableOf(calendar);
  if (table.extraWorkdays.has(date)) return undefined;
  const name = table.holidays.get(date);
  if (name !== undefined) return { date, why: 'holiday', name };
  if ((operatingDays ?? calendar.workdays).includes(isoWeekday(date))) return undefined;
  return { date, why: operatingDays ? 'not-operating' : 'weekend' };
}

function tableOf(calendar: BusinessCalendar): DayTable {
  const known = tables.get(calendar);
  if (known) return known;
  const table = {
    holidays: new Map([...calendar.holidays].map(([day, name]) => [parseDate(day), name])),
    extraWorkdays: new Set([...calendar.extraWorkdays].map(parseDate)),
  };
  tables.set(calendar, table);
  return table;
}

function noWorkdays(
  after: LocalDate,
  calendar: BusinessCalendar,
  operatingDays: readonly number[] | undefined,
): RangeError {
  const days = operatingDays ? `operating days ${operatingDays.join(', ') || 'none'} in ` : '';
  return new RangeError(
    `no working day within ${LONGEST_REST_DAYS} days after ${dateText(after)}: ${days}calendar ${calendar.id} (${calendar.version})`,
  );
}
