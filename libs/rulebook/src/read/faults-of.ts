import type { z } from 'zod';
import type { RulebookFault } from '#domain';
import { nearest } from './did-you-mean.js';
import { pointerOf, type YamlFile } from './yaml-file.js';

type Issue = z.core.$ZodIssue;

// More of them in one place is another kind of file, and finding each one's line would take minutes.
const MOST_UNKNOWN_FIELDS = 20;

/** What zod found, as faults with file, line, JSON pointer and how to mend them. */
export function faultsOf(issues: readonly Issue[], source: YamlFile): RulebookFault[] {
  return issues.flatMap((issue) => faultsOfIssue(issue, [], source));
}

function faultsOfIssue(issue: Issue, parent: readonly PropertyKey[], source: YamlFile): RulebookFault[] {
  const path = [...parent, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    return meantBranch(issue.errors).flatMap((inner) => faultsOfIssue(inner, path, source));
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, MOST_UNKNOWN_FIELDS)
      .map((key) => unknownField(key, issue.message.split(', '), [...path, key], source));
  }
  if (issue.code === 'invalid_key') return issue.issues.flatMap((inner) => faultsOfIssue(inner, path, source));
  return [{ ...placed(path, source), ...sentence(issue, path, source) }];
}

/** The data with sound text in place of text of the wrong form, so that what is wrong elsewhere can be found too. */
export function withStandIns(value: unknown, issues: readonly Issue[]): unknown {
  const copy = structuredClone(value);
  for (const { path, standIn } of issues.flatMap((issue) => standInsOf(issue, []))) {
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((node, key) => (node as Record<PropertyKey, unknown>)?.[key], copy);
    if (parent && typeof parent === 'object') (parent as Record<PropertyKey, unknown>)[path.at(-1)!] = standIn;
  }
  return copy;
}

function standInsOf(issue: Issue, parent: readonly PropertyKey[]): { path: PropertyKey[]; standIn: string }[] {
  const path = [...parent, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    return meantBranch(issue.errors).flatMap((inner) => standInsOf(inner, path));
  }
  const standIn = issue.code === 'custom' ? (issue.params?.standIn as string | undefined) : undefined;
  return standIn === undefined ? [] : [{ path, standIn }];
}

function placed(path: readonly PropertyKey[], source: YamlFile): Pick<RulebookFault, 'file' | 'line' | 'path'> {
  const pointer = pointerOf(path);
  return { file: source.file, line: source.lineOf(pointer), path: pointer };
}

function unknownField(key: string, known: readonly string[], path: PropertyKey[], source: YamlFile): RulebookFault {
  const meant = nearest(key, known);
  const place = { ...placed(path, source), detail: `unknown field ${key}` };
  if (meant) return { ...place, mend: `did you mean ${meant}?` };
  // The usual slip in `{ en: Not shipped, or late }`.
  if (key.includes(' ')) return { ...place, mend: 'put the text in quotes: inside { } a comma ends it' };
  return { ...place, mend: `remove it, or use one of ${known.join(', ')}` };
}

/** Of the forms a value may have, the one it comes nearest to: only that one's faults help the author. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const distance = (issues: readonly Issue[]) => issues.reduce((sum, issue) => sum + weightOf(issue), 0);
  return [...branches].sort((a, b) => distance(a) - distance(b))[0]!;
}

function weightOf(issue: Issue): number {
  if (issue.code === 'unrecognized_keys') return 3 * issue.keys.length;
  if (issue.code === 'invalid_type' && issue.path.length === 0) return 100;
  if (issue.code === 'invalid_value' && issue.path.length === 0) return typeof issue.input === 'string' ? 10 : 100;
  // A wrong literal (`kind`, `test`) says that another form was meant; a missing field nearly so.
  if (issue.code === 'invalid_value' && issue.path.length === 1) return issue.values.length === 1 ? 8 : 1;
  if (issue.code === 'invalid_type' && issue.path.length === 1 && issue.input === undefined) return 4;
  return 1;
}

function sentence(
  issue: Issue,
  path: readonly PropertyKey[],
  source: YamlFile,
): Pick<RulebookFault, 'detail' | 'mend'> {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue, path, source);
    case 'invalid_value':
      return notOneOf(issue.input, issue.values.map(String), String(path.at(-1)));
    case 'custom':
      return { detail: withValue(issue.message, issue.input), mend: String(issue.params?.mend ?? 'correct the value') };
    default:
      return { detail: withValue(issue.message, issue.input), mend: 'correct the value' };
  }
}

function wrongType(
  issue: Extract<Issue, { code: 'invalid_type' }>,
  path: readonly PropertyKey[],
  source: YamlFile,
): Pick<RulebookFault, 'detail' | 'mend'> {
  const field = String(path.at(-1) ?? 'the file');
  if (issue.input === undefined) return { detail: `${field} is missing`, mend: `add ${field} (${issue.expected})` };
  if (issue.input === null) return { detail: `${field} is empty`, mend: `write ${issue.expected}, or remove ${field}` };
  const written = source.writtenAt(pointerOf(path)) ?? (Array.isArray(issue.input) ? 'a list' : typeof issue.input);
  const detail = `${field} must be ${issue.expected}, not ${written}`;
  const isNumberForText = issue.expected === 'string' && typeof issue.input === 'number';
  return { detail, mend: isNumberForText ? `put it in quotes: "${written}"` : `write ${issue.expected}` };
}

function notOneOf(input: unknown, known: readonly string[], field: string): Pick<RulebookFault, 'detail' | 'mend'> {
  const mend = `use ${known.length > 1 ? 'one of ' : ''}${known.join(', ')}`;
  if (input === undefined) return { detail: `${field} is missing`, mend };
  if (input === null) return { detail: `${field} is empty`, mend };
  const meant = typeof input === 'string' ? nearest(input, known) : undefined;
  return { detail: `${JSON.stringify(input)} is not known here`, mend: meant ? `did you mean ${meant}?` : mend };
}

function withValue(message: string, input: unknown): string {
  return typeof input === 'string' || typeof input === 'number' ? `${message}: ${input}` : message;
}
