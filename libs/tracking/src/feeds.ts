import type { ParcelState } from '#domain';
import { orderFacts } from '#domain';
import type { LockedOrder, NotedFeed } from '#storage';
import { keyOf } from './tracked-event.js';

/** The latest scan among `parcels` (by `keyOf` tenant and tracking number) of the orders, by seller and warehouse. */
export function feedsOf(orders: readonly LockedOrder[], parcels: ReadonlyMap<string, ParcelState>): NotedFeed[] {
  const feeds = new Map<string, NotedFeed>();
  for (const { state } of orders) {
    const { tenantId } = state;
    const { sellerId, warehouseId } = orderFacts(state) ?? {};
    const scans = state.parcels.flatMap(
      ({ trackingNumber }) => parcels.get(keyOf(tenantId, trackingNumber))?.scans.at(-1)?.at ?? [],
    );
    if (sellerId === undefined || warehouseId === undefined || scans.length === 0) continue;
    const key = `${keyOf(tenantId, sellerId)}\n${warehouseId}`;
    const lastScanAt = Math.max(...scans, feeds.get(key)?.lastScanAt ?? -Infinity);
    feeds.set(key, { tenantId, sellerId, warehouseId, lastScanAt });
  }
  return [...feeds.values()];
}
