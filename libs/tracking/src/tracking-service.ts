import type { OrderState } from '#domain';
import { orderFacts, sellerFaultCancellation } from '#domain';
import { AppError } from '#platform';
import type { LinkRow, LockedOrder, OrderKey, ShipmentRow, Transaction } from '#storage';
import { ClosedOrderStore, EvidenceStore, FeedStore, ShipmentStore, UnjudgedStore } from '#storage';
import { ClosedOrders } from './closed-orders.js';
import type { EvaluationOutcome, JudgedOrder, Present } from './evaluator.js';
import { Evaluator, verdictRow } from './evaluator.js';
import { feedsOf } from './feeds.js';
import type { RulebookHolder } from './rulebook-holder.js';
import { TenantEvents } from './tenant-events.js';
import type { TrackedEvent } from './tracked-event.js';
import { evidenceRow, keyOf, orderKeys, parcelKeys } from './tracked-event.js';
import { WorkingSet, carrierOf } from './working-set.js';

/** An evaluation, and the orders it brought back from among the closed ones. */
export interface TrackingOutcome extends EvaluationOutcome {
  readonly broughtBack: number;
}

export interface BatchOutcome extends TrackingOutcome {
  readonly fresh: number;
  readonly repeated: number;
  /** Same tenant, source and id as an accepted event, other contents: not applied. */
  readonly conflicting: readonly TrackedEvent[];
}

/** Events in, deadlines and decisions out, set-based and inside the caller's transaction. */
export class TrackingService {
  private readonly evidence = new EvidenceStore();
  private readonly shipments = new ShipmentStore();
  private readonly closedOrders = new ClosedOrderStore();
  private readonly feeds = new FeedStore();
  private readonly unjudged = new UnjudgedStore();
  private readonly evaluator: Evaluator;
  private readonly tenantEvents: TenantEvents;

  constructor(holder: RulebookHolder) {
    this.evaluator = new Evaluator(holder);
    this.tenantEvents = new TenantEvents(holder);
  }

  /**
   * Applies the events of a transaction, of one partition or several, and judges what they touch at `now`, or at `readUntil` where the log has
   * only been read up to there (both UTC epoch milliseconds); or marks it to be judged later (`LateJudgement`). Any order and any repetition of
   * events ends in the same deadlines. Throws a retryable AppError when another transaction created one of its orders.
   */
  async applyBatch(
    transaction: Transaction,
    events: readonly TrackedEvent[],
    now: number,
    { readUntil = now, judgeLater = false } = {},
  ): Promise<BatchOutcome> {
    const stored = await this.evidence.insertNew(transaction, events.map(evidenceRow), now);
    const fresh = stored.fresh.map((index) => events[index]!);
    const outcome = await this.applyFresh(transaction, fresh, { now, readUntil }, judgeLater);
    return {
      ...outcome,
      fresh: fresh.length,
      repeated: stored.repeated.length,
      conflicting: stored.conflicting.map((index) => events[index]!),
    };
  }

  /**
   * Judges orders again because time passed or a rule, a waiver or a rate changed; instants as for `applyBatch`. Locks them. Closed ones are
   * brought back where asked for, else left alone, also those closed since the caller looked for its orders. `isFirst`: their events were only
   * applied so far; then it must be the last of the transaction, like `FeedStore.note`.
   */
  async reevaluate(
    transaction: Transaction,
    orders: readonly OrderKey[],
    now: number,
    { readUntil = now, withClosed = false, isFirst = false } = {},
  ): Promise<TrackingOutcome> {
    const closed = this.closedIn(transaction);
    const states = withClosed ? await closed.lockOrders(orders) : await this.shipments.lockOrders(transaction, orders);
    const { parcels, ...outcome } = await this.evaluator.evaluate(transaction, states, { now, readUntil });
    if (isFirst) await this.feeds.note(transaction, feedsOf(states, parcels));
    return { ...outcome, broughtBack: closed.broughtBack };
  }

  private async applyFresh(
    transaction: Transaction,
    events: readonly TrackedEvent[],
    present: Present,
    judgeLater: boolean,
  ): Promise<TrackingOutcome> {
    const closed = this.closedIn(transaction);
    const keys = parcelKeys(events);
    const working = new WorkingSet(keys, await closed.lockParcels(keys));
    working.foldScans(events);
    await this.insertParcels(transaction, closed, working, events);
    const [, links] = await transaction.together([
      () => this.shipments.saveParcels(transaction, working.parcelsToUpdate()),
      () => this.shipments.linksOf(transaction, keys),
    ]);
    const orders = await closed.lockOrders(orderKeys(events, judgeLater ? rivals(events, links) : links));
    working.foldOrders(orders, links, events);
    await this.tenantEvents.apply(transaction, events);
    const affected = judgeLater ? [] : working.affected();
    const [, { judged }] = await transaction.together([
      () => this.shipments.saveLinks(transaction, working.changedLinks()),
      () => this.evaluator.judge(transaction, affected, working.known(), present),
    ]);
    const [, written] = await transaction.together([
      () => this.saveOrders(transaction, working, judged),
      () => this.evaluator.write(transaction, judged, present.now),
    ]);
    const marked = judgeLater ? working.touched() : [];
    await this.unjudged.mark(transaction, [...marked, ...(await this.tiedByMove(transaction, working, affected))]);
    await this.feeds.note(transaction, feedsOf(affected, working.parcels));
    return { evaluatedOrders: affected.length, broughtBack: closed.broughtBack, ...written };
  }

