// Rulebooks of a folder or of one file, and a draft laid over the published ones.
import { statSync } from 'node:fs';
import path from 'node:path';
import { readFileSync } from 'node:fs';
import type { CompiledRulebook, RulebookDocument } from '#domain';
import { compileRulebooks } from '#domain';
import { RulebookError, calendarSource, readCalendars, readRulebookText, readRulebooks } from '#rulebook';

/** Documents of a folder or of a single YAML file. Throws RulebookError with every fault. */
export function readDocuments(place: string): readonly RulebookDocument[] {
  const read = statSync(place).isDirectory() ? readRulebooks(place) : readOne(place);
  if (read.faults.length > 0) throw new RulebookError(read.faults);
  return read.documents;
}

function readOne(file: string) {
  const read = readRulebookText(readFileSync(file, 'utf8'), file);
  return { documents: read.value ? [read.value] : [], faults: read.faults };
}

/**
 * The published rulebooks of `rules` with those of the draft (a folder or a file) in place of the ones with the same name; overlays
 * and calendars stay those of `rules`. Throws RulebookError when the whole does not hold together.
 */
export function loadDraft(rules: string, draft: string): CompiledRulebook {
  const drafted = readDocuments(draft);
  const names = new Set(drafted.map((document) => document.rulebook));
  const published = readRulebooks(rules);
  const kept = published.documents.filter((document) => !names.has(document.rulebook));
  const overlays = published.overlays.flatMap((file) => file.value?.overlays ?? []);
  const calendars = calendarSource(readCalendars(path.resolve(rules)).named);
  const compiled = compileRulebooks([...kept, ...drafted], overlays, calendars);
  if ('faults' in compiled) throw new RulebookError(compiled.faults);
  return compiled.rulebook;
}
