// Days off from an iCalendar file, such as a warehouse's closing days. The file comes from outside: what it may cost is bounded.
import ICAL from 'ical.js';
import { dateText, parseDate } from '#domain';
import { FIRST_YEAR, LAST_YEAR } from './years.js';

const MOST_EVENTS = 5_000;
const MOST_DAYS = 20_000;
const LONGEST_EVENT_DAYS = 366;
const FREQUENCIES = new Set(['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']);

export interface DaysOff {
  /** ISO date to summary. */
  readonly days: ReadonlyMap<string, string>;
  /** Why the file, or an event of it, cannot be used. Non-empty means that `days` must not be used. */
  readonly problems: readonly string[];
}

/**
 * All-day events as days off, repeated ones expanded within the years calendars cover. Timed and cancelled events are not days off
 * and are passed over. Refuses repetition by the hour, minute or second, and floods.
 */
export function daysOffFromIcs(text: string): DaysOff {
  const days = new Map<string, string>();
  let events: ICAL.Component[];
  try {
    events = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');
  } catch (error) {
    return { days, problems: [`not an iCalendar file: ${(error as Error).message}`] };
  }
  if (events.length > MOST_EVENTS) return { days, problems: [`more than ${MOST_EVENTS} events`] };
  const problems = mastersOf(events).flatMap((event) => problemOf(event, days) ?? []);
  return { days, problems };
}

/** Each event with the exceptions (RECURRENCE-ID) that move or cancel single repetitions. */
function mastersOf(components: readonly ICAL.Component[]): ICAL.Event[] {
  const moved = components.filter((component) => component.hasProperty('recurrence-id'));
  const masters = components.filter((component) => !component.hasProperty('recurrence-id'));
  return masters.map((component) => {
    const event = new ICAL.Event(component);
    const exceptions = moved.filter((exception) => exception.getFirstPropertyValue('uid') === event.uid);
    for (const exception of exceptions) event.relateException(exception);
    return event;
  });
}

function problemOf(event: ICAL.Event, days: Map<string, string>): string | undefined {
  const name = event.summary || 'day off';
  if (!event.startDate?.isDate || isCancelled(event)) return undefined;
  const unbounded = frequenciesOf(event).find((frequency) => !FREQUENCIES.has(frequency));
  if (unbounded) return `"${name}" repeats ${unbounded}, which no day off does`;
  try {
    return addDays(event, name, days);
  } catch (error) {
    return `"${name}": ${(error as Error).message}`; // ical.js throws on rules without a meaning
  }
}

function addDays(event: ICAL.Event, name: string, days: Map<string, string>): string | undefined {
  const occurrences = event.iterator();
  for (let next = occurrences.next(); next && next.year <= LAST_YEAR; next = occurrences.next()) {
    const { item, startDate, endDate } = event.getOccurrenceDetails(next);
    if (isCancelled(item)) continue;
    const first = parseDate(startDate.toString().slice(0, 10));
    const end = Math.max(first + 1, parseDate(endDate.toString().slice(0, 10)));
    if (end - first > LONGEST_EVENT_DAYS) return `"${name}" lasts more than ${LONGEST_EVENT_DAYS} days`;
    if (next.year >= FIRST_YEAR) for (let day = first; day < end; day++) days.set(dateText(day), item.summary || name);
    if (days.size > MOST_DAYS) return `more than ${MOST_DAYS} days off`;
  }
  return undefined;
}

function frequenciesOf(event: ICAL.Event): string[] {
  const rules = event.component.getAllProperties('rrule').map((property) => property.getFirstValue() as ICAL.Recur);
  return rules.map((rule) => rule.freq);
}

function isCancelled(event: ICAL.Event): boolean {
  return event.component.getFirstPropertyValue('status') === 'CANCELLED';
}
