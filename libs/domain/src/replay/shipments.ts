import { orderFacts } from '../fold/facts.js';
import type { ParcelState, Shipment } from '../state.js';
import type { ReplayState } from './replay-state.js';
import { keyOf } from './replay-state.js';

/** Every order of one tenant with its parcels, in the order they were first seen. */
export function shipmentsOf(state: ReplayState, tenantId: string): Shipment[] {
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

/** Tenants of the events, sorted; most files have one. */
export function tenantsOf(state: ReplayState): string[] {
  return [...new Set([...state.orders.values()].map((order) => order.tenantId))].sort();
}
