import { describe, expect, it } from '@jest/globals';
import { parseCloudEvent } from '#contracts';
import type { Deadline, Evaluation } from '#domain';
import { evaluateState, exposure, formatMinor } from '#domain';
import { loadRulebook } from '#rulebook';
import { FileState } from '../../apps/cli/src/evaluation/file-state.js';
import type { WorkedCase } from './case.js';
import { cloudEventsOf, readCases } from './case.js';

const rulebook = loadRulebook('rulebooks');

describe.each([
  ['published', readCases('published.yaml')],
  ['derived', readCases('derived.yaml')],
])('%s worked examples', (_, cases) => {
  it.each(cases.map((each) => [each.name, each] as const))('%s', (_name, each) => {
    const evaluation = evaluate(each);
    for (const expected of each.expect) expectDeadline(evaluation, expected);
    for (const expected of each.rates) expectRate(evaluation, expected);
    for (const expected of each.points) expectPoints(evaluation, expected);
    if (each.total !== undefined) expect(missedTotal(evaluation)).toBe(each.total);
  });
});

function evaluate(each: WorkedCase): Evaluation {
  const state = new FileState();
  for (const event of cloudEventsOf(each)) {
    const parsed = parseCloudEvent(event, { tenantId: 'local' });
    if (!parsed.ok) throw new Error(`not a canonical event: ${JSON.stringify(parsed.faults)}`);
    state.add(parsed.event);
  }
  return evaluateState(rulebook, state, each.asOf ? Date.parse(each.asOf) : (state.latest as number));
}

function expectDeadline(evaluation: Evaluation, expected: WorkedCase['expect'][number]): void {
  const found = [...evaluation.orders]
    .flatMap((order) => order.deadlines)
    .filter((deadline) => isMeant(deadline, expected));
  if (expected.status === 'none') return expect(found).toEqual([]);
  expect(found.map((deadline) => factsOf(deadline, expected))).toEqual([wanted(expected)]);
}

function isMeant(
  { ruleId, parcelId, orderId }: Deadline,
  { rule, parcel, order }: WorkedCase['expect'][number],
): boolean {
  return ruleId === rule && (!parcel || parcelId === parcel) && (!order || orderId === order);
}

function expectRate(evaluation: Evaluation, expected: WorkedCase['rates'][number]): void {
  const { rate, value, cap, effects, budget, nextEvaluationAt } = expected;
  const snapshot = evaluation.rates.find((one) => one.rateId === rate);
  if (value !== undefined) expect(snapshot?.rate).toBe(value);
  if (cap !== undefined) expect(snapshot?.effects.map((effect) => effect.values['cap'])).toEqual([cap]);
  if (effects !== undefined) expect(snapshot?.effects ?? []).toHaveLength(effects);
  if (budget !== undefined) expect(snapshot?.budget).toBe(budget);
  if (nextEvaluationAt !== undefined) expect(snapshot?.nextEvaluationAt).toBe(Date.parse(nextEvaluationAt));
}

function expectPoints(evaluation: Evaluation, expected: WorkedCase['points'][number]): void {
  const { points, balance, projected, effects, away, lapsesAt } = expected;
  const found = evaluation.points.find((one) => one.pointsId === points);
  expect(found?.balance).toBe(balance);
  if (projected !== undefined) expect(found?.projectedBalance).toBe(projected);
  if (effects !== undefined) expect(found?.effects).toHaveLength(effects);
  if (away !== undefined) expect(found?.next?.away).toBe(away);
  if (lapsesAt !== undefined) expect(found?.nextLapse?.at).toBe(Date.parse(lapsesAt));
}

/** Of a deadline only what the case states. */
function factsOf(deadline: Deadline, expected: WorkedCase['expect'][number]): object {
  const { fine } = deadline;
  return {
    status: deadline.status,
    ...(expected.version && { version: deadline.ruleVersion }),
    ...(expected.startsAt && { startsAt: text(deadline.startsAt) }),
    ...(expected.dueAt && { dueAt: text(deadline.dueAt) }),
    ...(expected.fine && { fine: formatMinor(fine.amountMinor, fine.currency) }),
    ...(expected.refundMonths && { refundMonths: [fine.refundExpected?.monthsMin, fine.refundExpected?.monthsMax] }),
    ...(expected.refunded !== undefined && { refunded: fine.refundExpected !== undefined }),
    ...(expected.gated !== undefined && { gated: fine.gate !== undefined && !fine.gate.crossed }),
  };
}

function wanted({
  rule: _rule,
  parcel: _parcel,
  order: _order,
  startsAt,
  dueAt,
  ...expected
}: WorkedCase['expect'][number]): object {
  return {
    ...expected,
    ...(startsAt && { startsAt: text(Date.parse(startsAt)) }),
    ...(dueAt && { dueAt: text(Date.parse(dueAt)) }),
  };
}

function missedTotal(evaluation: Evaluation): string {
  const totals = exposure([...evaluation.orders].flatMap((order) => order.deadlines));
  return totals.map(({ missedMinor, currency }) => formatMinor(missedMinor, currency)).join(' + ');
}

function text(at: number): string {
  return new Date(at).toISOString();
}
