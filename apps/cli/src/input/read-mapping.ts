import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { CsvMapping } from '#contracts';
import { parseMapping } from '#contracts';
import { UsageError } from '../usage-error.js';

/** A column mapping from a YAML or JSON file. Throws UsageError with every fault of it. */
export function readMapping(file: string): CsvMapping {
  const parsed = parseMapping(parse(readFileSync(file, 'utf8')));
  if (parsed.ok) return parsed.mapping;
  const faults = parsed.faults.map(({ pointer, detail }) => `  ${pointer || '/'}: ${detail}`);
  throw new UsageError(`${file} is not a mapping:\n${faults.join('\n')}`);
}
