// What a key may send. Ops: anything of the tenant. A seller: its own orders and their parcels. A warehouse: labels and scans of
// what it ships.
import type { Fault, ParsedEvent } from '#contracts';
import { faultAt, wrong } from '#contracts';
import type { Identity, Owner } from '#storage';

const WAREHOUSE_TYPES = new Set<string>(['parcel.scanned', 'parcel.labelled', 'parcel.relabelled']);
const TENANT_TYPES = new Set<string>(['waiver.announced', 'metric.reported', 'points.issued']);

/** An order, a parcel or a charge an event is about, to look up its owners, and where the event names it. */
export interface Subject {
  readonly kind: 'order' | 'parcel' | 'charge';
  /** Order id, tracking number, or platform and charge id, a line each. */
  readonly key: string;
  readonly pointer: string;
}

/** Owners of a subject as far as known: an order nobody has placed yet belongs to nobody, because events may come in any order. */
export type OwnersOf = (subject: Subject) => readonly Owner[];

/**
 * All of them must be within the sender's reach. A label ties a parcel to an order: whoever owns the order then sees the parcel, and
 * the number counts as reused for the order that had it first. A charge told again replaces what was told of it, whoever that was of.
 */
export function subjectsOf({ type, data }: ParsedEvent): Subject[] {
  switch (type) {
    case 'parcel.scanned':
      return [parcel('trackingNumber', data.trackingNumber)];
    case 'parcel.labelled':
      return [order(data.orderId), parcel('trackingNumber', data.trackingNumber)];
    case 'parcel.relabelled':
      return [order(data.orderId), parcel('trackingNumber', data.trackingNumber), parcel('replaces', data.replaces)];
    case 'fine.levied':
      return [
        ...(data.orderId === undefined ? [] : [order(data.orderId)]),
        charge(`${data.platform}\n${data.chargeId}`),
      ];
    default:
      return 'orderId' in data && data.orderId !== undefined ? [order(data.orderId)] : [];
  }
}

function order(key: string): Subject {
  return { kind: 'order', key, pointer: '/data/orderId' };
}

function parcel(field: string, key: string): Subject {
  return { kind: 'parcel', key, pointer: `/data/${field}` };
}

function charge(key: string): Subject {
  return { kind: 'charge', key, pointer: '/data/chargeId' };
}

/** Why this identity may not send the event, or undefined. */
export function forbidden(identity: Identity, event: ParsedEvent, ownersOf: OwnersOf): Fault | undefined {
  if (identity.role === 'ops') return undefined;
  if (identity.role === 'warehouse') {
    if (!WAREHOUSE_TYPES.has(event.type)) return faultAt('/type', wrong('warehouse-event'));
    return notOwned(event, ownersOf, (owner) => owner.warehouseId, identity.warehouseId);
  }
  if (TENANT_TYPES.has(event.type)) return faultAt('/type', wrong('seller-event'));
  return otherSeller(identity, event) ?? notOwned(event, ownersOf, (owner) => owner.sellerId, identity.sellerId);
}

function otherSeller({ sellerId }: Identity, event: ParsedEvent): Fault | undefined {
  const other = wrong('other-seller');
  switch (event.type) {
    case 'order.placed':
      return event.data.sellerId === sellerId ? undefined : faultAt('/data/sellerId', other);
    case 'order.amended': {
      const to = event.data.changes.sellerId;
      return to === undefined || to === sellerId ? undefined : faultAt('/data/changes/sellerId', other);
    }
    case 'fine.levied':
      return event.data.sellerId === sellerId ? undefined : faultAt('/data/sellerId', other);
    default:
      return undefined;
  }
}

/** The first subject that only others own. What somebody else owns too, as a parcel of several orders, is within reach. */
function notOwned(
  event: ParsedEvent,
  ownersOf: OwnersOf,
  axis: (owner: Owner) => string | null,
  own: string | undefined,
): Fault | undefined {
  const foreign = subjectsOf(event).find((subject) => {
    const known = ownersOf(subject).flatMap((owner) => axis(owner) ?? []);
    return known.length > 0 && !known.includes(own ?? '');
  });
  return foreign && faultAt(foreign.pointer, wrong('other-owner'));
}
