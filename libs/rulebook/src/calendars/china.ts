// Mainland China: the State Council's yearly arrangement with make-up workdays, from chinese-days (MIT).
import { createRequire } from 'node:module';
import { COUNTRY_DATA, publicHolidays } from './country-holidays.js';
import { packageVersion } from './package-version.js';
import type { HolidaysOfYear } from './years.js';

interface Arrangement {
  /** Date to `English name,中文名,days`. */
  readonly holidays: Readonly<Record<string, string>>;
  readonly workdays: Readonly<Record<string, string>>;
}

// Children's day is a holiday for children only.
const NOT_FOR_WORKERS = '06-01';

export interface ChinaDays {
  readonly holidaysOf: HolidaysOfYear;
  readonly extraWorkdays: ReadonlySet<string>;
  readonly version: string;
}

/** Holidays and make-up workdays. Years not yet arranged have their statutory holidays and no make-up days; `version` names them. */
export function chinaDays(): ChinaDays {
  const arranged = createRequire(import.meta.url)('chinese-days/dist/chinese-days.json') as Arrangement;
  const holidays = new Map(Object.entries(arranged.holidays).map(([date, names]) => [date, chineseName(names)]));
  const lastYear = Number([...holidays.keys()].sort().at(-1)!.slice(0, 4));
  const statutory = publicHolidays('CN');
  return {
    holidaysOf: (year) => (year <= lastYear ? holidays : forWorkers(statutory(year))),
    extraWorkdays: new Set(Object.keys(arranged.workdays)),
    version: `${packageVersion('chinese-days')} to ${lastYear}, then ${COUNTRY_DATA}`,
  };
}

function forWorkers(holidays: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...holidays].filter(([date]) => date.slice(5) !== NOT_FOR_WORKERS));
}

function chineseName(names: string): string {
  return names.split(',')[1] ?? names;
}
