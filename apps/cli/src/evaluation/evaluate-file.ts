import type { Fault } from '#contracts';
import type { Evaluation } from '#domain';
import { evaluateState } from '#domain';
import { loadRulebook } from '#rulebook';
import { readDaysOff } from '../input/read-days-off.js';
import type { ReadEntry } from '../input/read-events.js';
import { readEvents } from '../input/read-events.js';
import { readMapping } from '../input/read-mapping.js';
import { UsageError } from '../usage-error.js';
import { FileState, happenedAt } from './file-state.js';
import type { ReportFault } from './report.js';

export interface EvaluateFileOptions {
  readonly map?: string;
  /** A file of days off per seller and warehouse. */
  readonly daysOff?: string;
  /** UTC epoch milliseconds; the latest event where absent. */
  readonly asOf?: number;
  readonly rules: string;
}

export interface ReadFileState {
  readonly state: FileState;
  readonly faults: readonly ReportFault[];
  /** Events that happened after `asOf`, left out. */
  readonly later: number;
}

/** Reads a file and judges it. Faults are told on standard error as they are met. Throws UsageError when nothing could be read. */
export async function evaluateFile(
  file: string,
  options: EvaluateFileOptions,
): Promise<{ evaluation: Evaluation; faults: readonly ReportFault[] }> {
  const rulebook = loadRulebook(options.rules);
  const { state, faults } = await readFileState(file, options);
  const asOf = options.asOf ?? state.latest;
  if (asOf === undefined) throw new UsageError(`${file}: no event could be read`);
  const evaluation = evaluateState(rulebook, state, asOf);
  tellUncovered(evaluation.uncovered);
  return { evaluation, faults };
}

/** The folded file. A CSV needs `map`. */
export async function readFileState(file: string, options: Omit<EvaluateFileOptions, 'rules'>): Promise<ReadFileState> {
  if (/\.csv$/i.test(file) && options.map === undefined) {
    throw new UsageError(
      `${file}: a CSV needs --map, the file that says which column is which field (docs/csv-mapping.md)`,
    );
  }
  const mapping = options.map === undefined ? undefined : readMapping(options.map);
  const read = await foldEvents(readEvents(file, { mapping }), options, (line, fault) => tellFault(file, line, fault));
  tellSums(read);
  return read;
}

/** Folds what is read; `tell` is called for faults, and for notes on what was read all the same. */
async function foldEvents(
  events: AsyncIterable<readonly ReadEntry[]>,
  { asOf, daysOff }: Pick<EvaluateFileOptions, 'asOf' | 'daysOff'>,
  tell: (line: number, fault: Fault) => void,
): Promise<ReadFileState> {
  const state = new FileState();
  const faults: ReportFault[] = [];
  let later = 0;
  for await (const entries of events) {
    for (const { line, event, faults: found, notes } of entries) {
      for (const note of notes) tell(line, note);
      for (const fault of found) {
        tell(line, fault);
        faults.push({ line, pointer: fault.pointer, detail: fault.detail });
      }
      if (!event) continue;
      if (asOf !== undefined && happenedAt(event) > asOf) later += 1;
      else state.add(event);
    }
  }
  if (daysOff !== undefined) state.rest(readDaysOff(daysOff));
  return { state, faults, later };
}

function tellFault(file: string, line: number, { pointer, detail }: Fault): void {
  console.error(`${file}:${line} ${pointer || '/'}: ${detail}`);
}

function tellSums({ faults, later }: Pick<ReadFileState, 'faults' | 'later'>): void {
  const badLines = new Set(faults.map((fault) => fault.line)).size;
  if (badLines > 0) console.error(`${badLines} ${badLines === 1 ? 'line' : 'lines'} could not be read`);
  if (later > 0) console.error(`${later} ${later === 1 ? 'event is' : 'events are'} later than --as-of and left out`);
}

function tellUncovered(orders: number): void {
  if (orders === 0) return;
  console.error(
    `${orders} orders have no rules: their platform and market are in no rulebook, or the order itself is missing`,
  );
}
