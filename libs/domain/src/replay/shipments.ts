import { orderFacts } from '../fold/facts.js';
import type { OrderState, ParcelState, Shipment } from '../state.js';
import type { TenantState } from './replay-state.js';

/** Every order of the tenant with its parcels, as first seen. Put together anew in each walk: of a large file they are never all in memory. */
export function shipmentsOf(state: TenantState): Iterable<Shipment> {
  return {
    *[Symbol.iterator]() {
      for (const order of state.orders.values()) {
        yield { order, facts: orderFacts(order), parcels: parcelsOf(state, order) };
      }
    },
  };
}

function parcelsOf(state: TenantState, order: OrderState): ReadonlyMap<string, ParcelState> {
  const parcels = new Map<string, ParcelState>();
  for (const { trackingNumber } of order.parcels) {
    const parcel = state.parcels.get(trackingNumber);
    if (parcel) parcels.set(trackingNumber, parcel);
  }
  return parcels;
}
