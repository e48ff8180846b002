// What a key may send. Ops: anything of the tenant. A seller: its own orders and their parcels. A warehouse: labels and scans of
// what it ships.
import type { Fault, ParsedEvent } from '#contracts';
import type { Identity, Owner } from '#storage';

const WAREHOUSE_TYPES = new Set<string>(['parcel.scanned', 'parcel.labelled', 'parcel.relabelled']);
const TENANT_TYPES = new Set<string>(['waiver.announced', 'metric.reported', 'points.issued']);

/** The order or parcel an event is about, to look up its owners. */
export interface Subject {
  readonly orderId?: string;
  readonly trackingNumber?: string;
}

export function subjectOf({ type, data }: ParsedEvent): Subject {
  if (type === 'parcel.scanned') return { trackingNumber: data.trackingNumber };
  return 'orderId' in data && data.orderId !== undefined ? { orderId: data.orderId } : {};
}

/**
 * Why this identity may not send the event, or undefined. `owners` are those of the event's subject as far as known: an order
 * nobody has placed yet belongs to nobody, because events may come in any order.
 */
export function forbidden(identity: Identity, event: ParsedEvent, owners: readonly Owner[]): Fault | undefined {
  if (identity.role === 'ops') return undefined;
  if (identity.role === 'warehouse') {
    if (!WAREHOUSE_TYPES.has(event.type)) return { pointer: '/type', detail: 'is not an event a warehouse may send' };
    return notOwned(event, owners, (owner) => owner.warehouseId, identity.warehouseId);
  }
  if (TENANT_TYPES.has(event.type)) return { pointer: '/type', detail: 'is not an event a seller may send' };
  return otherSeller(identity, event) ?? notOwned(event, owners, (owner) => owner.sellerId, identity.sellerId);
}

function otherSeller({ sellerId }: Identity, event: ParsedEvent): Fault | undefined {
  const detail = 'is not the seller of this API key';
  switch (event.type) {
    case 'order.placed':
      return event.data.sellerId === sellerId ? undefined : { pointer: '/data/sellerId', detail };
    case 'order.amended': {
      const to = event.data.changes.sellerId;
      return to === undefined || to === sellerId ? undefined : { pointer: '/data/changes/sellerId', detail };
    }
    case 'fine.levied':
      return event.data.sellerId === sellerId ? undefined : { pointer: '/data/sellerId', detail };
    default:
      return undefined;
  }
}

function notOwned(
  event: ParsedEvent,
  owners: readonly Owner[],
  axis: (owner: Owner) => string | null,
  own: string | undefined,
): Fault | undefined {
  const known = owners.flatMap((owner) => axis(owner) ?? []);
  if (known.length === 0 || known.includes(own ?? '')) return undefined;
  const field = event.type === 'parcel.scanned' ? 'trackingNumber' : 'orderId';
  return { pointer: `/data/${field}`, detail: 'is not within the reach of this API key' };
}
