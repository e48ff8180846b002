// The document as pieces of JSON text, so that a million deadlines need not fit into one string.
import type { Deadline, Evaluation } from '#domain';
import { ExposureSum, explanationJson, utcText } from '#domain';
import type { Language, ReportOptions } from './report.js';
import { eachDeadline, restOf, unexplained } from './report.js';

/** Pieces of text, or of its UTF-8 where they come again and again. */
export function* reportJson(evaluation: Evaluation, options: ReportOptions): Generator<string | Uint8Array> {
  const totals = new ExposureSum();
  let separator = '';
  yield `{"asOf":${JSON.stringify(utcText(evaluation.asOf))},"deadlines":[\n`;
  for (const pieces of eachDeadline(evaluation, totals, (one, of) => deadlineJson(one, of, options.language))) {
    yield separator;
    yield* pieces;
    separator = ',';
  }
  const { asOf: _asOf, ...rest } = restOf(evaluation, totals, options);
  yield `],${JSON.stringify(rest).slice(1)}\n`;
}

/** Its explanation is most of a deadline and mostly the same, so it is put in as it is. */
function* deadlineJson(deadline: Deadline, tenantId: string, language: Language): Generator<string | Uint8Array> {
  let text = `${JSON.stringify(unexplained(deadline, tenantId, language)).slice(0, -1)},"explanation":`;
  let separator = '[';
  for (const line of deadline.explanation) {
    text += separator;
    separator = ',';
    const json = explanationJson(line, language);
    if (typeof json === 'string') {
      text += json;
      continue;
    }
    yield text;
    yield json;
    text = '';
  }
  yield `${text}]}\n`;
}
