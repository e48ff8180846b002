// Public holidays of countries and their states from date-holidays (code ISC, data CC BY-SA 3.0, see NOTICE).
import Holidays from 'date-holidays';
import { dateText, parseDate } from '#domain';
import { packageVersion } from './package-version.js';
import { YEARS } from './years.js';

const HOUR_MS = 3_600_000;
const countries: ReadonlySet<string> = new Set(Object.keys(new Holidays().getCountries('en')));

export const COUNTRY_DATA = packageVersion('date-holidays');

/** Whether there is data for an ISO country code and, where given, its ISO 3166-2 region (both upper case). */
export function hasCountry(country: string, region?: string): boolean {
  if (!countries.has(country)) return false;
  return region === undefined || Object.hasOwn(new Holidays().getStates(country) ?? {}, region);
}

/** Whole public holidays with their observed days, by ISO date. Half days are worked; days before several-day feasts are spread out. */
export function publicHolidays(country: string, region?: string, years = YEARS): Map<string, string> {
  const options = { types: ['public' as const] };
  const holidays = region ? new Holidays(country, region, options) : new Holidays(country, options);
  const days = new Map<string, string>();
  for (const holiday of years.flatMap((year) => holidays.getHolidays(year))) {
    const length = wholeDays(holiday.end.getTime() - holiday.start.getTime());
    const first = parseDate(holiday.date.slice(0, 10));
    for (let day = 0; day < length; day++) {
      const date = dateText(first + day);
      if (!days.has(date)) days.set(date, holiday.name);
    }
  }
  return days;
}

/** 23 and 25 hours are one day across a change of daylight time; 12 hours are none. */
function wholeDays(lengthMs: number): number {
  return Math.floor((lengthMs / HOUR_MS + 2) / 24);
}
