// The states a batch touches, loaded under lock, folded in memory, and what of them has changed.
import type { OrderEvent, OrderState, ParcelState, ScanEvent } from '#domain';
import { activeParcels, emptyOrder, emptyParcel, foldOrder, foldParcel, orderFacts } from '#domain';
import type { LinkRow, LockedOrder, OrderKey, ParcelKey } from '#storage';
import type { KnownParcels } from './tenant-facts.js';
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
  /** Parcels without a row yet. */
  private readonly newParcels = new Set<string>();
  /** Claims on the parcels, as stored and as changed by the batch. */
  private readonly links = new Map<string, LinkRow>();
  private readonly changed = new Map<string, LinkRow>();
  /** Orders with a number, of which another destination is known than before. */
  private readonly moved = new Set<string>();

  /** `keys` are the parcels the batch is about, `parcels` those of them that have a row. */
  constructor(keys: readonly ParcelKey[], parcels: readonly ParcelState[]) {
    for (const parcel of parcels) this.parcels.set(keyOfParcel(parcel), parcel);
    for (const { tenantId, trackingNumber } of keys) {
      const key = keyOf(tenantId, trackingNumber);
      if (this.parcels.has(key)) continue;
      this.parcels.set(key, emptyParcel(tenantId, trackingNumber));
      this.newParcels.add(key);
    }
  }

  foldScans(events: readonly TrackedEvent[]): void {
    for (const { event } of events) if (event.type === 'parcel.scanned') this.foldScan(event);
  }

  /** States of parcels to be inserted: also of those only a label knows, so that there is a row to lock. */
  parcelsToInsert(): ParcelState[] {
    return [...this.newParcels].map((key) => this.parcels.get(key)!);
  }

  /** Parcels that another transaction inserted first: the batch's scans are folded into what is there now. */
  adopt(parcels: readonly ParcelState[], events: readonly TrackedEvent[]): void {
    const adopted = new Set(parcels.map(keyOfParcel));
    for (const parcel of parcels) this.parcels.set(keyOfParcel(parcel), parcel);
    for (const key of adopted) {
      this.newParcels.delete(key);
      this.changedParcels.delete(key);
    }
    this.foldScans(
      events.filter(({ event: { tenantId, type, data } }) =>
        type === 'parcel.scanned' ? adopted.has(keyOf(tenantId, data.trackingNumber)) : false,
      ),
    );
  }

  /** States of parcels that have a row and say something new. */
  parcelsToUpdate(): ParcelState[] {
    return [...this.changedParcels].filter((key) => !this.newParcels.has(key)).map((key) => this.parcels.get(key)!);
  }

  /** Folds what the events say of orders. `links` are all claims on the parcels. */
  foldOrders(orders: readonly LockedOrder[], links: readonly LinkRow[], events: readonly TrackedEvent[]): void {
    for (const { state, verdict } of orders) {
      const key = keyOf(state.tenantId, state.orderId);
      this.orders.set(key, state);
      this.verdicts.set(key, verdict);
    }
    for (const link of links) this.links.set(keyOfLink(link), link);
    for (const { event } of events) if (foldsIntoOrder(event)) this.foldOrderEvent(event as OrderEvent);
  }

  /** An order of this set; its verdict is that of the stored deadlines. */
  lockedOrder(key: string): LockedOrder {
    return { state: this.orders.get(key)!, verdict: this.verdicts.get(key) ?? '' };
  }

  /** Links that are new, replaced, or have another upload time. */
  changedLinks(): LinkRow[] {
    return [...this.changed.values()];
  }

  known(): KnownParcels {
    return { states: this.parcels, links: [...this.links.values()] };
  }

  /**
   * Orders to evaluate: changed themselves, or tied to a parcel that has a new scan or a new claim (another order may not use
   * the same number unpunished).
   */
  affected(): LockedOrder[] {
    const numbers = this.changedNumbers();
    return [...this.orders].flatMap(([key, order]) => {
      const isAffected =
        this.changedOrders.has(key) ||
        order.parcels.some(({ trackingNumber }) => numbers.has(keyOf(order.tenantId, trackingNumber)));
      return isAffected ? [this.lockedOrder(key)] : [];
    });
  }

  /** Keys of what `affected` answers where every order tied to the parcels is in the set; here they need not be. */
  touched(): OrderKey[] {
    const keys = new Map(this.affected().map(({ state }) => [keyOf(state.tenantId, state.orderId), state as OrderKey]));
    const numbers = this.changedNumbers();
    for (const { tenantId, trackingNumber, orderId } of this.links.values()) {
      if (numbers.has(keyOf(tenantId, trackingNumber))) keys.set(keyOf(tenantId, orderId), { tenantId, orderId });
    }
    return [...keys.values()];
  }

  /** Numbers of the orders that go elsewhere than was known: others that use one of them are judged by it. */
  movedNumbers(): ParcelKey[] {
    return [...this.moved].flatMap((key) => {
      const { tenantId, parcels } = this.orders.get(key)!;
      return parcels.map(({ trackingNumber }) => ({ tenantId, trackingNumber }));
    });
  }

  /** Parcels that have a new scan or a new claim. */
  private changedNumbers(): ReadonlySet<string> {
    const numbers = new Set(this.changedParcels);
    for (const { tenantId, trackingNumber } of this.changed.values()) numbers.add(keyOf(tenantId, trackingNumber));
    return numbers;
  }

  private foldScan(event: ScanEvent): void {
    const { trackingNumber } = event.data;
    const key = keyOf(event.tenantId, trackingNumber);
    const before = this.parcels.get(key)!;
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
    if (before.parcels.length > 0 && destinationOf(before) !== destinationOf(after)) this.moved.add(key);
  }

  private noteLinks(before: OrderState, after: OrderState): void {
    if (before.parcels === after.parcels) return;
    const known = new Map(linkRows(before).map((link) => [link.trackingNumber, link]));
    for (const link of linkRows(after)) {
      const was = known.get(link.trackingNumber);
      if (was?.uploadedAt === link.uploadedAt && was.replaced === link.replaced) continue;
      this.links.set(keyOfLink(link), link);
      this.changed.set(keyOfLink(link), link);
    }
  }
}

function keyOfParcel({ tenantId, trackingNumber }: ParcelKey): string {
  return keyOf(tenantId, trackingNumber);
}

function keyOfLink({ tenantId, trackingNumber, orderId }: LinkRow): string {
  return `${keyOf(tenantId, trackingNumber)}\n${orderId}`;
}

function linkRows(order: OrderState): LinkRow[] {
  const { tenantId, orderId, parcels } = order;
  const active = activeParcels(order);
  return parcels.map((link) => {
    const { trackingNumber, uploadedAt } = link;
    return { tenantId, orderId, trackingNumber, uploadedAt, replaced: active !== parcels && !active.includes(link) };
  });
}

/** What of the delivery address orders with one number are compared by. */
function destinationOf(order: OrderState): string {
  const shipTo = orderFacts(order)?.shipTo;
  return `${shipTo?.country}\n${shipTo?.postalCode}`;
}

/** Carrier of the first number that still carries the order. */
export function carrierOf(order: OrderState): string | undefined {
  return activeParcels(order).find((link) => link.carrier !== undefined)?.carrier;
}
