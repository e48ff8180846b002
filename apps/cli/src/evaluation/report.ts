// The one JSON document `fineline evaluate --json` prints. Published as docs/schemas/evaluate.schema.json.
import { z } from 'zod';
import type { Deadline, Effect, Evaluation, PointsBalance, RateSnapshot } from '#domain';
import { ExposureSum, renderExplanation, renderFormula, utcText } from '#domain';

export type Language = 'en' | 'zh';

const instant = z.string().meta({ format: 'date-time', description: 'RFC 3339 instant, UTC' });
const minor = z.int().meta({ description: 'integer minor units of the currency beside it' });
const value = z.union([z.string(), z.number(), z.boolean()]);
const effect = z.object({ kind: z.string(), values: z.record(z.string(), value) });

export const reportedDeadline = z.object({
  tenantId: z.string(),
  orderId: z.string(),
  parcelId: z.string().optional(),
  ruleId: z.string(),
  ruleVersion: z.string(),
  title: z.string(),
  platform: z.string(),
  market: z.string(),
  status: z.enum(['open', 'met', 'missed', 'waived', 'void']),
  stage: z.enum(['announced', 'warning', 'enforced']),
  startsAt: instant,
  dueAt: instant,
  zone: z.string(),
  governedBy: z.enum(['rule', 'platform', 'waiver']),
  computedDueAt: instant.optional(),
  platformDueAt: instant.optional(),
  satisfiedAt: instant.optional(),
  projectedFine: z.object({
    amountMinor: minor,
    currency: z.string(),
    expectedMinor: minor,
    chance: z.number(),
    formula: z.string(),
    confidence: z.string(),
    gate: z
      .object({
        metric: z.string(),
        threshold: z.string(),
        comparison: z.enum(['>', '>=', '<', '<=']),
        rate: z.string().optional(),
        crossed: z.boolean(),
      })
      .optional(),
    refundExpected: z.object({ monthsMin: z.int(), monthsMax: z.int() }).optional(),
  }),
  effects: z.array(effect),
  explanation: z.array(z.string()),
});

const reportedRate = z.object({
  rateId: z.string(),
  shopId: z.string(),
  rate: z.string(),
  numerator: z.number(),
  denominator: z.number(),
  origin: z.enum(['computed', 'reported']),
  measuredAt: instant,
  base: z.number().optional(),
  projectedRate: z.string().optional(),
  budget: z.number().optional(),
  evaluatedAt: instant.optional(),
  nextEvaluationAt: instant.optional(),
  effects: z.array(effect),
});

const reportedPoints = z.object({
  pointsId: z.string(),
  shopId: z.string(),
  balance: z.number(),
  projectedBalance: z.number().meta({ description: 'if every open deadline that costs points is missed' }),
  origin: z.enum(['computed', 'reported']),
  measuredAt: instant,
  effects: z.array(effect),
  next: z.object({ at: z.number(), away: z.number(), effects: z.array(effect) }).optional(),
  nextLapse: z.object({ at: instant, points: z.number() }).optional(),
  confidence: z.string(),
  explanation: z.array(z.string()),
});

export const evaluateReport = z
  .object({
    asOf: instant,
    deadlines: z.array(reportedDeadline),
    totals: z.array(
      z.object({ currency: z.string(), projectedMinor: minor, expectedMinor: minor, missedMinor: minor }),
    ),
    rates: z.array(reportedRate),
    points: z.array(reportedPoints),
    faults: z.array(z.object({ line: z.int(), pointer: z.string(), detail: z.string() })),
  })
  .meta({ title: 'fineline evaluate --json' });
export type EvaluateReport = z.output<typeof evaluateReport>;
export type ReportFault = EvaluateReport['faults'][number];

export interface ReportOptions {
  readonly faults: readonly ReportFault[];
  /** Language of titles and explanations. */
  readonly language: Language;
}

/** The document in its parts: deadlines one at a time, then what only the end knows. */
export function* reportParts(evaluation: Evaluation, options: ReportOptions): Generator<ReportPart> {
  const totals = new ExposureSum();
  const { language } = options;
  for (const deadline of eachDeadline(evaluation, totals, (one, of) => deadlineOf(one, of, language)))
    yield { deadline };
  yield { rest: restOf(evaluation, totals, options) };
}

/** Each deadline as `show` shows it, and its money added to `totals`. */
export function* eachDeadline<Shown>(
  { explained }: Evaluation,
  totals: ExposureSum,
  show: (deadline: Deadline, tenantId: string) => Shown,
): Generator<Shown> {
  for (const { shipment, deadlines } of explained) {
    for (const deadline of deadlines) {
      totals.add(deadline);
      yield show(deadline, shipment.order.tenantId);
    }
  }
}

