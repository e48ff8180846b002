// Events from a file or standard input: NDJSON, a JSON array, or a shop's own CSV through a mapping. Streams line by line; a bad
// line is an entry with faults and reading goes on.
import { createReadStream } from 'node:fs';
import type { CsvMapping, Fault, ParsedEvent } from '#contracts';
import { JSON_LIMITS, parseCloudEvent, parseJson, readCsv, utf8Text } from '#contracts';

const CHUNK_BYTES = 262_144;
const LINE_FEED = 0x0a;
export const LOCAL_TENANT = 'local';

/** One thing read. `notes` are faults that do not stop the event from being used (fields it does not have). */
export interface ReadEntry {
  /** Line of the file, or position in a JSON array, from 1. */
  readonly line: number;
  readonly event?: ParsedEvent;
  readonly faults: readonly Fault[];
  readonly notes: readonly Fault[];
}

export interface ReadOptions {
  readonly mapping?: CsvMapping;
}

/**
 * Entries in file order, in batches as they were read; what a batch holds is parsed while it is walked, so that few entries are in memory at
 * once. `file` may be `-` for standard input. Throws when it cannot be opened.
 */
export async function* readEvents(file: string, options: ReadOptions = {}): AsyncGenerator<Iterable<ReadEntry>> {
  const bytes = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES });
  if (options.mapping) yield* csvEntries(bytes, options.mapping);
  else yield* jsonEntries(bytes);
}

async function* csvEntries(bytes: AsyncIterable<Uint8Array>, mapping: CsvMapping): AsyncGenerator<ReadEntry[]> {
  for await (const { line, result } of readCsv(bytes, mapping)) {
    yield result.ok ? result.events.map((event) => entryOf(event, line)) : [{ line, faults: result.faults, notes: [] }];
  }
}

async function* jsonEntries(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Iterable<ReadEntry>> {
  let before = 0;
  let whole: string[] | undefined;
  for await (const text of wholeLines(bytes)) {
    // Only the first character that is no space tells an array from lines, and an array cannot be cut into lines.
    if (before === 0 && !whole && /^\s*\[/.test(text)) whole = [];
    if (whole) {
      whole.push(text);
      continue;
    }
    const lines = text.split('\n');
    yield lineEntries(lines, before);
    before += lines.length;
  }
  if (whole) yield arrayEntries(whole.join('\n'));
}

/** Texts of one or more lines, without the line feed after the last. Cut before they are decoded: only there a piece is sure to hold whole characters. */
async function* wholeLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let begun: Uint8Array[] = [];
  let isFirst = true;
  for await (const piece of bytes) {
    const end = piece.lastIndexOf(LINE_FEED);
    if (end < 0) {
      begun.push(piece);
      continue;
    }
    yield decoded([...begun, piece.subarray(0, end)], isFirst);
    begun = [piece.subarray(end + 1)];
    isFirst = false;
  }
  yield decoded(begun, isFirst);
}

/** A byte order mark is left out at the start of a file. */
function decoded(pieces: readonly Uint8Array[], isFirst: boolean): string {
  const text = utf8Text(Buffer.concat(pieces));
  return isFirst && text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function* lineEntries(lines: readonly string[], before: number): Generator<ReadEntry> {
  let line = before;
  for (const text of lines) {
    line += 1;
    if (text.trim() === '') continue;
    const parsed = parseJson(text);
    yield parsed.ok ? entryOf(parsed.value, line) : { line, faults: parsed.faults, notes: [] };
  }
}

function arrayEntries(text: string): ReadEntry[] {
  const parsed = parseJson(text, { ...JSON_LIMITS, maxBytes: Number.MAX_SAFE_INTEGER });
  if (!parsed.ok) return [{ line: 1, faults: parsed.faults, notes: [] }];
  return (parsed.value as unknown[]).map((value, index) => entryOf(value, index + 1));
}

/** A file needs no `tenantid`. Fields an event does not have are noted rather than refused: a newer sender's file stays readable. */
function entryOf(value: unknown, line: number): ReadEntry {
  const strict = parseCloudEvent(value, { tenantId: tenantOf(value) });
  if (strict.ok) return { line, event: strict.event, faults: [], notes: [] };
  if (!strict.faults.every((fault) => fault.code === 'unknown-field'))
    return { line, faults: strict.faults, notes: [] };
  const loose = parseCloudEvent({ ...(value as object), tenantid: tenantOf(value) });
  return loose.ok
    ? { line, event: loose.event, faults: [], notes: strict.faults }
    : { line, faults: loose.faults, notes: [] };
}

function tenantOf(value: unknown): string {
  const given = typeof value === 'object' && value !== null ? (value as { tenantid?: unknown }).tenantid : undefined;
  return typeof given === 'string' && given !== '' ? given : LOCAL_TENANT;
}
