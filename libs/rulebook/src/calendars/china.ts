// Mainland China: the State Council's yearly arrangement with make-up workdays, from chinese-days (MIT).
import { createRequire } from 'node:module';
import { COUNTRY_DATA, publicHolidays } from './country-holidays.js';
import { packageVersion } from './package-version.js';
import { YEARS } from './years.js';

interface Arrangement {
  /** Date to `English name,中文名,days`. */
  readonly holidays: Readonly<Record<string, string>>;
  readonly workdays: Readonly<Record<string, string>>;
}

// Children's day is a holiday for children only.
const NOT_FOR_WORKERS = '06-01';

/** Holidays and make-up workdays. Years not yet arranged have their statutory holidays and no make-up days; `version` names them. */
export function chinaDays(): { holidays: Map<string, string>; extraWorkdays: Set<string>; version: string } {
  const arranged = createRequire(import.meta.url)('chinese-days/dist/chinese-days.json') as Arrangement;
  const lastYear = Object.keys(arranged.holidays).sort().at(-1)!.slice(0, 4);
  // Only the years needed: computing a year's Chinese feasts takes some 20 ms.
  const later = YEARS.filter((year) => year > Number(lastYear));
  const statutory = [...publicHolidays('CN', undefined, later)].filter(([date]) => date.slice(5) !== NOT_FOR_WORKERS);
  const named = Object.entries(arranged.holidays).map(([date, names]): [string, string] => [date, chineseName(names)]);
  return {
    holidays: new Map([...named, ...statutory]),
    extraWorkdays: new Set(Object.keys(arranged.workdays)),
    version: `${packageVersion('chinese-days')} to ${lastYear}, then ${COUNTRY_DATA}`,
  };
}

function chineseName(names: string): string {
  return names.split(',')[1] ?? names;
}
