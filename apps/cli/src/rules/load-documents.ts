// Rulebooks of a folder or of one file, and a draft laid over the published ones.
import { readFileSync, statSync } from 'node:fs';
import type { CompiledRulebook, RulebookDocument } from '#domain';
import { RulebookError, loadRulebook, readRulebookText, readRulebooks } from '#rulebook';

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
  return loadRulebook(rules, { drafts: readDocuments(draft) });
}