  private closedIn(transaction: Transaction): ClosedOrders {
    return new ClosedOrders(transaction, this.shipments, this.closedOrders);
  }

  /**
   * Other orders that share a number with one that turns out to go elsewhere. They are not locked here, so they are judged later. One that
   * claims the number meanwhile waits for the lock of the order that goes elsewhere.
   */
  private async tiedByMove(
    transaction: Transaction,
    working: WorkingSet,
    judged: readonly LockedOrder[],
  ): Promise<OrderKey[]> {
    const links = await this.shipments.linksOf(transaction, working.movedNumbers());
    const known = new Set(judged.map(({ state }) => keyOf(state.tenantId, state.orderId)));
    return links.filter(({ tenantId, orderId }) => !known.has(keyOf(tenantId, orderId)));
  }

  /** Parcels before links and orders: once a parcel has its row, every claim on it is seen. */
  private async insertParcels(
    transaction: Transaction,
    closed: ClosedOrders,
    working: WorkingSet,
    events: readonly TrackedEvent[],
  ): Promise<void> {
    const states = working.parcelsToInsert();
    const [raced, closedAgain] = await transaction.together([
      () => this.shipments.insertParcels(transaction, states),
      () => this.closedOrders.ofParcels(transaction, states),
    ]);
    if (closedAgain.length > 0) throw closedMeanwhile();
    if (raced.length > 0) working.adopt(await closed.lockParcels(raced), events);
  }

  /** Each order's row once, with its new verdict: changed orders whole, the others only by their verdict. */
  private async saveOrders(
    transaction: Transaction,
    working: WorkingSet,
    judged: readonly JudgedOrder[],
  ): Promise<void> {
    const verdicts = new Map(judged.map(({ order, verdict }) => [keyOf(order.tenantId, order.orderId), verdict]));
    const changed = [...working.changedOrders].map((key) => {
      const { state, verdict } = working.lockedOrder(key);
      return { key, row: shipmentRow(state, verdicts.get(key) ?? verdict) };
    });
    const rowsOf = (isCreated: boolean): ShipmentRow[] =>
      changed.filter(({ key }) => working.created.has(key) === isCreated).map(({ row }) => row);
    const others = judged.filter(({ order }) => !working.changedOrders.has(keyOf(order.tenantId, order.orderId)));
    const created = rowsOf(true);
    const states = created.map(({ state }) => state);
    const [isInserted, closedAgain] = await transaction.together([
      () => this.shipments.insertOrders(transaction, created),
      () => this.closedOrders.ofOrders(transaction, states),
      () => this.shipments.saveOrders(transaction, rowsOf(false)),
      () => this.shipments.saveVerdicts(transaction, others.map(verdictRow)),
    ]);
    if (!isInserted) {
      throw new AppError('track.order-created-elsewhere', 'an order of the batch was created meanwhile', {
        retryable: true,
      });
    }
    if (closedAgain.length > 0) throw closedMeanwhile();
  }
}

/** Claims on numbers that the events claim: their orders are locked, so that none of them turns out to go elsewhere unseen. */
function rivals(events: readonly TrackedEvent[], links: readonly LinkRow[]): LinkRow[] {
  const claimed = new Set(
    events.flatMap(({ event: { tenantId, type, data } }) =>
      type === 'parcel.labelled' || type === 'parcel.relabelled' ? [keyOf(tenantId, data.trackingNumber)] : [],
    ),
  );
  return links.filter(({ tenantId, trackingNumber }) => claimed.has(keyOf(tenantId, trackingNumber)));
}

/**
 * What was found neither open nor closed is new, unless somebody brought it back between the two looks and it was closed again: asked once
 * more when its new row is there, after which nobody can close it unseen.
 */
function closedMeanwhile(): AppError {
  return new AppError('track.closed-meanwhile', 'an order or parcel of the batch was closed meanwhile', {
    retryable: true,
  });
}

function shipmentRow(state: OrderState, verdict: string): ShipmentRow {
  const facts = orderFacts(state);
  return {
    state,
    verdict,
    sellerId: facts?.sellerId,
    shopId: facts && (facts.shopId ?? facts.sellerId),
    warehouseId: facts?.warehouseId,
    platform: facts?.platform,
    market: facts?.market,
    carrier: carrierOf(state),
    placedAt: facts?.clocks.placedAt,
    sellerCancelledAt: sellerFaultCancellation(state),
  };
}
