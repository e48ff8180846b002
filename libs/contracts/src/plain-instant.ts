// The usual forms of an RFC 3339 instant, read digit by digit: `2026-01-30T20:47:00Z`, with `.123`, with `-08:00`.

const DAY_MS = 86_400_000;
const FIRST_YEAR = 2000;
const START = Date.UTC(FIRST_YEAR, 0, 1);
const END = Date.UTC(2100, 0, 1);
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

/** UTC epoch milliseconds; undefined for any other form and for what does not exist, which `parseInstant` then reads or refuses with its reason. */
export function plainInstant(text: string): number | undefined {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const day = dayOf(year, twoDigits(text, 5), twoDigits(text, 8));
  const second = secondOf(twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17));
  if (!isPunctuated(text) || !(day >= 0) || !(second >= 0)) return undefined;
  const hasFraction = text.charCodeAt(19) === 0x2e;
  const ms = hasFraction ? twoDigits(text, 20) * 10 + digit(text, 22) : 0;
  const at = day * DAY_MS + second * 1000 + ms - offsetMs(text, hasFraction ? 23 : 19);
  return at >= START && at < END ? at : undefined;
}

/** `____-__-__T__:__:__` */
function isPunctuated(text: string): boolean {
  return (
    text.charCodeAt(4) === 0x2d &&
    text.charCodeAt(7) === 0x2d &&
    text.charCodeAt(10) === 0x54 &&
    text.charCodeAt(13) === 0x3a &&
    text.charCodeAt(16) === 0x3a
  );
}

/** Days since 1970. Every fourth year from 2000 to 2099 is a leap year. */
function dayOf(year: number, month: number, day: number): number {
  if (!(year >= FIRST_YEAR && year < 2100 && month >= 1 && month <= 12)) return NaN;
  const leap = year % 4 === 0 ? 1 : 0;
  const before = DAYS_BEFORE_MONTH[month - 1]! + (month > 2 ? leap : 0);
  const length = DAYS_BEFORE_MONTH[month]! - DAYS_BEFORE_MONTH[month - 1]! + (month === 2 ? leap : 0);
  if (!(day >= 1 && day <= length)) return NaN;
  const years = year - FIRST_YEAR;
  return START / DAY_MS + years * 365 + ((years + 3) >> 2) + before + day - 1;
}

function secondOf(hour: number, minute: number, second: number): number {
  return hour <= 23 && minute <= 59 && second <= 59 ? (hour * 60 + minute) * 60 + second : NaN;
}

/** Of a text that ends with its offset, which begins at `from`. */
function offsetMs(text: string, from: number): number {
  const sign = text.charCodeAt(from);
  if (sign === 0x5a) return text.length === from + 1 ? 0 : NaN;
  if ((sign !== 0x2b && sign !== 0x2d) || text.length !== from + 6 || text.charCodeAt(from + 3) !== 0x3a) return NaN;
  const hours = twoDigits(text, from + 1);
  const minutes = twoDigits(text, from + 4);
  if (!(hours <= 18 && minutes <= 59)) return NaN;
  return (sign === 0x2d ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 0x30;
  return value >= 0 && value <= 9 ? value : NaN;
}
