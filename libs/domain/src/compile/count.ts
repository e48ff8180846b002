// Counting from a clock's start to its due instant: hours, calendar days, business days, operating days, months.
import { addBusinessDays, businessDateAfter, isBusinessDay, nextBusinessDayOnOrAfter } from '../business-days.js';
import type { Instant } from '../events.js';
import { addMonths, dateText, type LocalDate } from '../local-date.js';
import type { BusinessCalendar, Count } from '../rule.js';
import type { ChainedDue, Subject } from '../evaluate/subject.js';
import type { Trace } from '../evaluate/trace.js';
import { fromLocal, toLocal } from '../zone.js';
import { compileCalendar, type CalendarOf } from './calendar-choice.js';
import { compileAmount, type AmountOf } from './count-amount.js';
import { compileCutoff, type CutoffOf } from './cutoff.js';
import { secondOfDay } from './dates.js';
import type { Reporter } from './reporter.js';
import type { Scope } from './scope.js';
import { traceDays } from './trace-days.js';

/** From a start to the due instant, in `zone`; undefined when the number of units is unknown for this order. */
export type CountFrom = (
  start: ChainedDue,
  subject: Subject,
  zone: string,
  trace: Trace | undefined,
) => Instant | undefined;

/** The working days of one order: a calendar, with the seller's own weekdays where it has chosen them. */
interface Worked {
  readonly calendar: BusinessCalendar;
  readonly operatingDays: readonly number[] | undefined;
}

interface DayCount {
  readonly unit: Count['unit'];
  readonly included: boolean;
  readonly amountOf: AmountOf;
  readonly calendarOf: CalendarOf | undefined;
  readonly cutoffOf: CutoffOf | undefined;
  /** Second of the local day at which the last day ends; undefined keeps the start's time of day. */
  readonly endSecond: number | undefined;
}

const HOUR_MS = 3_600_000;
const DEFAULT_END = '23:59:59';

export function compileCount(count: Count, scope: Scope, at: Reporter): CountFrom {
  const amountOf = compileAmount(count.amount, scope, at.at('amount'));
  checkCount(count, at);
  if (count.unit === 'hours') {
    return (start, subject, _zone, trace) => {
      const hours = amountOf(subject, trace);
      if (hours === undefined) return undefined;
      trace?.add('hours-counted', { hours });
      return start.at + hours * HOUR_MS;
    };
  }
  const days: DayCount = {
    unit: count.unit,
    included: count.dayZero === 'included',
    amountOf,
    calendarOf: worksByCalendar(count.unit) ? compileCalendar(count, scope, at) : undefined,
    cutoffOf: count.cutoff && compileCutoff(count.cutoff, scope, at.at('cutoff')),
    endSecond: endSecondOf(count, at),
  };
  return (start, subject, zone, trace) => countDays(days, start, subject, zone, trace);
}

/** `days` more of a count's own days after a due instant, at the same local time: what a waiver of extra days means. */
export function compileExtension(count: Count | undefined, scope: Scope, at: Reporter): ExtendBy {
  const calendarOf = count && worksByCalendar(count.unit) ? compileCalendar(count, scope, at) : undefined;
  const unit = count?.unit ?? 'calendar-days';
  return (dueAt, days, subject, zone) => {
    const local = toLocal(dueAt, zone);
    const worked = calendarOf && workedOf(unit, calendarOf, subject);
    const date = worked
      ? addBusinessDays(local.date, days, worked.calendar, worked.operatingDays).date
      : local.date + days;
    return fromLocal(date, local.secondOfDay, zone);
  };
}
export type ExtendBy = (dueAt: Instant, days: number, subject: Subject, zone: string) => Instant;

