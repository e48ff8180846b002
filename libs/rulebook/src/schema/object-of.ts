import { z } from 'zod';
import { isCurrency, isDecimalText, isZone, parseDate, type Bilingual } from '#domain';

/**
 * A strict object of exactly the fields of `T`: a field missing here does not compile, a field unknown in a file is a fault.
 * The issue's message lists the known fields, so that `faultsOf` can say which one was meant.
 */
export function objectOf<T extends object>(shape: { [K in keyof T]-?: z.ZodType<T[K]> }): z.ZodType<T> {
  const known = Object.keys(shape).join(', ');
  const schema = z.strictObject(shape as z.ZodRawShape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined),
  });
  return schema as unknown as z.ZodType<T>;
}

/**
 * Text that must pass a test; the fault says what is wrong and how to mend it. `standIn` takes the place of faulty text while
 * the rest of the file is looked through.
 */
export function textThat(
  test: (text: string) => boolean,
  detail: string,
  mend: string,
  standIn?: string,
): z.ZodType<string> {
  return z.string().refine(test, { error: detail, params: { mend, standIn } });
}

/** Exactly the members of a union of strings: one that is missing here does not compile. */
export function oneOf<T extends string>() {
  return <const V extends readonly T[]>(...values: [T] extends [V[number]] ? V : never): z.ZodType<T> =>
    z.enum(values as readonly T[] as [T, ...T[]]);
}

export const text = z.string().min(1);
export const list = <T>(item: z.ZodType<T>) => z.array(item).min(1);
export const wholeFrom = (least: number) => z.int().min(least);

export const bilingual = objectOf<Bilingual>({ en: text, zh: text }).meta({ id: 'Bilingual' });

/** Amounts are never negative in a rule: a credit is an effect, not a fine. */
export const decimalText = textThat(
  (value) => isDecimalText(value) && !value.startsWith('-'),
  'not a plain decimal of at least 0',
  'write digits with a point and quotes, such as "0.10" or "500"',
).meta({
  id: 'Decimal',
  description: 'Exact decimal in quotes, at least 0: "0.10", "37.50", "500"',
  pattern: '^(0|[1-9][0-9]*)(\\.[0-9]+)?$',
});

export const currency = textThat(
  isCurrency,
  'unknown currency',
  'use an ISO 4217 code in capitals, such as USD, EUR or CNY',
  'USD',
).meta({ id: 'Currency', description: 'ISO 4217 code', pattern: '^[A-Z]{3}$' });

export const zoneName = textThat(
  isZone,
  'unknown time zone',
  'use an IANA zone name, such as America/Los_Angeles or Asia/Shanghai',
  'UTC',
).meta({ id: 'Zone', description: 'IANA time zone name' });

export const dateOrInstant = textThat(
  isDateOrInstant,
  'neither a date nor an instant',
  'write 2026-01-26 or, for an instant, 2026-01-26T08:00:00Z',
).meta({
  id: 'DateOrInstant',
  description: 'Date (start of that day in the zone beside it) or RFC 3339 instant',
  anyOf: [{ format: 'date' }, { format: 'date-time' }],
});

export const clockTime = textThat(
  (value) => /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(value),
  'not a time of day',
  'write HH:MM or HH:MM:SS in quotes, from "00:00" to "23:59:59"',
);

export const calendarDate = textThat(isDate, 'not a calendar date', 'write an existing day as YYYY-MM-DD').meta({
  id: 'Date',
  description: 'YYYY-MM-DD',
  format: 'date',
});

function isDate(value: string): boolean {
  try {
    return Number.isInteger(parseDate(value));
  } catch {
    return false; // parseDate throws for whatever is no date
  }
}

function isDateOrInstant(value: string): boolean {
  const instant = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.exec(value);
  return instant ? isDate(instant[1]!) && !Number.isNaN(Date.parse(value)) : isDate(value);
}
