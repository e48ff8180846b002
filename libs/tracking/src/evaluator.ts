// Judges orders and writes what is new: load stored deadlines, evaluate, compare, save. Call it only with the orders locked.
import type { EvaluationContext, OrderState, ParcelState, Shipment } from '#domain';
import { evaluateOrder, orderFacts } from '#domain';
import type { DeadlineKey, DeadlineRow, DecisionRow, LockedOrder, Transaction, VerdictRow } from '#storage';
import { DeadlineStore, DecisionStore, ShipmentStore } from '#storage';
import { deadlineRow, saysTheSame, verdictOf } from './deadline-row.js';
import { decisionRows, keyOfDeadline } from './decisions.js';
import { GroupCounter } from './group-counter.js';
import type { RulebookHolder } from './rulebook-holder.js';
import type { BatchFacts } from './tenant-facts.js';
import { TenantFactsLoader } from './tenant-facts.js';
import { keyOf } from './tracked-event.js';

export interface EvaluationOutcome {
  readonly evaluatedOrders: number;
  /** Orders whose deadlines say something else than before. */
  readonly changedOrders: number;
  readonly changedDeadlines: number;
  readonly decisions: number;
}

/** An order whose deadlines are not what they were. `before` is the digest of those that are stored. */
export interface JudgedOrder {
  readonly order: OrderState;
  readonly rows: readonly DeadlineRow[];
  readonly before: string;
  readonly verdict: string;
}

/** What one order's evaluation adds to the writes of the batch. */
interface Change {
  readonly saved: readonly DeadlineRow[];
  readonly removed: readonly DeadlineKey[];
  readonly decisions: readonly DecisionRow[];
}

export class Evaluator {
  private readonly deadlines = new DeadlineStore();
  private readonly decisions = new DecisionStore();
  private readonly shipments = new ShipmentStore();
  private readonly groups = new GroupCounter();
  private readonly facts: TenantFactsLoader;

  constructor(holder: RulebookHolder) {
    this.facts = new TenantFactsLoader(holder);
  }

  /** Judges orders that are otherwise left as they are, and writes what is new. */
  async evaluate(transaction: Transaction, orders: readonly LockedOrder[], asOf: number): Promise<EvaluationOutcome> {
    const judged = await this.judge(transaction, orders, new Map(), asOf);
    await this.shipments.saveVerdicts(transaction, judged.map(verdictRow));
    return { evaluatedOrders: orders.length, ...(await this.write(transaction, judged, asOf)) };
  }

  /**
   * Evaluates the orders and answers those whose deadlines say something else than what is stored. `known` are parcel states the
   * caller holds already, newer than the table's; links and waivers must be saved. The caller saves the verdicts.
   */
  async judge(
    transaction: Transaction,
    orders: readonly LockedOrder[],
    known: ReadonlyMap<string, ParcelState>,
    asOf: number,
  ): Promise<JudgedOrder[]> {
    if (orders.length === 0) return [];
    const states = orders.map(({ state }) => state);
    const parcels = await this.withMissing(transaction, states, known);
    const facts = await this.facts.load(transaction, states);
    const shipments = states.map((order) => shipmentOf(order, parcels));
    const groups = await this.groups.count(transaction, shipments, facts, asOf);
    return orders.flatMap(({ state, verdict: before }, index) => {
      const rows = rowsOf(shipments[index]!, facts.contextOf(state, asOf, groups), facts);
      const verdict = verdictOf(rows);
      return verdict === before ? [] : [{ order: state, rows, before, verdict }];
    });
  }

  /** Deadlines and decisions of judged orders. */
  async write(
    transaction: Transaction,
    judged: readonly JudgedOrder[],
    asOf: number,
  ): Promise<Omit<EvaluationOutcome, 'evaluatedOrders'>> {
    const withDeadlines = judged.filter(({ before }) => before !== '').map(({ order }) => order);
    const stored = groupByOrder(await this.deadlines.load(transaction, withDeadlines));
    const changes = judged.map(({ order, rows }) =>
      changeOf(stored.get(keyOf(order.tenantId, order.orderId)) ?? [], rows, asOf),
    );
    const saved = changes.flatMap((change) => change.saved);
    const removed = changes.flatMap((change) => change.removed);
    const decisions = changes.flatMap((change) => change.decisions);
    await this.deadlines.remove(transaction, removed);
    await this.deadlines.save(transaction, saved);
    await this.decisions.add(transaction, decisions);
    return {
      changedOrders: judged.length,
      changedDeadlines: saved.length + removed.length,
      decisions: decisions.length,
    };
  }

  private async withMissing(
    transaction: Transaction,
    orders: readonly OrderState[],
    known: ReadonlyMap<string, ParcelState>,
  ): Promise<ReadonlyMap<string, ParcelState>> {
    const missing = orders.flatMap(({ tenantId, parcels }) =>
      parcels
        .filter(({ trackingNumber }) => !known.has(keyOf(tenantId, trackingNumber)))
        .map(({ trackingNumber }) => ({ tenantId, trackingNumber })),
    );
    const states = await this.shipments.loadParcels(transaction, missing);
    if (states.length === 0) return known;
    return new Map([...known, ...states.map((state) => [keyOf(state.tenantId, state.trackingNumber), state] as const)]);
  }
}

export function verdictRow({ order, verdict }: JudgedOrder): VerdictRow {
  return { tenantId: order.tenantId, orderId: order.orderId, verdict };
}

function changeOf(stored: readonly DeadlineRow[], rows: readonly DeadlineRow[], asOf: number): Change {
  const before = new Map(stored.map((row) => [keyOfDeadline(row), row]));
  const saved: DeadlineRow[] = [];
  const decisions: DecisionRow[] = [];
  for (const row of rows) {
    const known = before.get(keyOfDeadline(row));
    before.delete(keyOfDeadline(row));
    if (known && saysTheSame(known, row)) continue;
    saved.push(row);
    decisions.push(...decisionRows(known, row, asOf));
  }
  const removed = [...before.values()];
  return { saved, removed, decisions: [...decisions, ...removed.flatMap((row) => decisionRows(row, undefined, asOf))] };
}

function shipmentOf(order: OrderState, parcels: ReadonlyMap<string, ParcelState>): Shipment {
  return { order, facts: orderFacts(order), parcels: ownParcels(order, parcels) };
}

function rowsOf(shipment: Shipment, context: EvaluationContext, batch: BatchFacts): DeadlineRow[] {
  const { order, facts } = shipment;
  if (!facts) return [];
  const deadlines = evaluateOrder(shipment, batch.rulebookOf(order.tenantId), context);
  return deadlines.map((deadline) => deadlineRow(order, facts, deadline, context.asOf));
}

function ownParcels(order: OrderState, parcels: ReadonlyMap<string, ParcelState>): Map<string, ParcelState> {
  const own = new Map<string, ParcelState>();
  for (const { trackingNumber } of order.parcels) {
    const state = parcels.get(keyOf(order.tenantId, trackingNumber));
    if (state) own.set(trackingNumber, state);
  }
  return own;
}

function groupByOrder(rows: readonly DeadlineRow[]): Map<string, DeadlineRow[]> {
  const groups = new Map<string, DeadlineRow[]>();
  for (const row of rows) {
    const key = keyOf(row.tenantId, row.orderId);
    const known = groups.get(key);
    if (known) known.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
