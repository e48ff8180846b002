// Counting days that are worked: weekdays of a calendar or of a seller, less holidays, plus dated extra workdays.
import { dateText, isoWeekday, type LocalDate } from './local-date.js';
import type { BusinessCalendar, DayOff } from './rule.js';

export type SkipReason = 'weekend' | 'holiday' | 'not-operating' | DayOff['why'];

export interface SkippedDay {
  readonly date: LocalDate;
  readonly why: SkipReason;
  /** The holiday's, or whose day off it is and what for. */
  readonly name?: string;
}

export interface CountedDays {
  readonly date: LocalDate;
  /** Days after `from` and up to `date` that were passed over, in order. */
  readonly skipped: readonly SkippedDay[];
  /** Days that counted, in order; the last is `date`. */
  readonly counted: readonly LocalDate[];
}

/** What the calendar itself says of a date; `usual` leaves it to the weekday. */
type DatedRule = { readonly why: SkipReason; readonly name: string } | 'extra-workday' | 'usual';

// No calendar rests longer; one that seems to has no workdays at all.
const LONGEST_REST_DAYS = 400;
const countedDates = new WeakMap<BusinessCalendar, Map<number, LocalDate>>();
/** Above any count of days a rule states, so that a day and a count make one key. */
const COUNTS_APART = 1_000;
const MOST_COUNTED = 50_000;
const datedRules = new WeakMap<BusinessCalendar, Map<LocalDate, DatedRule>>();

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

/**
 * The date alone, for a calendar's own weekdays. Counted once per calendar, day and number: orders of one day share their due dates.
 * Throws as `addBusinessDays`.
 */
export function businessDateAfter(from: LocalDate, count: number, calendar: BusinessCalendar): LocalDate {
  let dates = countedDates.get(calendar);
  if (!dates) countedDates.set(calendar, (dates = new Map()));
  const key = from * COUNTS_APART + count;
  const keyed = count >= 0 && count < COUNTS_APART;
  let date = keyed ? dates.get(key) : undefined;
  if (date === undefined) {
    ({ date } = addBusinessDays(from, count, calendar));
    if (keyed && dates.size < MOST_COUNTED) dates.set(key, date);
  }
  return date;
}

function restReason(
  date: LocalDate,
  calendar: BusinessCalendar,
  operatingDays: readonly number[] | undefined,
): SkippedDay | undefined {
  const dated = datedRule(date, calendar);
  if (dated === 'extra-workday') return undefined;
  if (dated !== 'usual') return { date, ...dated };
  if ((operatingDays ?? calendar.workdays).includes(isoWeekday(date))) return undefined;
  return { date, why: operatingDays ? 'not-operating' : 'weekend' };
}

/** Asked of the calendar once per day: a calendar may work its holidays out year by year, when first asked. */
function datedRule(date: LocalDate, calendar: BusinessCalendar): DatedRule {
  let rules = datedRules.get(calendar);
  if (!rules) datedRules.set(calendar, (rules = new Map()));
  let rule = rules.get(date);
  if (rule === undefined) rules.set(date, (rule = readDatedRule(dateText(date), calendar)));
  return rule;
}

function readDatedRule(day: string, calendar: BusinessCalendar): DatedRule {
  const off = calendar.daysOff?.get(day);
  if (!off && calendar.extraWorkdays.has(day)) return 'extra-workday';
  const name = calendar.holidays.get(day);
  return name === undefined ? (off ?? 'usual') : { why: 'holiday', name };
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
