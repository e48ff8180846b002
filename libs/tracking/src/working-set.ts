// The states a batch touches, loaded under lock, folded in memory, and what of them has changed.
import type { OrderEvent, OrderState, ParcelState, ScanEvent } from '#domain';
import { activeParcels, emptyOrder, emptyParcel, foldOrder, foldParcel } from '#domain';
import type { LinkRow, LockedOrder } from '#storage';
import type { TrackedEvent } from './tracked-event.js';
import { foldsIntoOrder, keyOf } from './tracked-event.js';

export class WorkingSet {
  readonly orders = new Map<string, OrderState>();
  readonly parcels = new Map<string, ParcelState>();
  private readonly verdicts = new Map<string, string>();
  /** Orders without a row yet. */
  readonly created = new Set<string>();
  readonly changedOrders = new Set<string>();
  readonly changedParcels = new Set<string>();
  private readonly linked = new Map<string, LinkRow>();

  constructor(orders: readonly LockedOrder[], parcels: readonly ParcelState[]) {
    for (const { state, verdict } of orders) {
      const key = keyOf(state.tenantId, state.orderId);
      this.orders.set(key, state);
      this.verdicts.set(key, verdict);
    }
    for (const parcel of parcels) this.parcels.set(keyOf(parcel.tenantId, parcel.trackingNumber), parcel);
  }

  fold(events: readonly TrackedEvent[]): void {
    for (const { event } of events) {
      if (event.type === 'parcel.scanned') this.foldScan(event);
      else if (foldsIntoOrder(event)) this.foldOrderEvent(event as OrderEvent);
    }
  }

  foldedParcels(): ParcelState[] {
    return [...this.changedParcels].map((key) => this.parcels.get(key)!);
  }

  /** An order of this set; its verdict is that of the stored deadlines. */
  lockedOrder(key: string): LockedOrder {
    return { state: this.orders.get(key)!, verdict: this.verdicts.get(key) ?? '' };
  }

  /** Links that are new, replaced, or have another upload time. */
  changedLinks(): LinkRow[] {
    return [...this.linked.values()];
  }

  /**
   * Orders to evaluate: changed themselves, or tied to a parcel that has a new scan or a new claim (another order may not use
   * the same number unpunished).
   */
  affected(): LockedOrder[] {
    const numbers = new Set(this.changedParcels);
    for (const { tenantId, trackingNumber } of this.linked.values()) numbers.add(keyOf(tenantId, trackingNumber));
    return [...this.orders].flatMap(([key, order]) => {
      const isAffected =
        this.changedOrders.has(key) ||
        order.parcels.some(({ trackingNumber }) => numbers.has(keyOf(order.tenantId, trackingNumber)));
      return isAffected ? [this.lockedOrder(key)] : [];
    });
  }

  private foldScan(event: ScanEvent): void {
    const { trackingNumber } = event.data;
    const key = keyOf(event.tenantId, trackingNumber);
    const before = this.parcels.get(key) ?? emptyParcel(event.tenantId, trackingNumber);
    const after = foldParcel(before, event);
    if (after === before) return;
    this.parcels.set(key, after);
    this.changedParcels.add(key);
  }

  private foldOrderEvent(event: OrderEvent): void {
    const { tenantId } = event;
    const orderId = event.data.orderId as string;
    const key = keyOf(tenantId, orderId);
    const known = this.orders.get(key);
    const before = known ?? emptyOrder(tenantId, orderId);
    const after = foldOrder(before, event);
    if (!known) this.created.add(key);
    if (after === before && known) return;
    this.orders.set(key, after);
    this.changedOrders.add(key);
    this.noteLinks(before, after);
  }

  private noteLinks(before: OrderState, after: OrderState): void {
    if (before.parcels === after.parcels) return;
    const known = new Map(linkRows(before).map((link) => [link.trackingNumber, link]));
    for (const link of linkRows(after)) {
      const was = known.get(link.trackingNumber);
      if (was?.uploadedAt === link.uploadedAt && was.replaced === link.replaced) continue;
      this.linked.set(`${keyOf(link.tenantId, link.trackingNumber)}\n${link.orderId}`, link);
    }
  }
}

function linkRows(order: OrderState): LinkRow[] {
  const { tenantId, orderId, parcels } = order;
  const active = activeParcels(order);
  return parcels.map((link) => {
    const { trackingNumber, uploadedAt } = link;
    return { tenantId, orderId, trackingNumber, uploadedAt, replaced: active !== parcels && !active.includes(link) };
  });
}

/** Carrier of the first number that still carries the order. */
export function carrierOf(order: OrderState): string | undefined {
  return activeParcels(order).find((link) => link.carrier !== undefined)?.carrier;
}
