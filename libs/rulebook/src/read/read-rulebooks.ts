import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import type { RulebookDocument, RulebookFault, RuleOverlay } from '#domain';
import { overlayFileSchema, rulebookSchema } from '../schema/rulebook.js';
import { CALENDARS_FILE } from './calendars-file-name.js';
import { faultsOf, withStandIns } from './faults-of.js';
import { readYaml, type YamlFile } from './yaml-file.js';

/** A file with what it says: `value` when it is sound, `attempt` (plain, unchecked data) when only its parts are faulty. */
export interface ReadFile<T> {
  readonly source: YamlFile;
  readonly value?: T;
  readonly attempt?: unknown;
  readonly faults: readonly RulebookFault[];
}

export interface ReadRulebooks {
  readonly rulebooks: readonly ReadFile<RulebookDocument>[];
  readonly overlays: readonly ReadFile<{ readonly overlays: readonly RuleOverlay[] }>[];
  /** The sound documents. A non-empty `faults` means they must not be used. */
  readonly documents: readonly RulebookDocument[];
  readonly faults: readonly RulebookFault[];
}

const OVERLAYS_FOLDER = 'overlays';

/**
 * Reads every `.yaml` and `.yml` rulebook of a folder and every `.yaml`, `.yml` and `.json` overlay of its `overlays` folder, in name
 * order. All faults of all files are returned at once. Throws only when the folder cannot be read.
 */
export function readRulebooks(directory: string): ReadRulebooks {
  const rulebooks = filesIn(directory, /\.ya?ml$/)
    .filter((file) => path.basename(file) !== CALENDARS_FILE)
    .map((file) => readRulebookText(readFileSync(file, 'utf8'), file));
  const overlays = overlayFilesIn(directory).map((file) => readOverlayText(readFileSync(file, 'utf8'), file));
  const documents = rulebooks.flatMap((read) => read.value ?? []);
  return { rulebooks, overlays, documents, faults: [...rulebooks, ...overlays].flatMap((read) => read.faults) };
}

/** One rulebook from text, such as a draft; `file` only names it in faults. */
export function readRulebookText(text: string, file: string): ReadFile<RulebookDocument> {
  return readText(text, file, rulebookSchema);
}

/** One overlay file (`overlays:` and a list) from YAML or JSON text. */
export function readOverlayText(text: string, file: string): ReadFile<{ readonly overlays: readonly RuleOverlay[] }> {
  return readText(text, file, overlayFileSchema);
}

/** Any YAML or JSON text against a schema. */
export function readText<T>(text: string, file: string, schema: z.ZodType<T>): ReadFile<T> {
  const source = readYaml(text, file);
  if (source.faults.length > 0) return { source, faults: source.faults };
  const parsed = schema.safeParse(source.value, { reportInput: true });
  if (parsed.success) return { source, value: parsed.data, faults: [] };
  const { issues } = parsed.error;
  return { source, attempt: withStandIns(source.value, issues), faults: faultsOf(issues, source) };
}

function filesIn(directory: string, named: RegExp): string[] {
  const names = readdirSync(directory).filter((name) => named.test(name) && !name.startsWith('.'));
  return names.sort().map((name) => path.join(directory, name));
}

function overlayFilesIn(directory: string): string[] {
  const hasOverlays = readdirSync(directory).includes(OVERLAYS_FOLDER);
  return hasOverlays ? filesIn(path.join(directory, OVERLAYS_FOLDER), /\.(ya?ml|json)$/) : [];
}
