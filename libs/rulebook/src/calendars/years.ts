/** Years whose holidays are resolved; outside them a calendar knows its weekdays only. */
export const FIRST_YEAR = 2015;
export const LAST_YEAR = 2035;

export const YEARS: readonly number[] = Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, i) => FIRST_YEAR + i);
