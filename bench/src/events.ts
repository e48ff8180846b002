// The bytes every contestant reads: orders and scans 1 : 9 as structured CloudEvents, the same for all. Deterministic.
import { TOPICS, cloudEventType } from '#contracts';
import type { EventName } from '#contracts';

export interface BenchRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
}

const HOUR = 3_600_000;
const STAGES = [
  ['handed-over-unconfirmed', 'claimed'],
  ['accepted', 'direct'],
  ['in-transit', 'implied'],
  ['in-transit', 'implied'],
  ['in-transit', 'implied'],
  ['in-transit', 'implied'],
  ['out-for-delivery', 'implied'],
  ['delivered', 'direct'],
] as const;

/** Per parcel: one order, one label on the orders topic, eight scans: 10 events, of which 9 are about the parcel. */
export const EVENTS_PER_ORDER = 2 + STAGES.length;

/** Orders of which one scan is sent twice, as couriers do. */
const REPEATED_EVERY = 10;
const REPEATED_STEP = 5;

/** After every event of the generator: the instant benches judge at, so that what is late is missed. */
export const ALL_HAPPENED = Date.UTC(2026, 2, 7, 20);

/** Between an order, its label and each of its scans the feed tells of so many other orders. */
const APART = 100;

/**
 * `orders` orders of 50 tenants with their labels and scans, mixed as a feed is: one event of each kind from orders that are `apart` from
 * each other, so that at any time orders and scans are 1 : 9 and the events of a parcel are far from each other. Every 13th parcel is accepted
 * 60 h late, so there are fines to find; of every 10th order one scan comes twice.
 */
export function* benchRecords(orders: number, firstOrder = 0, apart = APART): Generator<BenchRecord> {
  for (let turn = 0; turn < orders + (EVENTS_PER_ORDER - 1) * apart; turn++) {
    for (let step = 0; step < EVENTS_PER_ORDER; step++) {
      const index = turn - step * apart;
      if (index < 0 || index >= orders) continue;
      const number = firstOrder + index;
      yield recordOf(number, step);
      if (step === REPEATED_STEP && number % REPEATED_EVERY === 0) yield recordOf(number, step);
    }
  }
}

function recordOf(number: number, step: number): BenchRecord {
  const placedAt = Date.UTC(2026, 2, 2, 15) + (number % 86_400) * 1000;
  const orderId = `O${number}`;
  const trackingNumber = `BENCH${String(number).padStart(10, '0')}`;
  const labelledAt = placedAt + 3 * HOUR;
  if (step === 0) return record(number, 'order.placed', placedAt, orderId, orderOf(number, orderId, placedAt));
  if (step === 1) {
    const label = { orderId, trackingNumber, carrier: 'usps', uploadedAt: iso(labelledAt) };
    return record(number, 'parcel.labelled', labelledAt, orderId, label);
  }
  const [stage, strength] = STAGES[step - 2] as (typeof STAGES)[number];
  const late = number % 13 === 0 ? 60 * HOUR : 0;
  const occurredAt = labelledAt + (step - 1) * 4 * HOUR + (step > 2 ? late : 0);
  const scan = { trackingNumber, carrier: 'usps', stage, strength, occurredAt: iso(occurredAt), rawCode: `S${step}` };
  return record(number, 'parcel.scanned', occurredAt, trackingNumber, scan, `-${step}`);
}

function orderOf(number: number, orderId: string, placedAt: number): Record<string, unknown> {
  const west = number % 2 === 0;
  return {
    orderId,
    platform: number % 3 === 0 ? 'tiktok-shop' : 'temu',
    market: 'US',
    program: 'semi-managed',
    sellerId: `seller-${number % 500}`,
    shopId: `shop-${number % 500}`,
    warehouseId: west ? 'CA-1' : 'NJ-1',
    clocks: { placedAt: iso(placedAt) },
    shipFrom: { country: 'US', region: west ? 'CA' : 'NJ' },
    shipTo: { country: 'US', region: 'TX', timeZone: 'America/Chicago' },
    currency: 'USD',
    lines: [{ lineId: '1', quantity: 1, unitPriceMinor: 1500 + (number % 4000) }],
  };
}

function record(number: number, name: EventName, at: number, subject: string, data: object, suffix = ''): BenchRecord {
  const tenantid = `t${number % 50}`;
  const event = {
    specversion: '1.0',
    id: `${subject}-${name}${suffix}`,
    source: 'urn:bench',
    type: cloudEventType(name),
    time: iso(at),
    tenantid,
    datacontenttype: 'application/json',
    data,
  };
  const topic = name === 'parcel.scanned' ? TOPICS.scans : TOPICS.orders;
  return { topic, key: `${tenantid}/${subject}`, value: Buffer.from(JSON.stringify(event)) };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
