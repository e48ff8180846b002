// Field types shared by every wire schema: strict instants, identifiers, currencies, zones. A bad value is refused, never mended.
import { z } from 'zod';
import { says } from './fault.js';
import type { FaultCode } from './fault-texts.js';
import { plainInstant } from './plain-instant.js';
import { remembered } from './remembered.js';

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;
type InstantResult = { ok: true; at: number } | { ok: false; reason: FaultCode };
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/**
 * RFC 3339 text to UTC epoch milliseconds, or the code of the reason it is refused. Stricter than `Date.parse`: seconds and offset are
 * required, 30 February, second 60 and years outside 2000-2099 are refused (a year outside is nearly always seconds given as milliseconds).
 */
export function parseInstant(text: string): InstantResult {
  const plain = plainInstant(text);
  return plain === undefined ? checkInstant(text) : { ok: true, at: plain };
}

/** The same for every form, with the reason of a refusal. Exported so that a test can compare the two ways. */
export function checkInstant(text: string): InstantResult {
  const match = RFC3339.exec(text);
  if (!match) {
    return { ok: false, reason: 'instant-form' };
  }
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  const back = new Date(local);
  if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) {
    return { ok: false, reason: 'instant-none' };
  }
  const offset = match[8] as string;
  const [offsetHours, offsetMinutes] = /[Zz]/.test(offset)
    ? [0, 0]
    : [Number(offset.slice(1, 3)), Number(offset.slice(4))];
  if (offsetHours > 18 || offsetMinutes > 59) {
    return { ok: false, reason: 'instant-offset' };
  }
  const sign = offset.startsWith('-') ? -1 : 1;
  const at =
    local + Number((match[7] ?? '').padEnd(3, '0').slice(0, 3)) - sign * (offsetHours * 60 + offsetMinutes) * 60_000;
  if (at < EARLIEST || at >= LATEST) {
    return { ok: false, reason: 'instant-years' };
  }
  return { ok: true, at };
}

/** RFC 3339 text on the wire, UTC epoch milliseconds once parsed. */
export const instant = z
  .string()
  .meta({ format: 'date-time', description: 'RFC 3339 instant with seconds and offset' })
  .transform((text, context) => {
    const parsed = parseInstant(text);
    if (parsed.ok) return parsed.at;
    context.addIssue({ code: 'custom', message: says('not-an-instant'), params: { reason: parsed.reason } });
    return z.NEVER;
  });

// No control characters (NUL breaks PostgreSQL text, newlines break logs) and no bidirectional overrides (they spoof screens).

const CLEAN_TEXT = /^[^\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]*$/u;

/** Text of at most `max` characters that is safe in PostgreSQL, in a log line and on a screen. */
export function cleanText(max: number) {
  return z.string().max(max).regex(CLEAN_TEXT, says('control-characters')).refine(isWellFormed, says('lone-surrogate'));
}

/** An identifier of somebody else's system: 1 to 128 clean characters, NFC. */
export const identifier = cleanText(128).min(1).refine(isTrimmedNfc, says('trimmed-nfc'));

function isWellFormed(text: string): boolean {
  return text.isWellFormed();
}

function isTrimmedNfc(text: string): boolean {
  return text === text.normalize('NFC') && text.trim() === text;
}

/** What holds for every text that is plain by `isPlainText`. */
export const HOLDS_FOR_PLAIN_TEXT: ReadonlySet<unknown> = new Set([CLEAN_TEXT, isWellFormed, isTrimmedNfc]);

/** Human text of at most 500 characters. */
export const shortText = cleanText(500);

const TRACKING_NUMBER = /^[A-Z0-9]{4,50}$/;

/** Upper case without spaces or dashes, so that the same number typed two ways is one parcel. */
export const trackingNumber = z
  .string()
  .max(64)
  .transform((text) => (TRACKING_NUMBER.test(text) ? text : text.replaceAll(/[\s-]/g, '').toUpperCase()))
  .pipe(z.string().regex(TRACKING_NUMBER, says('tracking-number')));

export const currencyCode = z.string().regex(/^[A-Z]{3}$/, says('currency-code'));

/** Integer minor units; safe integers only, so that 2^53+1 is refused rather than rounded. */
export const amountMinor = z.int().min(0).max(1_000_000_000_000);

export const decimalText = z.string().regex(/^-?\d{1,12}(\.\d{1,9})?$/, says('decimal-text'));

/** True when this runtime knows the IANA zone. */
export const isTimeZone = remembered((name) => /^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name) && constructs(name));

function constructs(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const timeZone = z.string().max(64).refine(isTimeZone, says('time-zone'));

export const place = z.object({
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, says('country-code'))
    .optional(),
  region: z
    .string()
    .max(6)
    .regex(/^[A-Z0-9]+$/, says('region-code'))
    .optional(),
  city: cleanText(120).optional(),
  postalCode: cleanText(16).optional(),
  timeZone: timeZone.optional(),
  kind: cleanText(40).optional(),
});
