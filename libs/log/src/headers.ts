import { isUtf8 } from 'node:buffer';
import type { LogRecord, RawHeader } from './event-log.js';

export function toRawHeaders({ headers, rawHeaders }: LogRecord): readonly RawHeader[] {
  return rawHeaders ?? Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)] as const);
}

/** The headers that can be read without doubt: present once, with a UTF-8 value. */
export function readableHeaders(raw: readonly RawHeader[]): Record<string, string> {
  const readable = raw.filter((header) => problemOf(header, raw) === undefined);
  return Object.fromEntries(readable.map(([name, value]) => [name, String(value)]));
}

/** Why the record's headers cannot be trusted, for quarantine; undefined when they can. */
export function headerProblem(raw: readonly RawHeader[]): string | undefined {
  for (const header of raw) {
    const problem = problemOf(header, raw);
    if (problem) return `header ${header[0]} ${problem}`;
  }
  return undefined;
}

function problemOf([name, value]: RawHeader, all: readonly RawHeader[]): string | undefined {
  if (value === null) return 'has no value';
  if (!isUtf8(value)) return 'is not UTF-8';
  return all.filter(([other]) => other === name).length > 1 ? 'occurs more than once' : undefined;
}
