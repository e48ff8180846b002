import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node, type YAMLError } from 'yaml';
import type { RulebookFault } from '#domain';

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

// A rulebook is some hundred lines; a file beyond this is not one, and is not worth the memory to parse.
const LONGEST_FILE = 4_000_000;

/**
 * Parses YAML 1.2 core schema: dates and `no` stay text, keys are unique, tags and merge keys have no meaning. Aliases expand
 * at most 100 times.
 */
export function readYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  if (text.length > LONGEST_FILE) return unreadable(file, 1, 'longer than 4 million characters', 'split the file');
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', schema: 'core' });
  const problems = [...document.errors, ...document.warnings];
  const faults = problems.map((problem) => syntaxFault(problem, file, lines));
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
  const mend =
    problem.code === 'DUPLICATE_KEY' ? 'keep one of the two, or make them entries of a list' : 'correct the YAML here';
  return { file, line: lines.linePos(problem.pos[0]).line, path: '', detail, mend };
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
