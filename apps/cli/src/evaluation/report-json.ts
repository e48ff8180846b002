// The document as pieces of JSON text, so that a million deadlines need not fit into one string.
import type { Deadline, Evaluation } from '#domain';
import { ExposureSum, explanationJson, renderFormula, textJson, utcText } from '#domain';
import type { Language, ReportOptions } from './report.js';
import { eachDeadline, effectView, restOf } from './report.js';

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
  let text = `${unexplainedJson(deadline, tenantId, language)},"explanation":`;
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

/** What `unexplained` has, without the last bracket: field by field, which is cheaper than an object made for `JSON.stringify`. */
function unexplainedJson(deadline: Deadline, tenantId: string, language: Language): string {
  const { parcelId, computedDueAt, platformDueAt, satisfiedAt, fine, effects } = deadline;
  return (
    `{"tenantId":${textJson(tenantId)},"orderId":${textJson(deadline.orderId)}` +
    (parcelId === undefined ? '' : `,"parcelId":${textJson(parcelId)}`) +
    `,"ruleId":${textJson(deadline.ruleId)},"ruleVersion":${textJson(deadline.ruleVersion)}` +
    `,"title":${textJson(deadline.title[language])},"platform":${textJson(deadline.platform)}` +
    `,"market":${textJson(deadline.market)},"status":"${deadline.status}","stage":"${deadline.stage}"` +
    `,"startsAt":"${utcText(deadline.startsAt)}","dueAt":"${utcText(deadline.dueAt)}"` +
    `,"zone":${textJson(deadline.zone)},"governedBy":"${deadline.governedBy}"` +
    (computedDueAt === undefined ? '' : `,"computedDueAt":"${utcText(computedDueAt)}"`) +
    (platformDueAt === undefined ? '' : `,"platformDueAt":"${utcText(platformDueAt)}"`) +
    (satisfiedAt === undefined ? '' : `,"satisfiedAt":"${utcText(satisfiedAt)}"`) +
    `,"projectedFine":${fineJson(fine, language)},"effects":${JSON.stringify(effects.map(effectView))}`
  );
}

function fineJson(fine: Deadline['fine'], language: Language): string {
  const { amountMinor, currency, expectedMinor, chance, formula, confidence, gate, refundExpected } = fine;
  return (
    `{"amountMinor":${amountMinor},"currency":${textJson(currency)},"expectedMinor":${expectedMinor},"chance":${chance}` +
    `,"formula":${textJson(renderFormula(formula, language))},"confidence":"${confidence}"` +
    (gate ? `,"gate":${JSON.stringify(gate)}` : '') +
    (refundExpected ? `,"refundExpected":${JSON.stringify(refundExpected)}}` : '}')
  );
}
