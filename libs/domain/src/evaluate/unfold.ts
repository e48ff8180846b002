// An explanation is the evaluation of a rule once more, written down.
import type { CompiledVersion } from '../compile/compiled.js';
import type { ExplanationLine } from '../deadline.js';
import { outcomeOf } from './outcome.js';
import { projectFine } from './project-fine.js';
import type { Subject } from './subject.js';
import { traceRule, traceStatus } from './trace-rule.js';
import { Trace } from './trace.js';

export interface Unfolded {
  readonly lines: readonly ExplanationLine[];
  readonly formula: string;
}

export function unfoldVersion(version: CompiledVersion, subject: Subject): Unfolded {
  const trace = new Trace();
  traceRule(version, subject, trace);
  const outcome = outcomeOf(version, subject, trace);
  if (outcome) {
    traceStatus(outcome, trace);
    projectFine(version, outcome, subject, trace);
  }
  return { lines: trace.lines, formula: trace.formula };
}
