import type { ParcelState, Shipment } from '#domain';
import { orderFacts } from '#domain';
import type { FileState } from './file-state.js';
import { keyOf } from './file-state.js';

/** Every order of one tenant with its parcels, in the order they were first seen. */
export function shipmentsOf(state: FileState, tenantId: string): Shipment[] {
  const orders = [...state.orders.values()].filter((order) => order.tenantId === tenantId);
  return orders.map((order) => {
    const parcels = new Map<string, ParcelState>();
    for (const { trackingNumber } of order.parcels) {
      const parcel = state.parcels.get(keyOf(tenantId, trackingNumber));
      if (parcel) parcels.set(trackingNumber, parcel);
    }
    return { order, facts: orderFacts(order), parcels };
  });
}

/** Tenants of the file, sorted; most files have one. */
export function tenantsOf(state: FileState): string[] {
  return [...new Set([...state.orders.values()].map((order) => order.tenantId))].sort();
}
