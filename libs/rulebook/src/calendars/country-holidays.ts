// Public holidays of countries and their states from date-holidays (code ISC, data CC BY-SA 3.0, see NOTICE).
import Holidays, { type HolidaysTypes } from 'date-holidays';
import { dateText, parseDate } from '#domain';
import { packageVersion } from './package-version.js';
import type { HolidaysOfYear } from './years.js';

const HOUR_MS = 3_600_000;
const countries: ReadonlySet<string> = new Set(Object.keys(new Holidays().getCountries('en')));

export const COUNTRY_DATA = packageVersion('date-holidays');

/** Whether there is data for an ISO country code and, where given, its ISO 3166-2 region (both upper case). */
export function hasCountry(country: string, region?: string): boolean {
  if (!countries.has(country)) return false;
  return region === undefined || Object.hasOwn(new Holidays().getStates(country) ?? {}, region);
}

/** Whole public holidays with their observed days. Half days are worked; a feast of several days names each of them. */
export function publicHolidays(country: string, region?: string): HolidaysOfYear {
  const options = { types: ['public' as const] };
  const holidays = region ? new Holidays(country, region, options) : new Holidays(country, options);
  return (year) => new Map(holidays.getHolidays(year).flatMap(daysOf));
}

function daysOf({ date, start, end, name }: HolidaysTypes.Holiday): [string, string][] {
  const first = parseDate(date.slice(0, 10));
  const length = wholeDays(end.getTime() - start.getTime());
  return Array.from({ length }, (_, day) => [dateText(first + day), name]);
}

/** 23 and 25 hours are one day across a change of daylight time; 12 hours are none. */
function wholeDays(lengthMs: number): number {
  return Math.floor((lengthMs / HOUR_MS + 2) / 24);
}
