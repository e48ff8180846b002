// One instant's judgement of everything in a file: deadlines and rates. Two passes, since a fine may depend on the shop's rate and a
// rate is made of all its deadlines.
import type { CompiledRulebook, Deadline, RateSnapshot, Shipment } from '#domain';
import { evaluateOrder } from '#domain';
import { FileContext } from './file-context.js';
import type { FileState } from './file-state.js';
import { ratesOf } from './rates-of.js';
import { shipmentsOf, tenantsOf } from './shipments.js';

export interface JudgedOrder {
  readonly shipment: Shipment;
  readonly deadlines: readonly Deadline[];
}
export interface Evaluation {
  /** The instant judged at. */
  readonly asOf: number;
  /** Each walk judges anew, order by order, so that explanations of a large file are never all in memory. */
  readonly orders: Iterable<JudgedOrder>;
  readonly rates: readonly RateSnapshot[];
  /** Orders known only from labels or scans, or whose platform and market no rulebook covers. */
  readonly uncovered: number;
}

/** Judges every order of the file at `asOf`. Orders come in the order they were first seen, tenant by tenant. */
export function evaluateState(rulebook: CompiledRulebook, state: FileState, asOf: number): Evaluation {
  const tenants = tenantsOf(state).map((tenantId) => evaluateTenant(rulebook, state, tenantId, asOf));
  return {
    asOf,
    orders: { [Symbol.iterator]: () => ordersOf(tenants) },
    rates: tenants.flatMap((tenant) => tenant.rates),
    uncovered: tenants.reduce((sum, tenant) => sum + tenant.uncovered, 0),
  };
}

type TenantEvaluation = Pick<Evaluation, 'rates' | 'uncovered'> & { judge(): Generator<JudgedOrder> };

function* ordersOf(tenants: readonly TenantEvaluation[]): Generator<JudgedOrder> {
  for (const tenant of tenants) yield* tenant.judge();
}

function evaluateTenant(
  rulebook: CompiledRulebook,
  state: FileState,
  tenantId: string,
  asOf: number,
): TenantEvaluation {
  const shipments = shipmentsOf(state, tenantId);
  const context = new FileContext(state, tenantId, asOf, shipments, rulebook);
  function* judge(): Generator<JudgedOrder> {
    for (const shipment of shipments) yield { shipment, deadlines: evaluateOrder(shipment, rulebook, context) };
  }
  const first = [...judge()];
  const metrics = state.metrics.filter((metric) => metric.tenantId === tenantId);
  const rates = ratesOf(rulebook, first, metrics, asOf);
  context.learn(settledOf(first), rates);
  return { judge, rates, uncovered: shipments.filter((shipment) => !isCovered(shipment, rulebook)).length };
}

function isCovered({ facts }: Shipment, rulebook: CompiledRulebook): boolean {
  return facts !== undefined && rulebook.rulesFor(facts.platform, facts.market).length > 0;
}

function* settledOf(orders: readonly JudgedOrder[]): Generator<{ sellerId: string; deadline: Deadline }> {
  for (const { shipment, deadlines } of orders) {
    const sellerId = shipment.facts?.sellerId;
    if (sellerId === undefined) continue;
    for (const deadline of deadlines) yield { sellerId, deadline };
  }
}
