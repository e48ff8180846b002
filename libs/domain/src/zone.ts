// Local time in IANA zones. Offsets come from the platform's tz data through Temporal, once per zone, into sorted arrays:
// after that a conversion is a binary search.
import { Temporal } from 'temporal-polyfill';
import type { Instant } from './events.js';
import type { LocalDate } from './local-date.js';

export interface LocalTime {
  readonly date: LocalDate;
  /** Whole seconds since local midnight by the wall clock, 0 to 86399; fractions of a second are cut. */
  readonly secondOfDay: number;
  /** Local time minus UTC. */
  readonly offsetMinutes: number;
}

/** One zone: transition `i` happens at `at[i]`; from then on `offset[i]` holds. Entry 0 is the start of the table. */
interface ZoneTable {
  readonly at: Float64Array;
  readonly offset: Float64Array;
  /** `at + offset`: the first local second that reads as after the transition. */
  readonly localAt: Float64Array;
}

const DAY_S = 86_400;
// Instants outside this range are right too, but go through Temporal each time. Reading a table costs as much as its years.
const TABLE_FROM = Date.UTC(2020, 0, 1) / 1000;
const TABLE_UNTIL = Date.UTC(2036, 0, 1) / 1000;
const tables = new Map<string, ZoneTable>();

/** Whether `name` is an IANA zone known here (`Europe/Berlin`, `UTC`). Bare offsets such as `+08:00` are not zones. */
export function isZone(name: string): boolean {
  if (tables.has(name)) return true;
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The wall clock in `zone` at an instant. Throws RangeError for an unknown zone. */
export function toLocal(at: Instant, zone: string): LocalTime {
  const second = Math.floor(at / 1000);
  const offset = offsetAt(second, zone);
  const local = second + offset;
  const date = Math.floor(local / DAY_S);
  return { date, secondOfDay: local - date * DAY_S, offsetMinutes: offset / 60 };
}

/**
 * The instant at which clocks in `zone` show `secondOfDay` on `date`. Decides as PostgreSQL's `timestamp AT TIME ZONE`: a time
 * skipped by a gap moves forward by the gap's length (02:30 becomes 03:30), a time shown twice is the second one, which is
 * also the seller's favour for a deadline. `secondOfDay` may be 86400 or more. Throws RangeError for an unknown zone.
 */
export function fromLocal(date: LocalDate, secondOfDay: number, zone: string): Instant {
  const local = date * DAY_S + secondOfDay;
  // A day's margin keeps every local time whose offset the table might lack on the exact path.
  if (local < TABLE_FROM + DAY_S || local >= TABLE_UNTIL - DAY_S) return fromLocalExactly(local, zone);
  const table = tableOf(zone);
  const index = lastAtOrBefore(table.localAt, local);
  return (local - table.offset[index]!) * 1000;
}

function offsetAt(second: number, zone: string): number {
  if (second < TABLE_FROM || second >= TABLE_UNTIL) return zoned(second, zone).offsetNanoseconds / 1e9;
  const table = tableOf(zone);
  return table.offset[lastAtOrBefore(table.at, second)]!;
}

function tableOf(zone: string): ZoneTable {
  const known = tables.get(zone);
  if (known) return known;
  const table = readTable(zone);
  tables.set(zone, table);
  return table;
}

function readTable(zone: string): ZoneTable {
  const at: number[] = [];
  const offset: number[] = [];
  let next: Temporal.ZonedDateTime | null = zoned(TABLE_FROM, zone);
  while (next && next.epochMilliseconds / 1000 < TABLE_UNTIL) {
    at.push(next.epochMilliseconds / 1000);
    offset.push(next.offsetNanoseconds / 1e9);
    next = next.getTimeZoneTransition('next');
  }
  const localAt = Float64Array.from(at, (second, i) => second + offset[i]!);
  return { at: Float64Array.from(at), offset: Float64Array.from(offset), localAt };
}

function zoned(second: number, zone: string): Temporal.ZonedDateTime {
  if (!isZone(zone)) throw new RangeError(`unknown time zone: ${zone}`);
  return Temporal.Instant.fromEpochMilliseconds(second * 1000).toZonedDateTimeISO(zone);
}

function fromLocalExactly(local: number, zone: string): Instant {
  if (!isZone(zone)) throw new RangeError(`unknown time zone: ${zone}`);
  const wall = Temporal.Instant.fromEpochMilliseconds(local * 1000)
    .toZonedDateTimeISO('UTC')
    .toPlainDateTime();
  return wall.toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds;
}

function lastAtOrBefore(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sorted[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
