// Orders and parcels under lock, also those that were closed: what has no row among the open ones is looked for among the closed ones
// and brought back before anything is folded into it.
import type { ParcelState } from '#domain';
import type { ClosedOrderStore, LockedOrder, OrderKey, ParcelKey, ShipmentStore, Transaction } from '#storage';
import { keyOf } from './tracked-event.js';

/** Locks of one transaction. */
export class ClosedOrders {
  /** Orders this transaction brought back. */
  broughtBack = 0;

  constructor(
    private readonly transaction: Transaction,
    private readonly shipments: ShipmentStore,
    private readonly closed: ClosedOrderStore,
  ) {}

  /** `ShipmentStore.lockParcels`, closed ones included. */
  async lockParcels(keys: readonly ParcelKey[]): Promise<ParcelState[]> {
    const states = await this.shipments.lockParcels(this.transaction, keys);
    const has = new Set(states.map(({ tenantId, trackingNumber }) => keyOf(tenantId, trackingNumber)));
    const missing = keys.filter(({ tenantId, trackingNumber }) => !has.has(keyOf(tenantId, trackingNumber)));
    const found = await this.closed.ofParcels(this.transaction, missing);
    if (!(await this.bringBack(found))) return states;
    return [...states, ...(await this.lockParcels(missing))];
  }

  /** `ShipmentStore.lockOrders`, closed ones included. */
  async lockOrders(keys: readonly OrderKey[]): Promise<LockedOrder[]> {
    const orders = await this.shipments.lockOrders(this.transaction, keys);
    const has = new Set(orders.map(({ state }) => keyOf(state.tenantId, state.orderId)));
    const missing = keys.filter(({ tenantId, orderId }) => !has.has(keyOf(tenantId, orderId)));
    const found = await this.closed.ofOrders(this.transaction, missing);
    if (!(await this.bringBack(found))) return orders;
    return [...orders, ...(await this.lockOrders(missing))];
  }

  // Looked for only after the lock found nothing: whoever closes holds that lock until the order is among the closed ones. Then locked
  // anew from the beginning: somebody else may have brought it back first, and it may even be closed again.
  private async bringBack(found: readonly OrderKey[]): Promise<boolean> {
    if (found.length === 0) return false;
    this.broughtBack += await this.closed.bringBack(this.transaction, found);
    return true;
  }
}
