// Local wall-clock arithmetic for the simulator, on the domain's zone functions.
import { fromLocal, toLocal } from '#domain';
import type { LocalDate } from '#domain';

/** The first instant at or after `at` that reads one of `hours` in the zone. In the season the docks work every day. */
export function nextLocalHour(at: number, hours: readonly number[], timeZone: string): number {
  const today = toLocal(at, timeZone).date;
  for (let date: LocalDate = today; date <= today + 1; date++) {
    const hit = hours.map((hour) => fromLocal(date, hour * 3600, timeZone)).find((instant) => instant >= at);
    if (hit !== undefined) return hit;
  }
  return at;
}

/** Local days from the day of `at` to the day of `until`. */
export function localDaysBetween(at: number, until: number, timeZone: string): number {
  return toLocal(until, timeZone).date - toLocal(at, timeZone).date;
}
