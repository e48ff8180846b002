import { orderFacts } from '../fold/facts.js';
import type { OrderState, ParcelState, Shipment } from '../state.js';
import type { ReplayState } from './replay-state.js';
import { keyOf } from './replay-state.js';

/** Every order with its parcels, in the order given. Put together anew in each walk: of a large file they are never all in memory. */
export function shipmentsOf(state: ReplayState, orders: readonly OrderState[]): Iterable<Shipment> {
  return {
    *[Symbol.iterator]() {
      for (const order of orders) yield { order, facts: orderFacts(order), parcels: parcelsOf(state, order) };
    },
  };
}

function parcelsOf(state: ReplayState, order: OrderState): ReadonlyMap<string, ParcelState> {
  const parcels = new Map<string, ParcelState>();
  for (const { trackingNumber } of order.parcels) {
    const parcel = state.parcels.get(keyOf(order.tenantId, trackingNumber));
    if (parcel) parcels.set(trackingNumber, parcel);
  }
  return parcels;
}

/** The orders of each tenant of orders, rates and points as they were first seen, tenants sorted; most files have one. */
export function ordersByTenant(state: ReplayState): readonly (readonly [tenantId: string, orders: OrderState[]])[] {
  const byTenant = new Map<string, OrderState[]>();
  for (const order of state.orders.values()) {
    const known = byTenant.get(order.tenantId);
    if (known) known.push(order);
    else byTenant.set(order.tenantId, [order]);
  }
  for (const { tenantId } of [...state.metrics, ...state.points]) {
    if (!byTenant.has(tenantId)) byTenant.set(tenantId, []);
  }
  return [...byTenant].sort(([a], [b]) => (a < b ? -1 : 1));
}
