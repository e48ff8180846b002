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
  readonly orders: readonly JudgedOrder[];
  readonly rates: readonly RateSnapshot[];
  /** Orders known only from labels or scans, or whose platform and market no rulebook covers. */
  readonly uncovered: number;
}

/** Judges every order of the file at `asOf`. Orders come in the order they were first seen, tenant by tenant. */
export function evaluateState(rulebook: CompiledRulebook, state: FileState, asOf: number): Evaluation {
  const tenants = tenantsOf(state).map((tenantId) => evaluateTenant(rulebook, state, tenantId, asOf));
  const orders = tenants.flatMap((tenant) => tenant.orders);
  const covered = ({ shipment: { facts } }: JudgedOrder) =>
    facts !== undefined && rulebook.rulesFor(facts.platform, facts.market).length > 0;
  return {
    asOf,
    orders,
    rates: tenants.flatMap((tenant) => tenant.rates),
    uncovered: orders.filter((order) => !covered(order)).length,
  };
}

function evaluateTenant(
  rulebook: CompiledRulebook,
  state: FileState,
  tenantId: string,
  asOf: number,
): Pick<Evaluation, 'orders' | 'rates'> {
  const shipments = shipmentsOf(state, tenantId);
  const context = new FileContext(state, tenantId, asOf, shipments, rulebook);
  const judge = (): JudgedOrder[] =>
    shipments.map((shipment) => ({ shipment, deadlines: evaluateOrder(shipment, rulebook, context) }));
  const first = judge();
  const metrics = state.metrics.filter((metric) => metric.tenantId === tenantId);
  const rates = ratesOf(rulebook, first, metrics, asOf);
  context.learn(settledOf(first), rates);
  return { orders: judge(), rates };
}

function* settledOf(orders: readonly JudgedOrder[]): Generator<{ sellerId: string; deadline: Deadline }> {
  for (const { shipment, deadlines } of orders) {
    const sellerId = shipment.facts?.sellerId;
    if (sellerId === undefined) continue;
    for (const deadline of deadlines) yield { sellerId, deadline };
  }
}
