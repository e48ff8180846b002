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
