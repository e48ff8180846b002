import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type YAMLError,
} from 'yaml';
import type { RulebookFault } from '#domain';
import { parsedBefore } from './parsed-before.js';

/** A parsed YAML or JSON file that still knows where everything stood. */
export interface YamlFile {
  readonly file: string;
  /** Plain data; undefined when the file could not be parsed. */
  readonly value: unknown;
  readonly faults: readonly RulebookFault[];
  /** Line (from 1) of a JSON pointer such as `/rules/0/id`, or of the nearest parent that exists. */
  lineOf(pointer: string): number;
  has(pointer: string): boolean;
  /** The scalar at a pointer as it was written, quotes included. */
  writtenAt(pointer: string): string | undefined;
}

// The longest rulebook has some 40,000 characters.
const LONGEST_FILE = 400_000;
const MOST_SYNTAX_FAULTS = 20;

/** `parseYaml`; a file that the build has parsed is parsed again only when somebody asks where something stands in it. */
export function readYaml(text: string, file: string): YamlFile {
  const value = parsedBefore(text);
  if (value === undefined) return parseYaml(text, file);
  let parsed: YamlFile | undefined;
  const source = (): YamlFile => (parsed ??= parseYaml(text, file));
  return {
    file,
    value,
    faults: [],
    lineOf: (pointer) => source().lineOf(pointer),
    has: (pointer) => source().has(pointer),
    writtenAt: (pointer) => source().writtenAt(pointer),
  };
}

/**
 * Parses YAML 1.2 core schema: dates and `no` stay text, keys are unique, tags and merge keys have no meaning. Aliases expand
 * at most 100 times.
 */
export function parseYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  if (text.length > LONGEST_FILE) return unreadable(file, 1, 'longer than 400,000 characters', 'split the file');
  // Its own check for unique keys takes time in the square of their number.
  const options = {
    lineCounter: lines,
    prettyErrors: false,
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
  } as const;
  const document = parseDocument(text, options);
  const problems = [...document.errors, ...document.warnings].slice(0, MOST_SYNTAX_FAULTS);
  const faults = [
    ...problems.map((problem) => syntaxFault(problem, file, lines)),
    ...repeatedKeys(document).map(({ key, offset }) => ({
      file,
      line: lines.linePos(offset).line,
      path: '',
      detail: `${key} is there twice`,
      mend: 'keep one of the two, or make them entries of a list',
    })),
  ];
  const lineOf = (pointer: string) => lines.linePos(offsetOf(document, segmentsOf(pointer))).line;
  const writtenAt = (pointer: string) => {
    const node = document.getIn(segmentsOf(pointer), true);
    return isScalar(node) && node.range ? text.slice(node.range[0], node.range[1]) : undefined;
  };
  const has = (pointer: string) => document.hasIn(segmentsOf(pointer));
  if (faults.length > 0) return { file, value: undefined, faults, lineOf, has, writtenAt };
  try {
    return { file, value: document.toJS({ maxAliasCount: 100 }), faults, lineOf, has, writtenAt };
  } catch (error) {
    return unreadable(file, 1, (error as Error).message, 'write the repeated parts out instead of using aliases');
  }
}

/** `~1` and `~0` are the escapes of RFC 6901; whole numbers index lists. */
export function segmentsOf(pointer: string): (string | number)[] {
  const segments = pointer.split('/').slice(1);
  return segments.map((segment) => {
    return /^\d+$/.test(segment) ? Number(segment) : segment.replaceAll('~1', '/').replaceAll('~0', '~');
  });
}

export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function unreadable(file: string, line: number, detail: string, mend: string): YamlFile {
  const faults = [{ file, line, path: '', detail, mend }];
  return { file, value: undefined, faults, lineOf: () => line, has: () => false, writtenAt: () => undefined };
}

function syntaxFault(problem: YAMLError, file: string, lines: LineCounter): RulebookFault {
  const detail = problem.message.split('\n')[0]!;
  return { file, line: lines.linePos(problem.pos[0]).line, path: '', detail, mend: 'correct the YAML here' };
}

function repeatedKeys(document: Document.Parsed): { key: string; offset: number }[] {
  const repeated: { key: string; offset: number }[] = [];
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : '';
        if (seen.has(name)) repeated.push({ key: name, offset: startOf(key) ?? 0 });
        seen.add(name);
      }
    },
  });
  return repeated.slice(0, MOST_SYNTAX_FAULTS);
}

function offsetOf(document: Document.Parsed, segments: readonly (string | number)[]): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const segment of segments) {
    const next = childOf(node, segment);
    if (!next) break;
    offset = next.offset ?? offset;
    node = next.value;
  }
  return offset;
}

function childOf(node: unknown, segment: string | number): { value: unknown; offset?: number } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(segment));
    return pair && { value: pair.value, offset: startOf(pair.key) };
  }
  if (!isSeq(node) || typeof segment !== 'number') return undefined;
  const value = node.items[segment];
  return value === undefined ? undefined : { value, offset: startOf(value) };
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}
