import type { RulebookFault } from '#domain';
import type { ReadFile, ReadRulebooks } from './read/read-rulebooks.js';

type Sources = Pick<ReadRulebooks, 'rulebooks' | 'overlays'>;

/**
 * The domain names rulebooks and overlays and knows no files: its faults with the file and the line they stand in. Faults of an overlay
 * that came from elsewhere keep its name.
 */
export function placeFaults(faults: readonly RulebookFault[], sources: Sources): RulebookFault[] {
  const known = faults.map((fault) => inOverlay(fault, sources) ?? inRulebook(fault, sources) ?? fault);
  return known.filter((fault) => !isInherited(fault, known, sources));
}

/** The same fault where a rule takes over the document's own field, such as its calendar, without writing it. */
function isInherited(fault: RulebookFault, known: readonly RulebookFault[], { rulebooks }: Sources): boolean {
  const file = rulebooks.find(({ source }) => source.file === fault.file);
  if (!file || file.source.has(fault.path)) return false;
  const isOrigin = (other: RulebookFault) => other.file === fault.file && file.source.has(other.path);
  return known.some((other) => other.detail === fault.detail && isOrigin(other));
}

function inRulebook(fault: RulebookFault, { rulebooks }: Sources): RulebookFault | undefined {
  const file = rulebooks.find(({ source }) => nameOf(source.value) === fault.file);
  return file && placed(fault, file, fault.path);
}

/** `overlay <id>` as the file, or as a segment of the path below the rule it changes. */
function inOverlay(fault: RulebookFault, { overlays }: Sources): RulebookFault | undefined {
  const match = /^overlay (.+)$/.exec(fault.file) ?? /^\/rules\/\d+\/overlay ([^/]+)/.exec(fault.path);
  if (!match) return undefined;
  const within = fault.path.startsWith(match[0]) ? fault.path.slice(match[0].length) : fault.path;
  for (const file of overlays) {
    const index = file.value?.overlays.findIndex((overlay) => overlay.overlayId === match[1]) ?? -1;
    if (index >= 0) return placed(fault, file, `/overlays/${index}${within}`);
  }
  return undefined;
}

function placed(fault: RulebookFault, { source }: ReadFile<unknown>, path: string): RulebookFault {
  return { ...fault, file: source.file, line: source.lineOf(path), path };
}

function nameOf(value: unknown): unknown {
  return (value as { rulebook?: unknown } | null)?.rulebook;
}
