// The document as pieces of JSON text, so that a million deadlines need not fit into one string.
import type { Deadline, Evaluation } from '#domain';
import { ExposureSum, explanationJson, utcText } from '#domain';
import type { Language, ReportOptions } from './report.js';
import { eachDeadline, restOf, unexplained } from './report.js';

export function* reportJson(evaluation: Evaluation, options: ReportOptions): Generator<string> {
  const totals = new ExposureSum();
  let separator = '';
  yield `{"asOf":${JSON.stringify(utcText(evaluation.asOf))},"deadlines":[`;
  for (const text of eachDeadline(evaluation, totals, (one, of) => deadlineJson(one, of, options.language))) {
    yield `${separator}${text}`;
    separator = ',';
  }
  const { asOf: _asOf, ...rest } = restOf(evaluation, totals, options);
  yield `],${JSON.stringify(rest).slice(1)}`;
}

/** Its explanation is most of a deadline and mostly the same, so it is put in as text. */
function deadlineJson(deadline: Deadline, tenantId: string, language: Language): string {
  const lines = deadline.explanation.map((line) => explanationJson(line, language)).join(',');
  return `${JSON.stringify(unexplained(deadline, tenantId, language)).slice(0, -1)},"explanation":[${lines}]}`;
}
