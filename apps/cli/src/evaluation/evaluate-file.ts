import type { Evaluation } from '#domain';
import { evaluateState } from '#domain';
import { loadRulebook } from '#rulebook';
import { readDaysOff } from '../input/read-days-off.js';
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
  if (options.daysOff !== undefined) state.rest(readDaysOff(options.daysOff));
  const asOf = options.asOf ?? state.latest;
  if (asOf === undefined) throw new UsageError(`${file}: no event could be read`);
  const evaluation = evaluateState(rulebook, state, asOf);
  if (evaluation.uncovered > 0) {
    console.error(
      `${evaluation.uncovered} orders have no rules: their platform and market are in no rulebook, or the order itself is missing`,
    );
  }
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
  const state = new FileState();
  const faults: ReportFault[] = [];
  let later = 0;
  for await (const entries of readEvents(file, { mapping })) {
    for (const { line, event, faults: found, notes } of entries) {
      for (const note of notes) tell(file, line, note);
      for (const fault of found) {
        tell(file, line, fault);
        faults.push({ line, pointer: fault.pointer, detail: fault.detail });
      }
      if (!event) continue;
      if (options.asOf !== undefined && happenedAt(event) > options.asOf) later += 1;
      else state.add(event);
    }
  }
  const badLines = new Set(faults.map((fault) => fault.line)).size;
  if (badLines > 0) console.error(`${badLines} ${badLines === 1 ? 'line' : 'lines'} could not be read`);
  if (later > 0) console.error(`${later} ${later === 1 ? 'event is' : 'events are'} later than --as-of and left out`);
  return { state, faults, later };
}

function tell(file: string, line: number, { pointer, detail }: { pointer: string; detail: string }): void {
  console.error(`${file}:${line} ${pointer || '/'}: ${detail}`);
}
