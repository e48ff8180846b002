/** Endings of a calendar id that set its weekdays, ISO numbers 1 (Monday) to 7 (Sunday). */
export const WEEKDAYS_BY_NAME: Readonly<Record<string, readonly number[]>> = {
  'mon-fri': [1, 2, 3, 4, 5],
  'mon-sat': [1, 2, 3, 4, 5, 6],
  'sun-thu': [7, 1, 2, 3, 4],
  'sun-fri': [7, 1, 2, 3, 4, 5],
  'every-day': [1, 2, 3, 4, 5, 6, 7],
};

const MON_FRI = WEEKDAYS_BY_NAME['mon-fri']!;
const SUN_THU = WEEKDAYS_BY_NAME['sun-thu']!;

const SUN_THU_COUNTRIES = new Set([
  'BD',
  'BH',
  'DZ',
  'EG',
  'IL',
  'IQ',
  'JO',
  'KW',
  'LY',
  'OM',
  'QA',
  'SA',
  'SD',
  'SY',
  'YE',
]);
// Kedah, Kelantan and Terengganu.
const SUN_THU_STATES = new Set(['MY-02', 'MY-03', 'MY-11']);

/** The weekdays offices work where nothing else is said. */
export function usualWeekdays(country: string, region?: string): readonly number[] {
  return SUN_THU_COUNTRIES.has(country) || SUN_THU_STATES.has(`${country}-${region}`) ? SUN_THU : MON_FRI;
}

/** `vn-mon-sat` as `vn` and its weekdays; undefined when the id has no such ending. */
export function splitWeekdays(id: string): { base: string; weekdays: readonly number[] } | undefined {
  const ending = Object.keys(WEEKDAYS_BY_NAME).find((name) => id.length > name.length + 1 && id.endsWith(`-${name}`));
  if (ending === undefined) return undefined;
  return { base: id.slice(0, -ending.length - 1), weekdays: WEEKDAYS_BY_NAME[ending]! };
}
