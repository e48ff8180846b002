// An explanation is the evaluation of a rule written down: while it is judged, or once more when somebody asks.
import type { CompiledVersion } from '../compile/compiled.js';
import type { ExplanationLine } from '../deadline.js';
import { outcomeOf, type Outcome } from './outcome.js';
import { projectFine, type FineNumbers } from './project-fine.js';
import type { Subject } from './subject.js';
import { traceRule, traceStatus } from './trace-rule.js';
import { Trace } from './trace.js';

export interface Unfolded {
  readonly lines: readonly ExplanationLine[];
  readonly formula: string;
}

export interface Judged {
  readonly outcome: Outcome;
  readonly fine: FineNumbers;
}

export function unfoldVersion(version: CompiledVersion, subject: Subject): Unfolded {
  const trace = new Trace();
  judgeVersion(version, subject, trace);
  return trace;
}

/** Undefined where the rule's clock has not started. With a trace everything is written down; the result is the same without one. */
export function judgeVersion(version: CompiledVersion, subject: Subject, trace: Trace | undefined): Judged | undefined {
  if (trace) traceRule(version, subject, trace);
  const outcome = outcomeOf(version, subject, trace);
  if (!outcome) return undefined;
  if (trace) traceStatus(outcome, trace);
  return { outcome, fine: projectFine(version, outcome, subject, trace) };
}
