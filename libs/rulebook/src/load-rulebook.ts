import {
  compileRulebooks,
  type CalendarSource,
  type CompiledRulebook,
  type RulebookDocument,
  type RulebookFault,
  type RuleOverlay,
} from '#domain';
import { calendarMaker, calendarSource } from './calendars/calendar-source.js';
import { readCalendars, type ReadCalendars } from './calendars/calendars-file.js';
import { placeFaults } from './place-faults.js';
import { readRulebooks, type ReadFile, type ReadRulebooks } from './read/read-rulebooks.js';
import { RulebookError } from './rulebook-error.js';

export interface LoadOptions {
  /** Overlays kept elsewhere, such as in the database; those of the folder apply too. */
  readonly overlays?: readonly RuleOverlay[];
  /** Documents in place of those of the folder with the same name, or beside them. */
  readonly drafts?: readonly RulebookDocument[];
  /** The same folder compiled before: without drafts, rules that no overlay changes are taken over from it. */
  readonly base?: CompiledRulebook;
}

/** Everything a folder of rulebooks says, as it was when it was read. */
export interface RulebookFolder {
  readonly calendars: ReadCalendars;
  readonly calendarOf: CalendarSource;
  readonly read: ReadRulebooks;
}

type Checked = { readonly rulebook: CompiledRulebook } | { readonly faults: readonly RulebookFault[] };

/** Reads every rulebook, overlay and calendar of a folder (usually `rulebooks`), for `loadRulebook` to compile as often as wanted. */
export function readRulebookFolder(directory: string): RulebookFolder {
  const calendars = readCalendars(directory);
  return { calendars, calendarOf: calendarSource(calendars.named), read: readRulebooks(directory) };
}

/**
 * Checks and compiles a folder, by its name or as read. Throws RulebookError with all faults of all files; whatever rulebook was active before
 * stays untouched.
 */
export function loadRulebook(folder: string | RulebookFolder, options: LoadOptions = {}): CompiledRulebook {
  const checked = checkRulebook(folder, options);
  if ('faults' in checked) throw new RulebookError(checked.faults);
  return checked.rulebook;
}

/** The same without throwing: the compiled rulebook, or every fault with file, line and JSON pointer. */
export function checkRulebook(folder: string | RulebookFolder, options: LoadOptions = {}): Checked {
  const { calendars, calendarOf, ...all } = typeof folder === 'string' ? readRulebookFolder(folder) : folder;
  const { drafts = [] } = options;
  const base = drafts.length === 0 ? options.base : undefined;
  const read = without(drafts, all.read);
  const readFaults = [...read.faults, ...calendars.faults, ...unknownBases(calendars), ...sameNames(read.rulebooks)];
  const overlays = [...read.overlays.flatMap((file) => file.value?.overlays ?? []), ...(options.overlays ?? [])];
  const compiled = compileRulebooks([...read.documents, ...drafts], overlays, calendarOf, base);
  if (readFaults.length === 0 && 'rulebook' in compiled) return compiled;
  const compileFaults = 'faults' in compiled ? placeFaults(compiled.faults, read) : [];
  const withinFaulty = read.rulebooks.flatMap((file) => faultsWithin(file, calendarOf));
  return { faults: inOrder([...readFaults, ...compileFaults, ...withinFaulty]) };
}

/** What was read without the rulebooks that a draft replaces: a fault of the draft has no line in their files. */
function without(drafts: readonly RulebookDocument[], read: ReadRulebooks): ReadRulebooks {
  const names = new Set(drafts.map(({ rulebook }) => rulebook));
  return {
    ...read,
    rulebooks: read.rulebooks.filter(({ value }) => !value || !names.has(value.rulebook)),
    documents: read.documents.filter(({ rulebook }) => !names.has(rulebook)),
  };
}

/** What compiling finds in a file whose form is already at fault, so that all its faults are told at once. */
function faultsWithin(file: ReadFile<RulebookDocument>, calendars: CalendarSource): RulebookFault[] {
  if (file.attempt === undefined) return [];
  try {
    const compiled = compileRulebooks([file.attempt as RulebookDocument], [], calendars);
    const faults = 'faults' in compiled ? placeFaults(compiled.faults, { rulebooks: [file], overlays: [] }) : [];
    return faults.filter((fault) => !isEcho(fault, file));
  } catch {
    return []; // too broken to look further; its form's faults are told already
  }
}

/** A consequence of a fault of form: inside it, left by a misspelt field, or on its line under a path the file does not have. */
function isEcho(fault: RulebookFault, { faults, source }: ReadFile<RulebookDocument>): boolean {
  return faults.some(
    (form) =>
      `${fault.path}/`.startsWith(`${form.path}/`) ||
      fault.path === form.path.slice(0, form.path.lastIndexOf('/')) ||
      (fault.line === form.line && !source.has(fault.path)),
  );
}

function inOrder(faults: readonly RulebookFault[]): RulebookFault[] {
  return [...faults].sort((a, b) => (a.file === b.file ? (a.line ?? 0) - (b.line ?? 0) : a.file < b.file ? -1 : 1));
}

function unknownBases({ named, file, lineOf }: ReadCalendars): RulebookFault[] {
  return [...named].flatMap(([id, { base }]) => {
    const path = `/calendars/${id}/base`;
    if (calendarMaker(id, named)) return [];
    const detail = `unknown calendar, or one based on itself: ${base}`;
    return [
      {
        file,
        line: lineOf(path),
        path,
        detail,
        mend: 'name a country, another calendar or weekdays, such as us-federal',
      },
    ];
  });
}

function sameNames(files: readonly ReadFile<RulebookDocument>[]): RulebookFault[] {
  const seen = new Map<string, string>();
  return files.flatMap(({ source, value }) => {
    const first = value && seen.get(value.rulebook);
    if (value && first === undefined) seen.set(value.rulebook, source.file);
    if (first === undefined) return [];
    const place = { file: source.file, line: source.lineOf('/rulebook'), path: '/rulebook' };
    return [{ ...place, detail: `${first} has this name already`, mend: 'give every rulebook a name of its own' }];
  });
}
