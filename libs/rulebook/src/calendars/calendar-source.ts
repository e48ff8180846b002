import type { CalendarSource } from '#domain';
import { builtInCalendar, type CalendarMaker, type FoundCalendar } from './built-in.js';
import type { NamedCalendar } from './calendars-file.js';
import { splitWeekdays } from './weekdays.js';

/**
 * Finds calendars by id: named ones first, then built-in ones; either with other weekdays by an ending (`vn-mon-sat`). Made when
 * first asked for and kept. Undefined for an unknown id or one whose bases run in a circle.
 */
export function calendarSource(named: ReadonlyMap<string, NamedCalendar> = new Map()): CalendarSource {
  const made = new Map<string, FoundCalendar>();
  return (id) => {
    const known = made.get(id);
    if (known) return known;
    const calendar = calendarMaker(id, named)?.();
    if (calendar) made.set(id, calendar);
    return calendar;
  };
}

/** How to make a calendar, found without making it. `within` are the ids being resolved. */
export function calendarMaker(
  id: string,
  named: ReadonlyMap<string, NamedCalendar>,
  within: readonly string[] = [],
): CalendarMaker | undefined {
  const spec = within.includes(id) ? undefined : named.get(id);
  if (spec) {
    // A calendar on its own id changes the built-in one; any other repetition is a circle.
    const base =
      spec.base === id ? builtIn(id, named, [...within, id]) : calendarMaker(spec.base, named, [...within, id]);
    return base && (() => withChanges(id, base(), spec));
  }
  return within.includes(id) ? undefined : builtIn(id, named, within);
}

function builtIn(
  id: string,
  named: ReadonlyMap<string, NamedCalendar>,
  within: readonly string[],
): CalendarMaker | undefined {
  const ready = builtInCalendar(id);
  if (ready) return ready;
  const split = splitWeekdays(id);
  const base = split && calendarMaker(split.base, named, [...within, id]);
  return base && (() => ({ ...base(), id, workdays: split.weekdays }));
}

function withChanges(id: string, base: FoundCalendar, spec: NamedCalendar): FoundCalendar {
  const own = new Map([...spec.daysOff, ...Object.entries(spec.holidays ?? {})]);
  const extraWorkdays = new Set([...base.extraWorkdays].filter((day) => !own.has(day)));
  for (const day of spec.workdays ?? []) extraWorkdays.add(day);
  const version = `${base.version}+${id}#${spec.hash}`;
  return { id, version, workdays: spec.weekdays ?? base.workdays, holidays: base.holidays.with(own), extraWorkdays };
}
