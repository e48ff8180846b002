// One instant's judgement of folded events: deadlines and rates. Two passes, since a fine may depend on the shop's rate and a
// rate is made of all its deadlines.
import type { CompiledRulebook } from '../compile/compiled.js';
import type { Deadline } from '../deadline.js';
import type { PointsBalance, RateSnapshot } from '../evaluate-types.js';
import { evaluateOrder } from '../evaluate/evaluate-order.js';
import type { Shipment } from '../state.js';
import { Findings } from './findings.js';
import { pointsOfTenant } from './points-of-tenant.js';
import { ReplayContext } from './replay-context.js';
import type { ReplayState, TenantState } from './replay-state.js';
import { shipmentsOf } from './shipments.js';

export interface JudgedOrder {
  readonly shipment: Shipment;
  readonly deadlines: readonly Deadline[];
}
interface Judgement {
  /** Each walk judges anew, order by order, so that explanations of a large file are never all in memory. */
  readonly orders: Iterable<JudgedOrder>;
  /** The same for whoever reads every explanation: they are written while the order is judged. */
  readonly explained: Iterable<JudgedOrder>;
  readonly rates: readonly RateSnapshot[];
  readonly points: readonly PointsBalance[];
  /** Orders known only from labels or scans, or whose platform and market no rulebook covers. */
  readonly uncovered: number;
}
export interface Evaluation extends Judgement {
  /** The instant judged at. */
  readonly asOf: number;
}

/** Judges every order of the state at `asOf`. Orders come in the order they were first seen, tenant by tenant. */
export function evaluateState(rulebook: CompiledRulebook, state: ReplayState, asOf: number): Evaluation {
  return drained(evaluateSteps(rulebook, state, asOf));
}

/** The same, giving way after each order, so that a server can do other work in between. */
export function* evaluateSteps(
  rulebook: CompiledRulebook,
  state: ReplayState,
  asOf: number,
): Generator<void, Evaluation> {
  const tenants: Judgement[] = [];
  for (const tenant of state.tenants()) tenants.push(yield* evaluateTenant(rulebook, tenant, asOf));
  return {
    asOf,
    orders: { [Symbol.iterator]: () => eachOf(tenants, 'orders') },
    explained: { [Symbol.iterator]: () => eachOf(tenants, 'explained') },
    rates: tenants.flatMap((tenant) => tenant.rates),
    points: tenants.flatMap((tenant) => tenant.points),
    uncovered: tenants.reduce((sum, tenant) => sum + tenant.uncovered, 0),
  };
}

/** Runs a generator to its end without a pause. */
export function drained<Result>(steps: Generator<unknown, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function* eachOf(tenants: readonly Judgement[], walk: 'orders' | 'explained'): Generator<JudgedOrder> {
  for (const tenant of tenants) yield* tenant[walk];
}

function* evaluateTenant(rulebook: CompiledRulebook, state: TenantState, asOf: number): Generator<void, Judgement> {
  const shipments = shipmentsOf(state);
  const context = new ReplayContext(state, asOf, shipments, rulebook);
  function* judge(explain: boolean): Generator<JudgedOrder> {
    for (const shipment of shipments) {
      yield { shipment, deadlines: evaluateOrder(shipment, rulebook, context, explain) };
    }
  }
  const orders = { [Symbol.iterator]: () => judge(false) };
  const explained = { [Symbol.iterator]: () => judge(true) };
  const found = new Findings(rulebook, asOf);
  let uncovered = 0;
  for (const judged of orders) {
    found.add(judged);
    if (!isCovered(judged.shipment, rulebook)) uncovered += 1;
    yield;
  }
  const rates = found.rates(state.metrics);
  context.learn(found.history, [...rates, ...found.pastRates(state.metrics)]);
  const points = pointsOfTenant(rulebook, state, found.pointed, asOf);
  return { orders, explained, rates, points, uncovered };
}

function isCovered({ facts }: Shipment, rulebook: CompiledRulebook): boolean {
  return facts !== undefined && rulebook.rulesFor(facts.platform, facts.market).length > 0;
}