export function restOf(evaluation: Evaluation, totals: ExposureSum, { faults, language }: ReportOptions): ReportRest {
  const rates = evaluation.rates.map(rateOf);
  const points = evaluation.points.map((each) => pointsOf(each, language));
  return { asOf: utcText(evaluation.asOf), totals: totals.totals(), rates, points, faults: [...faults] };
}

/** The same in one piece. */
export function reportOf(evaluation: Evaluation, options: ReportOptions): EvaluateReport {
  const deadlines: EvaluateReport['deadlines'] = [];
  let rest: ReportRest | undefined;
  for (const part of reportParts(evaluation, options)) {
    if ('deadline' in part) deadlines.push(part.deadline);
    else rest = part.rest;
  }
  return { ...(rest as ReportRest), deadlines };
}

export type ReportedDeadline = EvaluateReport['deadlines'][number];
export type ReportRest = Omit<EvaluateReport, 'deadlines'>;
export type ReportPart = { readonly deadline: ReportedDeadline } | { readonly rest: ReportRest };

function deadlineOf(deadline: Deadline, tenantId: string, language: Language): ReportedDeadline {
  const explanation = deadline.explanation.map((line) => renderExplanation(line, language));
  return { ...unexplained(deadline, tenantId, language), explanation };
}

/** A deadline as it is shown, but for its last field. report-json.ts writes out the same fields. */
function unexplained(deadline: Deadline, tenantId: string, language: Language): Omit<ReportedDeadline, 'explanation'> {
  const { fine, parcelId, computedDueAt, platformDueAt, satisfiedAt } = deadline;
  return {
    tenantId,
    orderId: deadline.orderId,
    ...(parcelId !== undefined && { parcelId }),
    ruleId: deadline.ruleId,
    ruleVersion: deadline.ruleVersion,
    title: deadline.title[language],
    platform: deadline.platform,
    market: deadline.market,
    status: deadline.status,
    stage: deadline.stage,
    startsAt: utcText(deadline.startsAt),
    dueAt: utcText(deadline.dueAt),
    zone: deadline.zone,
    governedBy: deadline.governedBy,
    ...(computedDueAt !== undefined && { computedDueAt: utcText(computedDueAt) }),
    ...(platformDueAt !== undefined && { platformDueAt: utcText(platformDueAt) }),
    ...(satisfiedAt !== undefined && { satisfiedAt: utcText(satisfiedAt) }),
    projectedFine: {
      amountMinor: fine.amountMinor,
      currency: fine.currency,
      expectedMinor: fine.expectedMinor,
      chance: fine.chance,
      formula: renderFormula(fine.formula, language),
      confidence: fine.confidence,
      ...(fine.gate && { gate: { ...fine.gate } }),
      ...(fine.refundExpected && { refundExpected: { ...fine.refundExpected } }),
    },
    effects: deadline.effects.map(effectView),
  };
}

function rateOf(rate: RateSnapshot): EvaluateReport['rates'][number] {
  const { rateId, shopId, numerator, denominator, origin, base, projectedRate, budget, evaluatedAt, nextEvaluationAt } =
    rate;
  return {
    rateId,
    shopId,
    rate: rate.rate,
    numerator,
    denominator,
    origin,
    measuredAt: utcText(rate.measuredAt),
    ...(base !== undefined && { base }),
    ...(projectedRate !== undefined && { projectedRate }),
    ...(budget !== undefined && { budget }),
    ...(evaluatedAt !== undefined && { evaluatedAt: utcText(evaluatedAt) }),
    ...(nextEvaluationAt !== undefined && { nextEvaluationAt: utcText(nextEvaluationAt) }),
    effects: rate.effects.map(effectView),
  };
}

function pointsOf(points: PointsBalance, language: Language): EvaluateReport['points'][number] {
  const { next, nextLapse, measuredAt, effects, explanation, ...plain } = points;
  return {
    ...plain,
    measuredAt: utcText(measuredAt),
    effects: effects.map(effectView),
    ...(next && { next: { ...next, effects: next.effects.map(effectView) } }),
    ...(nextLapse && { nextLapse: { at: utcText(nextLapse.at), points: nextLapse.points } }),
    explanation: explanation.map((line) => renderExplanation(line, language)),
  };
}

export function effectView({ kind, values }: Effect): EvaluateReport['rates'][number]['effects'][number] {
  return { kind, values: { ...values } };
}
