// EasyPost tracker webhooks. Every message repeats the whole history, so each tracking detail becomes one scan with an id made
// from its content: a thousand deliveries of the same history are one set of scans.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { EventDataInput } from '#contracts';
import type { Wrong } from '#contracts';
import { faultAt, faultsOf, parseInstant, pointerOf, wrong } from '#contracts';
import { fromLocal, parseDate } from '#domain';
import type { CarrierAdapter, CarrierReading, CarrierScan, ReadingOptions } from './carrier-adapter.js';
import { carrierScan, headerValue } from './carrier-adapter.js';
import { meaningOf } from './easypost-stages.js';

const SOURCE = '/carriers/easypost';
const text = z.string().max(500).nullish();
const location = z.object({ city: text, state: text, country: text, zip: text });
const trackingDetail = z.object({
  status: z.string().max(60),
  status_detail: text,
  datetime: z.string().max(40),
  message: text,
  source: text,
  carrier_code: text,
  tracking_location: location.nullish(),
});
const tracker = z.object({
  tracking_code: z.string().max(64),
  carrier: text,
  tracking_details: z.array(z.unknown()).max(1_000),
});
type Tracker = z.output<typeof tracker>;
type TrackingDetail = z.output<typeof trackingDetail>;

export const easypost: CarrierAdapter = {
  name: 'easypost',

  /** `X-Hmac-Signature: hmac-sha256-hex=…` over the raw body; the secret is normalised NFKD, as EasyPost's own libraries do. */
  verify(rawBody, headers, secret) {
    const given = headerValue(headers, 'x-hmac-signature');
    if (!given || !secret) return false;
    const expected = createHmac('sha256', secret.normalize('NFKD')).update(rawBody).digest();
    const digest = Buffer.from(/^hmac-sha256-hex=([0-9a-f]{64})$/i.exec(given)?.[1] ?? '', 'hex');
    return digest.length === expected.length && timingSafeEqual(digest, expected);
  },

  /** Reads a webhook Event around a Tracker, a bare Tracker, or a page of trackers. Other events carry no scans. */
  scans(payload, options = {}) {
    const found = trackersIn(payload);
    if (!found) return { scans: [], faults: [faultAt('', wrong('not-a-tracker'))] };
    return joined(found.map(({ value, pointer }) => readTracker(value, pointer, options)));
  },
};

interface Found {
  readonly value: unknown;
  readonly pointer: string;
}

function trackersIn(payload: unknown): Found[] | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const { object, description, result, trackers } = payload as Record<string, unknown>;
  if (object === 'Tracker') return [{ value: payload, pointer: '' }];
  if (Array.isArray(trackers)) return trackers.map((value, index) => ({ value, pointer: `/trackers/${index}` }));
  if (object !== 'Event') return undefined;
  return String(description).startsWith('tracker.') ? [{ value: result, pointer: '/result' }] : [];
}

function joined(readings: readonly CarrierReading[]): CarrierReading {
  return { scans: readings.flatMap(({ scans }) => scans), faults: readings.flatMap(({ faults }) => faults) };
}

function readTracker(value: unknown, pointer: string, options: ReadingOptions): CarrierReading {
  const parsed = tracker.safeParse(value);
  if (!parsed.success) return { scans: [], faults: faultsOf(parsed.error, pointer) };
  return joined(
    parsed.data.tracking_details.map((detail, index) =>
      readDetail(parsed.data, detail, `${pointer}${pointerOf(['tracking_details', index])}`, options),
    ),
  );
}

function readDetail(from: Tracker, value: unknown, pointer: string, options: ReadingOptions): CarrierReading {
  const parsed = trackingDetail.safeParse(value);
  if (!parsed.success) return { scans: [], faults: faultsOf(parsed.error, pointer) };
  const time = scanTime(parsed.data, options);
  if ('fault' in time) return { scans: [], faults: [faultAt(`${pointer}/datetime`, time.fault)] };
  return { scans: [toScan(from, parsed.data, time)], faults: [] };
}

type ScanTime = Pick<
  EventDataInput<'parcel.scanned'>,
  'occurredAt' | 'occurredAtLatest' | 'occurredAtLocal' | 'timeZone' | 'zoneSource'
>;

/** How far west the clock of an unplaced scan may have stood: UTC-12. */
const WESTERNMOST_MS = 12 * 3_600_000;

/**
 * EasyPost gives an offset where the place of a scan is known and otherwise writes the local time as if it were UTC
 * (docs.easypost.com, Tracker). Such a time is read in the account's zone, or kept as an interval.
 */
function scanTime(detail: TrackingDetail, { timeZone }: ReadingOptions): ScanTime | { fault: Wrong } {
  const parsed = parseInstant(detail.datetime);
  if (!parsed.ok) return { fault: wrong('not-an-instant', { reason: parsed.reason }) };
  const occurredAtLocal = detail.datetime;
  const at = { occurredAt: detail.datetime, occurredAtLocal };
  if (!/z$/i.test(detail.datetime)) return { ...at, zoneSource: 'event' };
  if (isPlaced(detail)) return { ...at, zoneSource: 'facility' };
  if (!timeZone) {
    return { ...at, occurredAtLatest: new Date(parsed.at + WESTERNMOST_MS).toISOString(), zoneSource: 'unknown' };
  }
  const local = new Date(parsed.at);
  const secondOfDay = local.getUTCHours() * 3600 + local.getUTCMinutes() * 60 + local.getUTCSeconds();
  const occurredAt = fromLocal(parseDate(detail.datetime.slice(0, 10)), secondOfDay, timeZone);
  return { occurredAt: new Date(occurredAt).toISOString(), occurredAtLocal, timeZone, zoneSource: 'carrier-default' };
}

function isPlaced({ tracking_location: where }: TrackingDetail): boolean {
  return Boolean(where?.zip || (where?.city && (where.state || where.country)));
}

function toScan(from: Tracker, detail: TrackingDetail, time: ScanTime): CarrierScan {
  const carrier = (detail.source || from.carrier || '').toLowerCase();
  const { status, status_detail, carrier_code, message } = detail;
  const meaning = meaningOf(status, status_detail ?? '', carrier, carrier_code ?? '');
  const data: EventDataInput<'parcel.scanned'> = {
    trackingNumber: from.tracking_code,
    ...(carrier && { carrier: carrier.slice(0, 40) }),
    ...meaning,
    ...time,
    ...placeOf(detail),
    rawCode: [status, status_detail, carrier_code].filter(Boolean).join('/'),
    ...(message && { rawText: message }),
  };
  return carrierScan(SOURCE, [data], data);
}

/** The place as far as it is clean; the rest of a scan does not depend on it. */
function placeOf({ tracking_location: where }: TrackingDetail): Pick<EventDataInput<'parcel.scanned'>, 'place'> {
  const country = where?.country?.trim().toUpperCase() ?? '';
  const region = where?.state?.trim().toUpperCase() ?? '';
  const place = {
    ...(/^[A-Z]{2}$/.test(country) && { country }),
    ...(/^[A-Z0-9]{1,6}$/.test(region) && { region }),
    ...(where?.city && { city: where.city.slice(0, 120) }),
    ...(where?.zip && { postalCode: where.zip.slice(0, 16) }),
  };
  return Object.keys(place).length > 0 ? { place } : {};
}
