import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { RulebookFault } from '#domain';
import { readText } from '../read/read-rulebooks.js';
import { CALENDARS_FILE } from '../read/calendars-file-name.js';
import { calendarDate, list, objectOf, text } from '../schema/object-of.js';
import { daysOffFromIcs } from './ics.js';

/** A calendar named in `calendars.yaml`: another one with dated changes. */
export interface CalendarSpec {
  /** A built-in id, another named calendar, or its own id to change the built-in one. */
  readonly base: string;
  readonly weekdays?: readonly number[];
  readonly holidays?: Readonly<Record<string, string>>;
  /** Worked although the weekday or the base's holiday says otherwise. */
  readonly workdays?: readonly string[];
  /** An iCalendar file beside this one; its all-day events are days off. */
  readonly daysOffFile?: string;
  readonly note?: string;
}

export interface NamedCalendar extends CalendarSpec {
  /** First eight hex digits of a SHA-256 over the entry and its days-off file. */
  readonly hash: string;
  readonly daysOff: ReadonlyMap<string, string>;
}

export const calendarsSchema = objectOf<{ readonly calendars: Readonly<Record<string, CalendarSpec>> }>({
  calendars: z.record(
    z.string(),
    objectOf<CalendarSpec>({
      base: text,
      weekdays: list(z.int().min(1).max(7)).optional(),
      holidays: z.record(calendarDate, text).optional(),
      workdays: list(calendarDate).optional(),
      daysOffFile: text.optional(),
      note: text.optional(),
    }),
  ),
});

export interface ReadCalendars {
  readonly named: ReadonlyMap<string, NamedCalendar>;
  readonly faults: readonly RulebookFault[];
  lineOf(pointer: string): number;
  readonly file: string;
}

/** Reads `calendars.yaml` and the `.ics` files it names; a folder without one has no named calendars. */
export function readCalendars(directory: string): ReadCalendars {
  const file = path.join(directory, CALENDARS_FILE);
  if (!existsSync(file)) return { named: new Map(), faults: [], lineOf: () => 1, file };
  const { source, value, faults } = readText(readFileSync(file, 'utf8'), file, calendarsSchema);
  const found = [...faults];
  const named = Object.entries(value?.calendars ?? {}).map(([id, spec]): [string, NamedCalendar] => {
    const ics = spec.daysOffFile === undefined ? '' : readIcs(path.join(directory, spec.daysOffFile));
    const { days, problems } = daysOff(ics);
    const pointer = `/calendars/${id}/daysOffFile`;
    const faultOf = (detail: string): RulebookFault => {
      return { file, line: source.lineOf(pointer), path: pointer, detail, mend: 'correct the .ics file' };
    };
    found.push(...problems.map(faultOf));
    return [id, { ...spec, daysOff: days, hash: hashOf(JSON.stringify(spec) + (ics ?? '')) }];
  });
  return { named: new Map(named), faults: found, lineOf: source.lineOf, file };
}

function readIcs(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function daysOff(ics: string | undefined): ReturnType<typeof daysOffFromIcs> {
  if (ics === undefined) return { days: new Map(), problems: ['the file does not exist'] };
  return ics === '' ? { days: new Map(), problems: [] } : daysOffFromIcs(ics);
}

function hashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 8);
}
