// What a file holds, to be sent as it is: NDJSON, a JSON array, or CSV rows turned into events by a mapping. A line that is not even JSON is
// refused here; everything else the server judges.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { CsvMapping } from '#contracts';
import { JSON_LIMITS, parseJson, readCsv } from '#contracts';

export interface Refusal {
  readonly line: number;
  /** RFC 6901 JSON Pointer into the event. */
  readonly pointer: string;
  readonly detail: string;
}

export type SendEntry =
  | { readonly kind: 'item'; readonly line: number; readonly value: unknown }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };

/** Entries in file order; `-` is standard input. `line` is the line of the file, or the position in a JSON array, from 1. */
export async function* readItems(file: string, mapping?: CsvMapping): AsyncGenerator<SendEntry> {
  const bytes = file === '-' ? process.stdin : createReadStream(file);
  if (mapping) yield* csvItems(bytes, mapping);
  else yield* jsonItems(bytes);
}

async function* csvItems(bytes: AsyncIterable<Uint8Array>, mapping: CsvMapping): AsyncGenerator<SendEntry> {
  for await (const { line, result } of readCsv(bytes, mapping)) {
    if (result.ok) yield* result.events.map((value): SendEntry => ({ kind: 'item', line, value }));
    else yield { kind: 'refused', refusals: result.faults.map(({ pointer, detail }) => ({ line, pointer, detail })) };
  }
}

async function* jsonItems(bytes: NodeJS.ReadableStream): AsyncGenerator<SendEntry> {
  let line = 0;
  let array: string[] | undefined;
  for await (const text of createInterface({ input: bytes, crlfDelay: Infinity })) {
    line += 1;
    // An array cannot be cut into lines, so it is read whole.
    if (!array && text.trimStart().startsWith('[')) array = [];
    if (array) array.push(text);
    else if (text.trim() !== '') yield item(text, line);
  }
  if (array) yield* arrayItems(array.join('\n'));
}

function item(text: string, line: number): SendEntry {
  const parsed = parseJson(text);
  return parsed.ok
    ? { kind: 'item', line, value: parsed.value }
    : { kind: 'refused', refusals: parsed.faults.map((fault) => ({ line, ...fault })) };
}

function* arrayItems(text: string): Generator<SendEntry> {
  const parsed = parseJson(text, { ...JSON_LIMITS, maxBytes: Number.MAX_SAFE_INTEGER });
  if (!parsed.ok) yield { kind: 'refused', refusals: parsed.faults.map((fault) => ({ line: 1, ...fault })) };
  else yield* (parsed.value as unknown[]).map((value, index): SendEntry => ({ kind: 'item', line: index + 1, value }));
}
