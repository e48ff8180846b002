// Everything a file says, folded: orders, parcels, and what touches many orders. The same folds as the running system.
import type { ParsedEvent } from '#contracts';
import { timeOf } from '#contracts';
import type { FinelineEvent, MetricReported, OrderState, ParcelState, WaiverAnnounced } from '#domain';
import { emptyOrder, emptyParcel, foldOrder, foldParcel } from '#domain';

export class FileState {
  /** Keyed by tenant and order id. */
  readonly orders = new Map<string, OrderState>();
  /** Keyed by tenant and tracking number. */
  readonly parcels = new Map<string, ParcelState>();
  readonly waivers: (WaiverAnnounced['data'] & { readonly tenantId: string })[] = [];
  readonly metrics: (MetricReported['data'] & { readonly tenantId: string })[] = [];
  readonly #seen = new Set<string>();
  /** Latest instant of any event; undefined while nothing was added. */
  latest: number | undefined;
  duplicates = 0;

  add(parsed: ParsedEvent): void {
    const key = `${parsed.tenantId} ${parsed.source} ${parsed.id}`;
    if (this.#seen.has(key)) {
      this.duplicates += 1;
      return;
    }
    this.#seen.add(key);
    this.latest = Math.max(this.latest ?? parsed.time, parsed.time, happenedAt(parsed));
    this.#fold(parsed as FinelineEvent);
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

/** No tenant id or identifier contains a line feed, so two keys never meet. */
export function keyOf(tenantId: string, id: string): string {
  return `${tenantId}\n${id}`;
}

/** When an event happened by its own data; its envelope's time where the data says nothing. */
export function happenedAt(event: ParsedEvent): number {
  const stated = timeOf(event.type, event.data as Record<string, unknown>);
  return typeof stated === 'number' ? stated : event.time;
}
