import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCloudEvent } from '#contracts';
import { carrierAdapter } from './index.js';
import { easypost } from './easypost.js';
import { meaningOf } from './easypost-stages.js';

const FIXTURES = 'libs/carriers/fixtures/easypost';
const FILES = readdirSync(FIXTURES);

function fixture(name: string): Buffer {
  return readFileSync(`${FIXTURES}/${name}`);
}

const DETAIL = {
  object: 'TrackingDetail',
  status: 'in_transit',
  status_detail: 'received_at_origin_facility',
  datetime: '2026-01-30T20:47:00Z',
  message: 'Accepted',
  source: 'USPS',
  carrier_code: '',
  tracking_location: { city: 'EDISON', state: 'NJ', country: 'US', zip: '08817' },
};

function event(...details: object[]): object {
  const result = { object: 'Tracker', tracking_code: 'EZ1000000001', carrier: 'USPS', tracking_details: details };
  return { object: 'Event', description: 'tracker.updated', id: 'evt_1', result };
}

function scanOf(detail: object, timeZone?: string) {
  const { scans } = easypost.scans(event({ ...DETAIL, ...detail }), { timeZone });
  return scans[0]!.data;
}

describe('EasyPost signature', () => {
  const body = fixture('creates-a-tracker__0.json');
  // Computed with Python's hmac over the file, key normalised NFKD.
  const signature = 'hmac-sha256-hex=601c6499695008a75a4f3590e1e6988a4c8a2582b91494d0ddc1375768101bd1';

  it('accepts the signed body, whatever the case of the header and the form of the secret', () => {
    expect(easypost.verify(body, { 'X-Hmac-Signature': signature }, 's\u00e9cret')).toBe(true);
    expect(easypost.verify(body, { 'x-hmac-signature': [signature] }, 'se\u0301cret')).toBe(true);
  });

  it.each([
    ['a wrong secret', { 'x-hmac-signature': signature }, 'invalid_secret'],
    ['a signature of another length', { 'x-hmac-signature': 'some-signature' }, 'sécret'],
    ['a signature whose end differs', { 'x-hmac-signature': signature.replace(/.{4}$/, 'aaaa') }, 'sécret'],
    ['no signature header', { 'some-header': 'some-value' }, '123'],
    ['an empty secret', { 'x-hmac-signature': signature }, ''],
    ['a bare digest', { 'x-hmac-signature': signature.slice('hmac-sha256-hex='.length) }, 'sécret'],
  ])('refuses %s', (_name, headers, secret) => expect(easypost.verify(body, headers, secret)).toBe(false));

  it('refuses a body that was written again with other spacing', () => {
    const again = Buffer.from(JSON.stringify(JSON.parse(body.toString())));
    expect(easypost.verify(again, { 'x-hmac-signature': signature }, 'sécret')).toBe(false);
  });
});

describe('EasyPost recorded answers', () => {
  it.each(FILES)('%s: every detail is one scan our parser accepts, and none is an acceptance', (file) => {
    const payload = JSON.parse(fixture(file).toString()) as {
      tracking_details?: [];
      trackers?: { tracking_details: [] }[];
    };
    const details = (payload.trackers ?? [payload as { tracking_details: [] }]).flatMap(
      (each) => each.tracking_details,
    );
    const { scans, faults } = easypost.scans(payload);
    expect(faults).toEqual([]);
    expect(scans).toHaveLength(details.length);
    expect(scans.length).toBeGreaterThan(0);
    for (const scan of scans) {
      const parsed = parseCloudEvent(scan, { tenantId: 't1' });
      expect(parsed).toMatchObject({ ok: true, event: { data: { stage: 'label-created', strength: 'none' } } });
    }
  });
});

