import type { BusinessCalendar } from '#domain';
import { chinaDays } from './china.js';
import { COUNTRY_DATA, hasCountry, publicHolidays } from './country-holidays.js';
import { federalHolidays, postalHolidays } from './us-holidays.js';
import { usualWeekdays, WEEKDAYS_BY_NAME } from './weekdays.js';
import { YearlyHolidays, type HolidaysOfYear } from './years.js';

/** Makes a calendar, its holidays still to be worked out. */
export type CalendarMaker = () => FoundCalendar;

export interface FoundCalendar extends BusinessCalendar {
  readonly holidays: YearlyHolidays;
}

const MON_FRI = WEEKDAYS_BY_NAME['mon-fri']!;
// The bank holidays all of the United Kingdom shares lack the one in August, so `gb` is England's.
const NATIONS = new Map([
  ['gb', 'gb-eng'],
  ['gb-england', 'gb-eng'],
  ['gb-scotland', 'gb-sct'],
  ['gb-wales', 'gb-wls'],
  ['gb-northern-ireland', 'gb-nir'],
]);

/**
 * The calendar of an id that needs no file: `us-federal`, `us-postal`, `cn`, `gb-england` (also `gb`), `<country>`,
 * `<country>-<region>` (ISO codes, lower case), or weekdays alone such as `mon-fri`. Undefined when unknown. The United States
 * have no `us`: federal and postal days differ, so a rulebook must say which.
 */
export function builtInCalendar(id: string): CalendarMaker | undefined {
  if (id === 'us-federal') return () => ruledCalendar(id, MON_FRI, federalHolidays);
  if (id === 'us-postal') return () => ruledCalendar(id, WEEKDAYS_BY_NAME['mon-sat']!, postalHolidays);
  if (id === 'cn') return chinaCalendar;
  if (Object.hasOwn(WEEKDAYS_BY_NAME, id)) return () => ruledCalendar(id, WEEKDAYS_BY_NAME[id]!, () => new Map());
  return countryCalendar(id, NATIONS.get(id) ?? id);
}

function countryCalendar(id: string, code: string): CalendarMaker | undefined {
  const match = /^([a-z]{2})(?:-([a-z0-9]{1,3}))?$/.exec(code);
  const country = match?.[1]?.toUpperCase();
  const region = match?.[2]?.toUpperCase();
  if (country === undefined || country === 'US' || !hasCountry(country, region)) return undefined;
  return () => ({
    id,
    version: COUNTRY_DATA,
    workdays: usualWeekdays(country, region),
    holidays: new YearlyHolidays(publicHolidays(country, region)),
    extraWorkdays: new Set<string>(),
  });
}

function chinaCalendar(): FoundCalendar {
  const { holidaysOf, ...days } = chinaDays();
  return { id: 'cn', workdays: MON_FRI, holidays: new YearlyHolidays(holidaysOf), ...days };
}

function ruledCalendar(id: string, workdays: readonly number[], holidaysOf: HolidaysOfYear): FoundCalendar {
  const holidays = new YearlyHolidays(holidaysOf);
  return { id, version: 'fineline@1', workdays, holidays, extraWorkdays: new Set() };
}
