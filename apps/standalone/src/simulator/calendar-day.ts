// Local wall-clock arithmetic for the simulator, on the domain's zone functions.
import { fromLocal, isoWeekday, toLocal } from '#domain';
import type { LocalDate } from '#domain';

const SUNDAY = 7;

/** The first instant at or after `at` that reads one of `hours` in the zone on a day other than Sunday. */
export function nextLocalHour(at: number, hours: readonly number[], timeZone: string): number {
  const today = toLocal(at, timeZone).date;
  for (let date: LocalDate = today; date <= today + 3; date++) {
    if (isoWeekday(date) === SUNDAY) continue;
    const hit = hours.map((hour) => fromLocal(date, hour * 3600, timeZone)).find((instant) => instant >= at);
    if (hit !== undefined) return hit;
  }
  return at;
}

/** 23:59:59 in the zone, `days` local days after the day of `at`. */
export function endOfDayAfter(at: number, days: number, timeZone: string): number {
  return fromLocal(toLocal(at, timeZone).date + days, 86_399, timeZone);
}

/** Days other than Sundays after the local day of `at`, up to and with the local day of `until`. */
export function pickupDaysBetween(at: number, until: number, timeZone: string): number {
  const [first, last] = [toLocal(at, timeZone).date, toLocal(until, timeZone).date];
  let days = 0;
  for (let date = first + 1; date <= last; date++) if (isoWeekday(date) !== SUNDAY) days += 1;
  return days;
}
