// The document as pieces of JSON text, so that a million deadlines need not fit into one string.
import type { Deadline, Evaluation } from '#domain';
import { ExposureSum, explanationJson, utcText } from '#domain';
import type { Language, ReportOptions, ReportRest } from './report.js';
import { eachDeadline, restOf, unexplained } from './report.js';

export function* reportJson(evaluation: Evaluation, options: ReportOptions): Generator<string> {
  const totals = new ExposureSum();
  let separator = '';
  yield jsonHead(evaluation.asOf);
  for (const text of eachDeadline(evaluation, totals, (one, of) => deadlineJson(one, of, options.language))) {
    yield `${separator}${text}`;
    separator = ',';
  }
  yield jsonRest(restOf(evaluation, totals, options));
}

/** What comes before the deadlines. */
export function jsonHead(asOf: number): string {
  return `{"asOf":${JSON.stringify(utcText(asOf))},"deadlines":[`;
}

/** What comes after them. */
export function jsonRest({ asOf: _asOf, ...rest }: ReportRest): string {
  return `],${JSON.stringify(rest).slice(1)}`;
}

/** Its explanation is most of a deadline and mostly the same, so it is put in as text. */
export function deadlineJson(deadline: Deadline, tenantId: string, language: Language): string {
  const lines = deadline.explanation.map((line) => explanationJson(line, language)).join(',');
  return `${JSON.stringify(unexplained(deadline, tenantId, language)).slice(0, -1)},"explanation":[${lines}]}`;
}
