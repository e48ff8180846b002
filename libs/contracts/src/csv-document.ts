// A CSV file as a stream of mapped rows: decoded, checked against its header, neighbouring rows of one order together. One bad row is
// one entry with faults; the rest of the file goes on.
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { CsvMapping, CsvRow, MapResult } from './csv-mapping.js';
import { mapRows, mappedColumns } from './csv-mapping.js';
import type { Wrong } from './fault.js';
import { fail, faultAt, wrong } from './fault.js';

/** A row, or a group of rows, of the file. */
export interface CsvEntry {
  /** Line of the file where it ends, from 1. */
  readonly line: number;
  /** The rows as they stand in the file. */
  readonly raw: string;
  readonly result: MapResult;
}

const MAX_COLUMNS = 500;
const MAX_ROW_CHARACTERS = 262_144;
const MAX_GROUP_ROWS = 500;

interface Row {
  readonly record: string[];
  readonly raw: string;
  readonly info: { readonly lines: number };
}

/** Neighbouring rows of one order. */
interface Group {
  readonly key: string | undefined;
  readonly rows: CsvRow[];
  raw: string;
  line: number;
}

type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Reads a file in pieces, memory bounded by one group. Never throws on content: a file that cannot be read on (encoding, an unclosed quote,
 * missing columns) ends with one entry that says so.
 */
export async function* readCsv(pieces: Pieces, mapping: CsvMapping): AsyncGenerator<CsvEntry> {
  let header: readonly string[] | undefined;
  let group: Group | undefined;
  let line = 0;
  try {
    for await (const { record, raw, info } of rowsOf(pieces, mapping)) {
      line = info.lines;
      if (!header) {
        header = record;
        const bad = badHeader(header, mapping);
        if (bad) return yield { line, raw, result: { ok: false, faults: [faultAt('', bad)] } };
        continue;
      }
      const row = toRow(header, record);
      if (group && row && joins(group, row, mapping)) {
        group.rows.push(row);
        group.raw += raw;
        group.line = line;
        continue;
      }
      yield* mapped(group, mapping);
      group = row && { key: keyOf(row, mapping), rows: [row], raw, line };
      if (row) continue;
      const counts = { count: record.length, header: header.length };
      yield { line, raw, result: fail('', 'column-count', counts) };
    }
    yield* mapped(group, mapping);
  } catch (error) {
    yield* mapped(group, mapping);
    yield { line, raw: '', result: fail('', 'unreadable-csv', { line, reason: (error as Error).message }) };
  }
}

function* mapped(group: Group | undefined, mapping: CsvMapping): Generator<CsvEntry> {
  if (group) yield { line: group.line, raw: group.raw, result: mapRows(mapping, group.rows) };
}

function badHeader(header: readonly string[], mapping: CsvMapping): Wrong | undefined {
  if (header.length > MAX_COLUMNS) return wrong('too-many-columns', { count: header.length, maximum: MAX_COLUMNS });
  const repeated = header.find((name, index) => header.indexOf(name) !== index);
  if (repeated !== undefined) return wrong('column-twice', { name: repeated });
  const missing = mappedColumns(mapping).filter((name) => !header.includes(name));
  return missing.length > 0 ? wrong('columns-missing', { names: missing.join('", "') }) : undefined;
}

function toRow(header: readonly string[], record: readonly string[]): CsvRow | undefined {
  if (record.length !== header.length) return undefined;
  return Object.fromEntries(header.map((name, index) => [name, record[index]]));
}

function keyOf(row: CsvRow, { group }: CsvMapping): string | undefined {
  return group === undefined ? undefined : row[group];
}

function joins(group: Group, row: CsvRow, mapping: CsvMapping): boolean {
  return group.key !== undefined && group.key === keyOf(row, mapping) && group.rows.length < MAX_GROUP_ROWS;
}

async function* rowsOf(pieces: Pieces, mapping: CsvMapping): AsyncGenerator<Row> {
  const parser = parse({
    delimiter: mapping.delimiter,
    bom: true,
    info: true,
    raw: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_CHARACTERS,
  });
  const text = Readable.from(decoded(pieces, mapping.encoding));
  text.on('error', (error) => parser.destroy(error)).pipe(parser);
  try {
    for await (const row of parser) yield row as Row;
  } finally {
    text.destroy();
  }
}

async function* decoded(pieces: Pieces, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for await (const piece of pieces) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}