function countDays(
  days: DayCount,
  start: ChainedDue,
  subject: Subject,
  zone: string,
  trace: Trace | undefined,
): Instant | undefined {
  const amount = days.amountOf(subject, trace);
  if (amount === undefined) return undefined;
  const worked = days.calendarOf && workedOf(days.unit, days.calendarOf, subject);
  const local = toLocal(start.at, start.zone);
  const first = firstDay(days, local.date, start.at, worked, subject, zone, trace);
  const units = days.included && works(first, worked) ? Math.max(0, amount - 1) : amount;
  const date = addUnits(days.unit, first, units, worked, trace);
  return fromLocal(date, days.endSecond ?? local.secondOfDay, zone);
}

/** The day counting starts from: the start's own, or with a cutoff the first working day the start still made. */
function firstDay(
  days: DayCount,
  startDate: LocalDate,
  startAt: Instant,
  worked: Worked | undefined,
  subject: Subject,
  zone: string,
  trace: Trace | undefined,
): LocalDate {
  const cutoff = days.cutoffOf?.(startAt, subject, zone, trace);
  if (!cutoff) return startDate;
  const made = cutoff.inTime && works(cutoff.date, worked) ? cutoff.date : cutoff.date + 1;
  const first = worked ? nextBusinessDayOnOrAfter(made, worked.calendar, worked.operatingDays) : made;
  trace?.add('counts-from-day', { day: dateText(first) });
  return first;
}

function addUnits(
  unit: Count['unit'],
  from: LocalDate,
  units: number,
  worked: Worked | undefined,
  trace: Trace | undefined,
): LocalDate {
  if (unit === 'months') return addMonths(from, units);
  if (!worked) {
    trace?.add('calendar-days-counted', { days: units });
    return from + units;
  }
  // No day to count is still due on a working day: an order of Saturday with same-day handling is due on Monday.
  if (units <= 0) return nextBusinessDayOnOrAfter(from, worked.calendar, worked.operatingDays);
  if (!trace && !worked.operatingDays) return businessDateAfter(from, units, worked.calendar);
  const counted = addBusinessDays(from, units, worked.calendar, worked.operatingDays);
  if (trace) traceDays(counted, worked.calendar, trace);
  return counted.date;
}

function workedOf(unit: Count['unit'], calendarOf: CalendarOf, subject: Subject): Worked {
  const operatingDays = unit === 'operating-days' ? subject.facts.promise?.operatingDays : undefined;
  return { calendar: calendarOf(subject), operatingDays };
}

function works(date: LocalDate, worked: Worked | undefined): boolean {
  return !worked || isBusinessDay(date, worked.calendar, worked.operatingDays);
}

function worksByCalendar(unit: Count['unit']): boolean {
  return unit === 'business-days' || unit === 'operating-days';
}

function endSecondOf(count: Count, at: Reporter): number | undefined {
  const text = count.endOfDay ?? DEFAULT_END;
  if (text === 'same-time') return undefined;
  const second = secondOfDay(text);
  if (second === undefined) at.at('endOfDay').fault(`not a local time: ${text}`, 'write same-time, HH:MM or HH:MM:SS');
  return second;
}

function checkCount(count: Count, at: Reporter): void {
  const negativeAllowed = count.unit === 'hours' || count.unit === 'calendar-days';
  for (const amount of statedAmounts(count)) {
    if (amount < 0 && !negativeAllowed) {
      at.at('amount').fault(`cannot count ${amount} ${count.unit}`, 'use 0 or more');
    }
    if (count.unit !== 'hours' && !Number.isInteger(amount)) {
      at.at('amount').fault(`cannot count ${amount} ${count.unit}`, 'use whole numbers, or hours');
    }
  }
  if (count.unit === 'hours' && count.cutoff) {
    at.at('cutoff').fault('clock hours have no cutoff', 'count days, or leave the cutoff out');
  }
}

function statedAmounts({ amount }: Count): readonly number[] {
  if (typeof amount === 'number') return [amount];
  const stated = 'table' in amount ? amount.table.map((row) => row.value) : [amount.plus];
  return [...stated, amount.default].filter((one) => one !== undefined);
}
