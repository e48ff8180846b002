// Turns one cell of somebody's spreadsheet into a field of a canonical event: dates with their format and zone, decimal money
// to minor units, lists and coded values. A cell that cannot be read exactly is refused, never guessed.
import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import type { Wrong } from './fault.js';
import { says, wrong } from './fault.js';
import type { FaultCode, FaultValues } from './fault-texts.js';
import { parseInstant, timeZone } from './primitives.js';

const CELL_KINDS = ['text', 'integer', 'number', 'boolean', 'instant', 'money', 'list'] as const;
export type CellKind = (typeof CELL_KINDS)[number];

/** One column as a field. A bare string in the mapping is short for `{ column: <it> }`. */
export const columnSpec = z.strictObject({
  column: z.string().min(1),
  as: z.enum(CELL_KINDS).optional().meta({ description: 'how to read the cell; by default the field name decides' }),
  format: z.string().optional().meta({
    description: 'date format: rfc3339, epoch-seconds, epoch-milliseconds or tokens such as YYYY-MM-DD HH:mm:ss',
  }),
  zone: timeZone.optional().meta({ description: 'zone of a local time without offset' }),
  ambiguous: z.enum(['earlier', 'later', 'refuse']).optional(),
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/, says('time-of-day-seconds'))
    .optional()
    .meta({
      description: 'local time of day that replaces the one in the cell, e.g. 23:59:59 for a date-only deadline',
    }),
  currency: z
    .string()
    .length(3)
    .optional()
    .meta({ description: 'currency of a money cell; the currency field otherwise' }),
  separator: z.string().min(1).optional().meta({ description: 'separator of a list cell; `,` by default' }),
  values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])).optional(),
  default: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).optional(),
});
export type ColumnSpec = z.output<typeof columnSpec>;

/** What a cell is read against: the mapping's own defaults. */
export interface CellDefaults {
  readonly zone?: string;
  readonly dates: string;
  readonly decimal: '.' | ',';
  readonly currency?: string;
}

export type CellResult = { ok: true; value: unknown } | { ok: false; wrong: Wrong };

/** Reads `text` (already trimmed, not empty) as `kind`. Instants come back as RFC 3339 UTC text, money as integer minor units. */
export function readCell(text: string, kind: CellKind, spec: ColumnSpec, defaults: CellDefaults): CellResult {
  if (spec.values) {
    const mapped = spec.values[text];
    return mapped === undefined
      ? refuse('cell-none-of', { text, values: Object.keys(spec.values).join(', ') })
      : { ok: true, value: mapped };
  }
  switch (kind) {
    case 'text':
      return { ok: true, value: text };
    case 'list':
      return {
        ok: true,
        value: text
          .split(spec.separator ?? ',')
          .map((part) => part.trim())
          .filter(Boolean),
      };
    case 'boolean':
      return readBoolean(text);
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? { ok: true, value: Number(text) } : refuse('cell-integer', { text });
    case 'number':
      return readNumber(text, defaults.decimal);
    case 'money':
      return readMoney(text, spec.currency ?? defaults.currency, defaults.decimal);
    case 'instant':
      return readInstant(text, spec, defaults);
  }
}

function refuse(code: FaultCode, values?: FaultValues): CellResult {
  return { ok: false, wrong: wrong(code, values) };
}

function readBoolean(text: string): CellResult {
  const yes = /^(true|yes|y|1)$/i.test(text);
  if (yes || /^(false|no|n|0)$/i.test(text)) return { ok: true, value: yes };
  return refuse('cell-boolean', { text });
}

/** A decimal without grouping, with `.`, or undefined. Grouped thousands are accepted only where they cannot be misread. */
function plainDecimal(text: string, decimal: '.' | ','): string | undefined {
  const grouping = decimal === '.' ? ',' : '.';
  const grouped = new RegExp(`^-?\\d{1,3}(\\${grouping}\\d{3})+(\\${decimal}\\d+)?$`);
  const plain = grouped.test(text) ? text.replaceAll(grouping, '') : text;
  const dotted = plain.replace(decimal, '.');
  return new RegExp(`^-?\\d{1,15}(\\${decimal}\\d{1,9})?$`).test(plain) ? dotted : undefined;
}

function readNumber(text: string, decimal: '.' | ','): CellResult {
  const plain = plainDecimal(text, decimal);
  return plain === undefined ? refuse('cell-number', { text }) : { ok: true, value: Number(plain) };
}

// ISO 4217 minor units that are not two. `Intl` is no source: it says HUF and IDR have none (display habit).
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0,
  XAF: 0, XOF: 0, XPF: 0, BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3, CLF: 4, UYW: 4,
}; // prettier-ignore

