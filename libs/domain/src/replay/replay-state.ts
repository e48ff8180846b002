// Events folded in memory: orders, parcels, and what touches many orders. The same folds as the running system, for files and backtests.
import type { FinelineEvent, MetricReported, PointsIssued, WaiverAnnounced } from '../events.js';
import type { DaysOff } from '../evaluate-types.js';
import { emptyOrder, foldOrder } from '../fold/order.js';
import { emptyParcel, foldParcel } from '../fold/parcel.js';
import type { OrderState, ParcelState } from '../state.js';

type Waiver = WaiverAnnounced['data'];

export class ReplayState {
  readonly #tenants = new Map<string, TenantState>();

  /** False for an event that was folded before. */
  fold(event: FinelineEvent): boolean {
    return this.tenant(event.tenantId).fold(event);
  }

  /** The state of a tenant, which may be one that nothing is known of. */
  tenant(tenantId: string): TenantState {
    let state = this.#tenants.get(tenantId);
    if (!state) this.#tenants.set(tenantId, (state = new TenantState(tenantId)));
    return state;
  }

  /** Sorted; most files have one. */
  tenants(): readonly TenantState[] {
    return [...this.#tenants.values()].sort((a, b) => (a.tenantId < b.tenantId ? -1 : 1));
  }
}

export class TenantState {
  /** By order id, as they were first seen. */
  readonly orders = new Map<string, OrderState>();
  /** By tracking number. */
  readonly parcels = new Map<string, ParcelState>();
  readonly metrics: MetricReported['data'][] = [];
  readonly points: PointsIssued['data'][] = [];
  /** Days off by `daysOffKey`; set by whoever knows them. */
  readonly daysOff = new Map<string, DaysOff>();
  /** By waiver id, with when it was announced. */
  readonly #waivers = new Map<string, { readonly data: Waiver; readonly at: number }>();
  #announced: readonly Waiver[] | undefined;
  /** Ids by source. */
  readonly #seen = new Map<string, Set<string>>();

  constructor(readonly tenantId: string) {}

  /** Each as it was announced last, by id; the same list until another one is announced. */
  get waivers(): readonly Waiver[] {
    return (this.#announced ??= [...this.#waivers.values()].map(({ data }) => data));
  }

  /** Of two announcements of one waiver the later holds (`at`: UTC epoch milliseconds), of two in the same instant the greater text. */
  announce(data: Waiver, at: number): void {
    const known = this.#waivers.get(data.waiverId);
    if (known && (known.at > at || (known.at === at && JSON.stringify(known.data) >= JSON.stringify(data)))) return;
    this.#waivers.set(data.waiverId, { data, at });
    this.#announced = undefined;
  }

  /** False for an event that was folded before. */
  fold(event: FinelineEvent): boolean {
    let ids = this.#seen.get(event.source);
    if (!ids) this.#seen.set(event.source, (ids = new Set()));
    const known = ids.size;
    ids.add(event.id);
    if (ids.size === known) return false;
    this.#fold(event);
    return true;
  }

  #fold(event: FinelineEvent): void {
    switch (event.type) {
      case 'parcel.scanned': {
        const { trackingNumber } = event.data;
        const known = this.parcels.get(trackingNumber) ?? emptyParcel(this.tenantId, trackingNumber);
        const parcel = foldParcel(known, event);
        this.parcels.set(parcel.trackingNumber, parcel);
        return;
      }
      case 'waiver.announced':
        this.announce(event.data, event.time);
        return;
      case 'metric.reported':
        this.metrics.push(event.data);
        return;
      case 'points.issued':
        this.points.push(event.data);
        return;
      default: {
        const { orderId } = event.data;
        // A charge for a whole shop belongs to no order.
        if (orderId === undefined) return;
        const order = foldOrder(this.orders.get(orderId) ?? emptyOrder(this.tenantId, orderId), event);
        this.orders.set(order.orderId, order);
      }
    }
  }
}

/** No identifier contains a line feed, so two keys never meet. */
export function daysOffKey(of: 'seller' | 'warehouse', id: string): string {
  return `${of}\n${id}`;
}
