// What the files that were there when the program was built say, kept beside the program: parsing YAML is most of a start's work on rulebooks.
// Schemas and checks hold for these files as for all.
import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

type Parsed = Readonly<Record<string, unknown>>;

/** Written by the build. */
export const PARSED_FILE = new URL('./parsed-before.json', import.meta.url);
let parsed: Parsed | undefined;

/** What the text says, as data of the caller's own; undefined where the build did not see it, or where nothing was built. */
export function parsedBefore(text: string): unknown {
  parsed ??= existsSync(PARSED_FILE) ? (JSON.parse(readFileSync(PARSED_FILE, 'utf8')) as Parsed) : {};
  return structuredClone(parsed[digestOf(text)]);
}

/** The content of `PARSED_FILE`. What JSON does not bring back as it was is left out. */
export function parsedFileOf(texts: readonly { readonly text: string; readonly value: unknown }[]): string {
  const kept = texts.filter(({ value }) => isDeepStrictEqual(JSON.parse(JSON.stringify(value) ?? 'null'), value));
  return JSON.stringify(Object.fromEntries(kept.map(({ text, value }) => [digestOf(text), value])));
}

function digestOf(text: string): string {
  return hash('sha256', text);
}