function readMoney(text: string, currency: string | undefined, decimal: '.' | ','): CellResult {
  if (!currency) return refuse('currency-missing');
  const plain = plainDecimal(text.replace(/^[$€£¥]\s?|\s?[$€£¥]$|^[A-Z]{3}\s|\s[A-Z]{3}$/g, ''), decimal);
  if (plain === undefined) return refuse('cell-amount', { text });
  const digits = MINOR_DIGITS[currency] ?? 2;
  const [whole = '0', fraction = ''] = plain.split('.');
  if (/[1-9]/.test(fraction.slice(digits))) return refuse('cell-decimals', { text, digits, currency });
  return { ok: true, value: Number(whole + fraction.slice(0, digits).padEnd(digits, '0')) };
}

function readInstant(text: string, spec: ColumnSpec, defaults: CellDefaults): CellResult {
  const format = spec.format ?? defaults.dates;
  if (format === 'epoch-seconds' || format === 'epoch-milliseconds') return readEpoch(text, format);
  if (format === 'rfc3339') {
    const parsed = parseInstant(text);
    return parsed.ok ? { ok: true, value: toText(parsed.at) } : refuse('cell-instant', { text, reason: parsed.reason });
  }
  const local = readLocal(text, format);
  if (!local) return refuse('cell-date-format', { text, format });
  if (local.offset !== undefined) return localToInstant(local.dateTime, local.offset, text);
  const zone = spec.zone ?? defaults.zone;
  if (!zone) return refuse('local-time');
  const dateTime = spec.at ? local.dateTime.withPlainTime(spec.at) : local.dateTime;
  return inZone(dateTime, zone, spec.ambiguous ?? 'earlier', text);
}

function readEpoch(text: string, format: 'epoch-seconds' | 'epoch-milliseconds'): CellResult {
  if (!/^\d{1,15}$/.test(text)) return refuse('cell-epoch', { text, format });
  const at = Number(text) * (format === 'epoch-seconds' ? 1000 : 1);
  return at >= 946_684_800_000 && at < 4_102_444_800_000
    ? { ok: true, value: toText(at) }
    : refuse('cell-epoch-years', { text, format });
}

function toText(at: number): string {
  return new Date(at).toISOString();
}

function localToInstant(local: Temporal.PlainDateTime, offset: string, text: string): CellResult {
  const parsed = parseInstant(`${local.toString({ smallestUnit: 'millisecond' })}${offset}`);
  return parsed.ok ? { ok: true, value: toText(parsed.at) } : refuse('cell-instant', { text, reason: parsed.reason });
}

function inZone(
  local: Temporal.PlainDateTime,
  zone: string,
  ambiguous: 'earlier' | 'later' | 'refuse',
  text: string,
): CellResult {
  const earlier = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const later = local.toZonedDateTime(zone, { disambiguation: 'later' });
  if (!earlier.toPlainDateTime().equals(local)) return refuse('cell-skipped-time', { text, zone });
  if (ambiguous === 'refuse' && earlier.epochMilliseconds !== later.epochMilliseconds) {
    return refuse('cell-twice', { text, zone });
  }
  return { ok: true, value: toText((ambiguous === 'later' ? later : earlier).epochMilliseconds) };
}

const TOKENS: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})',
  YY: '(?<shortYear>\\d{2})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{2})',
  D: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  hh: '(?<hour>\\d{2})',
  h: '(?<hour>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  ss: '(?<second>\\d{2})',
  SSS: '(?<milli>\\d{3})',
  A: '(?<half>[AaPp][Mm])',
  Z: '(?<offset>Z|[+-]\\d{2}:\\d{2})',
};
const compiled = new Map<string, RegExp>();

/** The format as a regular expression; throws RangeError when it names no year, month and day. */
export function compileDateFormat(format: string): RegExp {
  let pattern = compiled.get(format);
  if (!pattern) {
    const body = format.replaceAll(
      /YYYY|YY|MM|M|DD|D|HH|H|hh|h|mm|ss|SSS|A|Z|[\s\S]/g,
      (part) => TOKENS[part] ?? escape(part),
    );
    if (!/<(year|shortYear)>/.test(body) || !body.includes('<month>') || !body.includes('<day>')) {
      throw new RangeError('a date format needs YYYY (or YY), MM and DD');
    }
    pattern = new RegExp(`^${body}$`);
    compiled.set(format, pattern);
  }
  return pattern;
}

function escape(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
}

function readLocal(text: string, format: string): { dateTime: Temporal.PlainDateTime; offset?: string } | undefined {
  const parts = compileDateFormat(format).exec(text)?.groups;
  if (!parts) return undefined;
  const number = (name: string) => Number(parts[name] ?? 0);
  const hour = parts['half'] ? (number('hour') % 12) + (/^p/i.test(parts['half']) ? 12 : 0) : number('hour');
  try {
    const dateTime = Temporal.PlainDateTime.from(
      {
        year: parts['year'] ? number('year') : 2000 + number('shortYear'),
        month: number('month'),
        day: number('day'),
        hour,
        minute: number('minute'),
        second: number('second'),
        millisecond: number('milli'),
      },
      { overflow: 'reject' },
    );
    return { dateTime, offset: parts['offset'] };
  } catch {
    return undefined;
  }
}
