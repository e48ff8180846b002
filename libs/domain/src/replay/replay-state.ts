// Events folded in memory: orders, parcels, and what touches many orders. The same folds as the running system, for files and backtests.
import type { FinelineEvent, MetricReported, PointsIssued, WaiverAnnounced } from '../events.js';
import type { DaysOff } from '../evaluate-types.js';
import { emptyOrder, foldOrder } from '../fold/order.js';
import { emptyParcel, foldParcel } from '../fold/parcel.js';
import type { OrderState, ParcelState } from '../state.js';

type Of<Data> = Data & { readonly tenantId: string };

export class ReplayState {
  /** Keyed by tenant and order id. */
  readonly orders = new Map<string, OrderState>();
  /** Keyed by tenant and tracking number. */
  readonly parcels = new Map<string, ParcelState>();
  readonly waivers: Of<WaiverAnnounced['data']>[] = [];
  readonly metrics: Of<MetricReported['data']>[] = [];
  readonly points: Of<PointsIssued['data']>[] = [];
  /** Days off, keyed by tenant and then `seller` or `warehouse` with its id; set by whoever knows them. */
  readonly daysOff = new Map<string, DaysOff>();
  /** Ids by tenant and source. */
  readonly #seen = new Map<string, Set<string>>();

  /** False for an event that was folded before. */
  fold(event: FinelineEvent): boolean {
    const feed = keyOf(event.tenantId, event.source);
    let ids = this.#seen.get(feed);
    if (!ids) this.#seen.set(feed, (ids = new Set()));
    if (ids.has(event.id)) return false;
    ids.add(event.id);
    this.#fold(event);
    return true;
  }

  #fold(event: FinelineEvent): void {
    switch (event.type) {
      case 'parcel.scanned': {
        const key = keyOf(event.tenantId, event.data.trackingNumber);
        const known = this.parcels.get(key) ?? emptyParcel(event.tenantId, event.data.trackingNumber);
        this.parcels.set(key, foldParcel(known, event));
        return;
      }
      case 'waiver.announced':
        this.waivers.push({ ...event.data, tenantId: event.tenantId });
        return;
      case 'metric.reported':
        this.metrics.push({ ...event.data, tenantId: event.tenantId });
        return;
      case 'points.issued':
        this.points.push({ ...event.data, tenantId: event.tenantId });
        return;
      default: {
        const { orderId } = event.data;
        // A charge for a whole shop belongs to no order.
        if (orderId === undefined) return;
        const key = keyOf(event.tenantId, orderId);
        this.orders.set(key, foldOrder(this.orders.get(key) ?? emptyOrder(event.tenantId, orderId), event));
      }
    }
  }
}

export function daysOffKey(tenantId: string, of: 'seller' | 'warehouse', id: string): string {
  return keyOf(tenantId, `${of}\n${id}`);
}

/** No tenant id or identifier contains a line feed, so two keys never meet. */
export function keyOf(tenantId: string, id: string): string {
  return `${tenantId}\n${id}`;
}
