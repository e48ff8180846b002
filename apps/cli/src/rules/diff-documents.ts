// What differs between two sets of rulebooks, leaf by leaf, so that a reviewer reads the change and not the files.
import type { RulebookDocument } from '#domain';

export interface Difference {
  /** Rulebook and the place in it, such as `tiktok-us TTS-US-1 2026-01-26 clock.count.amount`. */
  readonly place: string;
  readonly before?: string;
  readonly after?: string;
}

/** Differences sorted by place. Rules and versions are matched by id, so moving one in its file is no difference. */
export function diffDocuments(
  before: readonly RulebookDocument[],
  after: readonly RulebookDocument[],
): readonly Difference[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  const places = [...new Set([...old.keys(), ...now.keys()])].sort();
  return places.flatMap((place) =>
    old.get(place) === now.get(place) ? [] : [{ place, before: old.get(place), after: now.get(place) }],
  );
}

function leavesOf(documents: readonly RulebookDocument[]): Map<string, string> {
  const leaves = new Map<string, string>();
  for (const document of documents) collect(document, document.rulebook, ' ', leaves);
  return leaves;
}

const NAMED_BY = ['id', 'version', 'rule', 'overlayId'] as const;

function collect(value: unknown, place: string, separator: string, leaves: Map<string, string>): void {
  if (typeof value !== 'object' || value === null) {
    leaves.set(place, String(value));
    return;
  }
  const entries = Array.isArray(value)
    ? value.map((child, index) => [nameOf(child, index), child] as const)
    : entriesOf(value);
  if (entries.length === 0) leaves.set(place, Array.isArray(value) ? '[]' : '{}');
  for (const [name, child] of entries) {
    // The lists of rules and versions are left out of the place: `TTS-US-1 2026-01-26` says enough.
    const isList = name === 'rules' || name === 'versions';
    collect(child, isList ? place : `${place}${separator}${name}`, isList || Array.isArray(value) ? ' ' : '.', leaves);
  }
}

function entriesOf(value: object): (readonly [string, unknown])[] {
  return Object.entries(value).filter(([, child]) => child !== undefined);
}

function nameOf(value: unknown, index: number): string {
  if (typeof value !== 'object' || value === null) return String(index);
  const named = NAMED_BY.map((field) => (value as Record<string, unknown>)[field]).find(
    (name) => typeof name === 'string',
  );
  return typeof named === 'string' ? named : String(index);
}