describe('EasyPost meaning', () => {
  it.each([
    ['pre_transit', 'label_created', 'label-created', 'none'],
    ['pre_transit', 'status_update', 'label-created', 'none'],
    ['pre_transit', 'received_at_origin_facility', 'label-created', 'none'],
    ['in_transit', 'received_at_origin_facility', 'accepted', 'direct'],
    ['in_transit', 'arrived_at_facility', 'in-transit', 'implied'],
    ['in_transit', 'departed_origin_facility', 'in-transit', 'implied'],
    ['in_transit', 'transferred_to_destination_carrier', 'in-transit', 'implied'],
    ['in_transit', 'label_created', 'label-created', 'none'],
    ['in_transit', 'held', 'exception', 'implied'],
    ['in_transit', 'detail_of_next_year', 'in-transit', 'implied'],
    ['out_for_delivery', 'out_for_delivery', 'out-for-delivery', 'implied'],
    ['delivered', 'arrived_at_destination', 'delivered', 'implied'],
    ['available_for_pickup', 'arrived_at_pickup_location', 'available-for-pickup', 'implied'],
    ['return_to_sender', 'return', 'returning', 'implied'],
    ['failure', 'lost', 'lost', 'none'],
    ['failure', 'unknown', 'exception', 'none'],
    ['cancelled', 'cancelled', 'cancelled', 'none'],
    ['error', 'expired', 'expired', 'none'],
    ['unknown', 'unknown', 'unknown', 'none'],
    ['teleported', 'received_at_origin_facility', 'unknown', 'none'],
    ['__proto__', 'constructor', 'unknown', 'none'],
  ])('%s / %s is %s (%s)', (status, detail, stage, strength) => {
    expect(meaningOf(status, detail, 'usps', '')).toEqual({ stage, strength });
  });

  it.each([
    ['usps', 'in_transit', 'TM', 'handed-over-unconfirmed', 'claimed'],
    ['usps', 'in_transit', '03', 'accepted', 'direct'],
    ['fedex', 'in_transit', 'pu', 'accepted', 'direct'],
    ['fedex', 'in_transit', 'EP', 'label-created', 'none'],
    ['ups', 'in_transit', 'OR', 'accepted', 'direct'],
    ['ups', 'pre_transit', 'OR', 'label-created', 'none'],
    ['nobody', 'in_transit', 'OR', 'in-transit', 'implied'],
    ['usps', 'delivered', 'TM', 'delivered', 'implied'],
  ])("trusts %s's own code in %s: %s is %s (%s)", (carrier, status, code, stage, strength) => {
    expect(meaningOf(status, 'arrived_at_facility', carrier, code)).toEqual({ stage, strength });
  });

  it('never takes pre_transit for an acceptance', () => {
    const any = fc.string({ maxLength: 30 });
    fc.assert(
      fc.property(
        any,
        fc.constantFrom('usps', 'ups', 'fedex', 'x'),
        fc.constantFrom('03', 'PU', 'OR', 'TM', ''),
        (detail, carrier, code) => {
          expect(['label-created', 'handed-over-unconfirmed']).toContain(
            meaningOf('pre_transit', detail, carrier, code).stage,
          );
        },
      ),
    );
  });
});

describe('EasyPost scans', () => {
  it('keeps the time as written and says how its zone was known', () => {
    expect(scanOf({})).toMatchObject({
      occurredAt: DETAIL.datetime,
      occurredAtLocal: DETAIL.datetime,
      zoneSource: 'facility',
    });
    expect(scanOf({ datetime: '2026-01-30T15:47:00-05:00' })).toMatchObject({ zoneSource: 'event' });
    const unplaced = { tracking_location: { city: null, state: null, country: 'US', zip: null } };
    expect(scanOf(unplaced)).toMatchObject({ zoneSource: 'unknown', occurredAtLatest: '2026-01-31T08:47:00.000Z' });
    expect(scanOf(unplaced, 'America/New_York')).toMatchObject({
      zoneSource: 'carrier-default',
      timeZone: 'America/New_York',
      occurredAt: '2026-01-31T01:47:00.000Z',
      occurredAtLocal: DETAIL.datetime,
    });
  });

  it('keeps raw code, text, carrier and place', () => {
    expect(scanOf({ carrier_code: '03' })).toMatchObject({
      carrier: 'usps',
      rawCode: 'in_transit/received_at_origin_facility/03',
      rawText: 'Accepted',
      place: { country: 'US', region: 'NJ', city: 'EDISON', postalCode: '08817' },
    });
  });

  it('gives the same history the same ids however often it comes, and another detail another id', () => {
    const first = easypost.scans(event(DETAIL)).scans;
    const second = easypost.scans(event(DETAIL, { ...DETAIL, datetime: '2026-01-30T21:47:00Z' })).scans;
    expect(second[0]).toEqual(first[0]);
    expect(second[1]!.id).not.toBe(first[0]!.id);
  });

  it('reads the good details beside a bad one and names the bad one', () => {
    const { scans, faults } = easypost.scans(
      event(DETAIL, { ...DETAIL, datetime: '2026-02-30T00:00:00Z' }, [], DETAIL),
    );
    expect(scans).toHaveLength(2);
    expect(faults.map((fault) => fault.pointer)).toEqual([
      '/result/tracking_details/1/datetime',
      '/result/tracking_details/2',
    ]);
  });

  it.each([null, 7, {}, { object: 'Shipment' }])('calls %p no EasyPost message', (payload) => {
    expect(easypost.scans(payload).faults).toHaveLength(1);
  });

  it('has nothing to say about events that are not about trackers', () => {
    expect(easypost.scans({ object: 'Event', description: 'batch.created', result: {} })).toEqual({
      scans: [],
      faults: [],
    });
  });

  it('never throws on any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => easypost.scans(value)).not.toThrow();
        expect(() => easypost.scans({ object: 'Event', description: 'tracker.updated', result: value })).not.toThrow();
        expect(() => easypost.scans(event(value as object))).not.toThrow();
      }),
    );
  });

  it('is found by name, and only by its own', () => {
    expect(carrierAdapter('easypost')).toBe(easypost);
    expect(carrierAdapter('constructor')).toBeUndefined();
  });
});
