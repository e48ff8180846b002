// Judges orders and writes what is new: evaluate, compare with what is stored, save. Call it only with the orders locked.
import type { EvaluationContext, OrderState, ParcelState, Shipment } from '#domain';
import { evaluateOrder, orderFacts } from '#domain';
import type { DeadlineKey, DeadlineRow, DecisionRow, LockedOrder, Transaction, VerdictRow } from '#storage';
import { DeadlineStore, DecisionStore, ShipmentStore } from '#storage';
import { deadlineRow } from './deadline-row.js';
import { decisionRows } from './decisions.js';
import { GroupCounter } from './group-counter.js';
import type { RulebookHolder } from './rulebook-holder.js';
import type { BatchFacts } from './tenant-facts.js';
import type { KnownParcels } from './tenant-facts.js';
import { NO_PARCELS, TenantFactsLoader, parcelsBeyond } from './tenant-facts.js';
import { keyOf } from './tracked-event.js';
import type { StoredVerdict } from './verdict.js';
import { entryText, isSameVerdict, readVerdicts, saysMissed, verdictOf, verdictText } from './verdict.js';

export interface EvaluationOutcome {
  readonly evaluatedOrders: number;
  /** Orders whose deadlines say something else than before. */
  readonly changedOrders: number;
  readonly changedDeadlines: number;
  readonly decisions: number;
}

/** When orders are judged; UTC epoch milliseconds. */
export interface Present {
  readonly now: number;
  /** Everything the log was given before this instant has been applied; not after `now`. */
  readonly readUntil: number;
}

/** An order whose deadlines are not what they were: its texts of verdicts, as stored and as they are now. */
export interface JudgedOrder {
  readonly order: OrderState;
  readonly rows: readonly DeadlineRow[];
  readonly verdicts: readonly StoredVerdict[];
  readonly before: string;
  readonly verdict: string;
}

export interface Judgement {
  readonly judged: readonly JudgedOrder[];
  /** The parcels of all orders, by `keyOf` tenant and tracking number, beside those the caller held. */
  readonly parcels: ReadonlyMap<string, ParcelState>;
}

/** `known` is what is stored, where the order's text tells it. */
type Plan = JudgedOrder & { readonly known: readonly StoredVerdict[] | undefined };

/** What one order's evaluation adds to the writes of the batch. */
interface Change {
  readonly added: readonly DeadlineRow[];
  readonly altered: readonly DeadlineRow[];
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

  /** Judges orders that are otherwise left as they are, and writes what is new. Answers their parcels too. */
  async evaluate(
    transaction: Transaction,
    orders: readonly LockedOrder[],
    present: Present,
  ): Promise<EvaluationOutcome & Pick<Judgement, 'parcels'>> {
    const { judged, parcels } = await this.judge(transaction, orders, NO_PARCELS, present);
    const [, written] = await transaction.together([
      () => this.shipments.saveVerdicts(transaction, judged.map(verdictRow)),
      () => this.write(transaction, judged, present.now),
    ]);
    return { evaluatedOrders: orders.length, parcels, ...written };
  }

  /**
   * Evaluates the orders and answers those whose deadlines say something else than what is stored. `known` are parcels the caller holds
   * already, newer than the tables; waivers must be saved. The caller saves the verdicts.
   */
  async judge(
    transaction: Transaction,
    orders: readonly LockedOrder[],
    known: KnownParcels,
    present: Present,
  ): Promise<Judgement> {
    if (orders.length === 0) return { judged: [], parcels: known.states };
    const states = orders.map(({ state }) => state);
    const parcels = await this.withMissing(transaction, states, known.states);
    const facts = await this.facts.load(transaction, states, known);
    const shipments = states.map((order) => shipmentOf(order, parcels));
    const instants = new Map(orders.map((order) => [order.state, judgedAt(order, present)]));
    const groups = await this.groups.count(transaction, shipments, facts, (order) => instants.get(order)!);
    const judged = orders.flatMap(({ state, verdict: before }, index) => {
      const context = facts.contextOf(state, instants.get(state)!, groups);
      const rows = rowsOf(shipments[index]!, context, facts, present.now);
      const verdicts = rows.map(verdictOf);
      const verdict = verdictText(verdicts.map(entryText));
      return verdict === before ? [] : [{ order: state, rows, verdicts, before, verdict }];
    });
    return { judged, parcels };
  }

