// An event on its way in: parsed, with the text and the place it came from, and the keys of the state it touches.
import { hash } from 'node:crypto';
import type { ParsedEvent } from '#contracts';
import type { EvidenceRow, OrderKey, ParcelKey } from '#storage';

export interface TrackedEvent {
  readonly event: ParsedEvent;
  /** UTF-8 of the record's JSON text as it arrived. */
  readonly payload: Buffer;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/**
 * The evidence row. The hash covers type, time and parsed data, not the envelope: a sender's repetition gets another receive
 * time and trace, and is still the same event.
 */
export function evidenceRow({ event, payload, topic, partition, offset }: TrackedEvent): EvidenceRow {
  const said = JSON.stringify([event.type, event.time, event.data]);
  return {
    tenantId: event.tenantId,
    source: event.source,
    eventId: event.id,
    type: event.type,
    orderId: orderIdOf(event),
    trackingNumber: 'trackingNumber' in event.data ? event.data.trackingNumber : undefined,
    occurredAt: event.time,
    receivedAt: event.receivedAt,
    payloadHash: hash('sha256', said, 'buffer').subarray(0, 16),
    payload,
    topic,
    partition,
    offset,
  };
}

export function orderIdOf(event: ParsedEvent): string | undefined {
  return 'orderId' in event.data ? event.data.orderId : undefined;
}

/** They may name an order, but are not part of it. */
const BESIDE_ORDERS: ReadonlySet<string> = new Set(['waiver.announced', 'points.issued']);

/** Whether the event folds into an order's state. */
export function foldsIntoOrder(event: ParsedEvent): boolean {
  return !BESIDE_ORDERS.has(event.type) && orderIdOf(event) !== undefined;
}

/** The tracking number whose scans or claims the event can change. */
function trackingNumberOf(event: ParsedEvent): string | undefined {
  switch (event.type) {
    case 'parcel.scanned':
    case 'parcel.labelled':
    case 'parcel.relabelled':
      return event.data.trackingNumber;
    default:
      return undefined;
  }
}

/** Map key of a tenant's order or parcel. Identifiers hold no control characters, so the pair cannot be read two ways. */
export function keyOf(tenantId: string, id: string): string {
  return `${tenantId}\n${id}`;
}

export function parcelKeys(events: readonly TrackedEvent[]): ParcelKey[] {
  const keys = new Map<string, ParcelKey>();
  for (const { event } of events) {
    const trackingNumber = trackingNumberOf(event);
    if (trackingNumber === undefined) continue;
    keys.set(keyOf(event.tenantId, trackingNumber), { tenantId: event.tenantId, trackingNumber });
  }
  return [...keys.values()];
}

/** Orders named by the events, and `more`, each once. */
export function orderKeys(events: readonly TrackedEvent[], more: readonly OrderKey[]): OrderKey[] {
  const keys = new Map(more.map((key) => [keyOf(key.tenantId, key.orderId), key]));
  for (const { event } of events) {
    const orderId = orderIdOf(event);
    if (orderId === undefined || !foldsIntoOrder(event)) continue;
    keys.set(keyOf(event.tenantId, orderId), { tenantId: event.tenantId, orderId });
  }
  return [...keys.values()];
}
