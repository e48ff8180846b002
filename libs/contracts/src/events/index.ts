// The catalogue of canonical events: CloudEvents type, data schema, topic and partition key of each.
import { z } from 'zod';
import { TOPICS } from '../topics.js';
import * as order from './order.js';
import * as scan from './scan.js';
import * as tenant from './tenant.js';

const TYPE_PREFIX = 'com.fineline.';
const TYPE_SUFFIX = '.v1';

export const EVENT_DATA = {
  'order.placed': order.orderPlaced,
  'order.amended': order.orderAmended,
  'order.cancelled': order.orderCancelled,
  'order.split': order.orderSplit,
  'shipment.confirmed': order.shipmentConfirmed,
  'parcel.labelled': order.parcelLabelled,
  'parcel.relabelled': order.parcelRelabelled,
  'parcel.scanned': scan.parcelScanned,
  'violation.reported': order.violationReported,
  'fine.levied': order.fineLevied,
  'waiver.announced': tenant.waiverAnnounced,
  'metric.reported': tenant.metricReported,
  'points.issued': tenant.pointsIssued,
} as const;

export type EventName = keyof typeof EVENT_DATA;
export type EventData<Name extends EventName> = z.output<(typeof EVENT_DATA)[Name]>;
export type EventDataInput<Name extends EventName> = z.input<(typeof EVENT_DATA)[Name]>;

/** `order.placed` to the CloudEvents `type` on the wire, `com.fineline.order.placed.v1`. */
export function cloudEventType(name: EventName): string {
  return `${TYPE_PREFIX}${name}${TYPE_SUFFIX}`;
}

/** The wire `type` (or its short form) to our event name; undefined when it is not one of ours. */
export function eventName(type: string): EventName | undefined {
  const short =
    type.startsWith(TYPE_PREFIX) && type.endsWith(TYPE_SUFFIX)
      ? type.slice(TYPE_PREFIX.length, -TYPE_SUFFIX.length)
      : type;
  return Object.hasOwn(EVENT_DATA, short) ? (short as EventName) : undefined;
}

/** Topic an event travels on: scans by tracking number, everything else with the orders. */
export function topicOf(name: EventName): string {
  return name === 'parcel.scanned' ? TOPICS.scans : TOPICS.orders;
}

/** Partition key: tenant + tracking number for scans, tenant + order id for orders, tenant alone for what touches many. */
export function partitionKey(tenantId: string, name: EventName, data: Record<string, unknown>): string {
  const subject = name === 'parcel.scanned' ? data['trackingNumber'] : data['orderId'];
  return typeof subject === 'string' ? `${tenantId}/${subject}` : tenantId;
}