  /** Deadlines and decisions of judged orders. */
  async write(
    transaction: Transaction,
    judged: readonly JudgedOrder[],
    asOf: number,
  ): Promise<Omit<EvaluationOutcome, 'evaluatedOrders'>> {
    const plans = judged.map((each): Plan => ({ ...each, known: readVerdicts(each.before) }));
    const unknown = plans.filter(needsRows).map(({ order }) => order);
    const stored = groupByOrder(await this.deadlines.load(transaction, unknown));
    const changes = plans.map((plan) =>
      changeOf(plan, stored.get(keyOf(plan.order.tenantId, plan.order.orderId)), asOf),
    );
    const added = changes.flatMap((change) => change.added);
    const altered = changes.flatMap((change) => change.altered);
    const removed = changes.flatMap((change) => change.removed);
    const decisions = changes.flatMap((change) => change.decisions);
    await transaction.together([
      () => this.deadlines.remove(transaction, removed),
      () => this.deadlines.insert(transaction, added, asOf),
      () => this.deadlines.update(transaction, altered, asOf),
      () => this.decisions.add(transaction, decisions),
    ]);
    return {
      changedOrders: judged.length,
      changedDeadlines: added.length + altered.length + removed.length,
      decisions: decisions.length,
    };
  }

  private async withMissing(
    transaction: Transaction,
    orders: readonly OrderState[],
    known: ReadonlyMap<string, ParcelState>,
  ): Promise<ReadonlyMap<string, ParcelState>> {
    const states = await this.shipments.loadParcels(transaction, parcelsBeyond(known, orders));
    if (states.length === 0) return known;
    return new Map([...known, ...states.map((state) => [keyOf(state.tenantId, state.trackingNumber), state] as const)]);
  }
}

export function verdictRow({ order, verdict }: JudgedOrder): VerdictRow {
  return { tenantId: order.tenantId, orderId: order.orderId, verdict };
}

/** Only a deadline that is gone, and a verdict of an earlier release, have to be read from the table. */
function needsRows({ known, verdicts }: Plan): boolean {
  if (!known) return true;
  const now = new Set(verdicts.map(keyOfDeadline));
  return known.some((verdict) => !now.has(keyOfDeadline(verdict)));
}

/** `stored` are the deadlines of an order that `needsRows`. */
function changeOf(plan: Plan, stored: readonly DeadlineRow[] | undefined, asOf: number): Change {
  const { rows, verdicts } = plan;
  const known = stored?.map(verdictOf) ?? plan.known ?? [];
  const left = new Map(known.map((verdict) => [keyOfDeadline(verdict), verdict]));
  const added: DeadlineRow[] = [];
  const altered: DeadlineRow[] = [];
  const decisions: DecisionRow[] = [];
  for (const [index, row] of rows.entries()) {
    const after = verdicts[index]!;
    const was = left.get(keyOfDeadline(after));
    left.delete(keyOfDeadline(after));
    if (was && isSameVerdict(was, after)) continue;
    (was ? altered : added).push(row);
    decisions.push(...decisionRows(row, was, after, asOf));
  }
  const removed = (stored ?? []).filter((row) => left.has(keyOfDeadline(row)));
  const withdrawn = removed.flatMap((row) => decisionRows(row, left.get(keyOfDeadline(row)), undefined, asOf));
  return { added, altered, removed, decisions: [...decisions, ...withdrawn] };
}

function keyOfDeadline({ ruleId, parcelId }: Pick<DeadlineKey, 'ruleId' | 'parcelId'>): string {
  return `${ruleId}\n${parcelId}`;
}

function shipmentOf(order: OrderState, parcels: ReadonlyMap<string, ParcelState>): Shipment {
  return { order, facts: orderFacts(order), parcels: ownParcels(order, parcels) };
}

/**
 * In a backlog the proof of what is due may lie further on, so a limit is missed only when the log has been read beyond it. An order judged at
 * the present before, as one with a miss is, stays there: an earlier instant would take the miss back.
 */
function judgedAt({ verdict }: LockedOrder, { now, readUntil }: Present): number {
  return readUntil < now && !saysMissed(verdict) ? readUntil : now;
}

function rowsOf(shipment: Shipment, context: EvaluationContext, batch: BatchFacts, now: number): DeadlineRow[] {
  const { order, facts } = shipment;
  if (!facts) return [];
  const deadlines = evaluateOrder(shipment, batch.rulebookOf(order.tenantId), context);
  return deadlines.map((deadline) => deadlineRow(order, facts, deadline, now));
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
