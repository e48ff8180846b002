import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { daysOffFromIcs } from '#rulebook';
import { UsageError } from '../usage-error.js';

const day = z.iso.date('must be an existing day as YYYY-MM-DD');
const days = z.record(
  day,
  z
    .string()
    .nullable()
    .transform((name) => name ?? ''),
);
const byOwner = z.record(z.string(), days).default({});
const daysOffFile = z.strictObject({ sellers: byOwner, warehouses: byOwner });
export type DaysOffFile = z.output<typeof daysOffFile>;

/** Days off per seller and warehouse, from YAML or JSON. Throws UsageError with every fault. */
export function readDaysOff(file: string): DaysOffFile {
  return parsed(file, daysOffFile);
}

/** Days off of one owner: `YYYY-MM-DD: name` in YAML or JSON, or an iCalendar file. Throws UsageError with every fault. */
export function readOwnDaysOff(file: string): Record<string, string> {
  if (path.extname(file).toLowerCase() !== '.ics') return parsed(file, days);
  const read = daysOffFromIcs(readFileSync(file, 'utf8'));
  if (read.problems.length > 0) throw new UsageError(`${file}: ${read.problems.join('; ')}`);
  return Object.fromEntries(read.days);
}

function parsed<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(parse(readFileSync(file, 'utf8')));
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path: at, message }) => `  /${at.join('/')}: ${message}`);
  throw new UsageError(`${file} does not list days off:\n${faults.join('\n')}`);
}
