// Calendar dates without a time or a zone, as plain numbers so that a deadline counts days with additions.

/** Days since 1970-01-01 in the proleptic Gregorian calendar; 0 is 1970-01-01, a Thursday. */
export type LocalDate = number;

const DAY_MS = 86_400_000;
const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

const texts = new Map<LocalDate, string>();
const MOST_TEXTS = 20_000;

/** The date as `YYYY-MM-DD`. Each is written once: a file of orders names the same days over and over. */
export function dateText(date: LocalDate): string {
  let text = texts.get(date);
  if (text === undefined) {
    text = new Date(date * DAY_MS).toISOString().slice(0, 10);
    if (texts.size < MOST_TEXTS) texts.set(date, text);
  }
  return text;
}

/** An instant as RFC 3339 in UTC, with milliseconds only where there are any: `2026-02-04T07:59:59Z`. */
export function utcText(at: number): string {
  const date = Math.floor(at / DAY_MS);
  const ms = at - date * DAY_MS;
  if (ms % 1000 !== 0) return new Date(at).toISOString();
  const minutes = Math.floor(ms / 60_000);
  return `${dateText(date)}T${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}:${twoDigits((ms / 1000) % 60)}Z`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** Reads `YYYY-MM-DD`. Throws RangeError for another form and for days that do not exist (`2026-02-30`). */
export function parseDate(text: string): LocalDate {
  const match = ISO_DATE.exec(text);
  const date = match ? localDate(Number(match[1]), Number(match[2]), Number(match[3])) : NaN;
  if (Number.isNaN(date) || dateText(date) !== text) throw new RangeError(`not a calendar date (YYYY-MM-DD): ${text}`);
  return date;
}

/** ISO weekday: 1 Monday to 7 Sunday. */
export function isoWeekday(date: LocalDate): 1 | 2 | 3 | 4 | 5 | 6 | 7 {
  return (((((date + 3) % 7) + 7) % 7) + 1) as 1 | 2 | 3 | 4 | 5 | 6 | 7;
}

/** The same day `months` later (or earlier, negative); a day the month lacks becomes its last: 31 January + 1 = 28 or 29 February. */
export function addMonths(date: LocalDate, months: number): LocalDate {
  const start = new Date(date * DAY_MS);
  const year = start.getUTCFullYear();
  const month = start.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(start.getUTCDate(), lastDay)) / DAY_MS;
}

function localDate(year: number, month: number, day: number): LocalDate {
  // Date.UTC reads years 0 to 99 as 1900 to 1999; setUTCFullYear does not.
  return new Date(0).setUTCFullYear(year, month - 1, day) / DAY_MS;
}
