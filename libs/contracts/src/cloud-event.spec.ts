import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCloudEvent } from './cloud-event.js';
import { parseInstant } from './primitives.js';

const EVENT = {
  specversion: '1.0',
  id: 'order-1/placed',
  source: '/shops/nj-1',
  type: 'com.fineline.order.cancelled.v1',
  time: '2026-01-30T20:47:00-08:00',
  data: { orderId: 'order-1', cancelledAt: '2026-01-30T20:47:00-08:00', by: 'buyer' },
};
const SENDER = { tenantId: 'acme' };

function faultAt(change: object): string[] {
  const result = parseCloudEvent({ ...EVENT, ...change }, SENDER);
  return result.ok ? [] : result.faults.map((fault) => fault.pointer);
}

describe('parseCloudEvent', () => {
  it('reads the event, with instants as epoch milliseconds', () => {
    expect(parseCloudEvent(EVENT, SENDER)).toEqual({
      ok: true,
      event: {
        tenantId: 'acme',
        source: '/shops/nj-1',
        id: 'order-1/placed',
        type: 'order.cancelled',
        time: Date.UTC(2026, 0, 31, 4, 47),
        receivedAt: undefined,
        data: { orderId: 'order-1', cancelledAt: Date.UTC(2026, 0, 31, 4, 47), by: 'buyer' },
      },
    });
  });

  it.each([
    ['lunchtime', '/time'],
    ['2026-01-30T18:31Z', '/time'],
    ['2026-01-30T18:31:00', '/time'],
    ['2026-01-30T18:31:00+25:00', '/time'],
    ['2026-01-30T18:31:00+05', '/time'],
    ['2026-01-30T18:31:00X', '/time'],
    ['9999-01-30T18:31:00Z', '/time'],
    ['0001-01-30T18:31:00Z', '/time'],
    ['1970-01-01T00:00:00Z', '/time'],
    ['-001-01-01T00:00:00Z', '/time'],
    ['2016-12-31T23:59:60Z', '/time'],
    ['2026-02-30T00:00:00Z', '/time'],
    [1769805960000, '/time'],
  ])('refuses time %p', (time, pointer) => expect(faultAt({ time })).toEqual([pointer]));

  it.each([
    ['id', 25],
    ['id', { a: 1 }],
    ['id', ''],
    ['id', 'x'.repeat(10_240)],
    ['id', 'a\0b'],
    ['id', 'Cafe\u0301'],
    ['id', 'a\u202eb'],
    ['specversion', '0.9'],
    ['source', '/sh\u043eps/nj-1'],
    ['source', 'not a uri'],
    ['type', 'com.fineline.order.lost.v1'],
    ['type', '__proto__'],
    ['tenantid', 'other'],
    ['tenantid', '\u0430cme'],
    ['datacontenttype', 'application/xml'],
    ['datacontenttype', 'application/json; charset=utf-16'],
    ['data_base64', 'e30='],
    ['MyExt', 'x'],
    ['my.ext', 'x'],
    ['ext', { nested: true }],
    ['ext', 1.5],
    ['ext', 2 ** 31],
    ['dataschema', 'relative'],
  ])('refuses %s = %p and names it', (attribute, value) => {
    expect(faultAt({ [attribute]: value })).toEqual([`/${attribute}`]);
  });

  it('names every fault at once', () => {
    expect(faultAt({ id: 7, time: 'x', MyExt: 1 })).toEqual(['/id', '/time', '/MyExt']);
  });

  it('treats a null attribute as absent, as the JSON format says', () => {
    expect(faultAt({ subject: null, ext: null })).toEqual([]);
    expect(faultAt({ id: null })).toEqual(['/id']);
    expect(faultAt({ data: null })).toEqual(['/data']);
  });

  it('refuses fields the event does not have, at any depth, but only from a sender', () => {
    const data = { ...EVENT.data, canceledAt: 'x', role: 'admin' };
    expect(faultAt({ data })).toEqual(['/data/canceledAt', '/data/role']);
    expect(parseCloudEvent({ ...EVENT, tenantid: 'acme', data })).toMatchObject({ ok: true });
  });

  it.each([null, [], 'text', 7])('refuses %p as an event', (value) => {
    expect(parseCloudEvent(value, SENDER)).toMatchObject({ ok: false, faults: [{ pointer: '' }] });
  });
});

describe('parseInstant', () => {
  it('agrees with Date on every instant of the century, whatever the offset and precision', () => {
    const minutes = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2000, 0, 2), max: Date.UTC(2099, 11, 30) }), minutes, (at, offset) => {
        const sign = offset < 0 ? '-' : '+';
        const [hours, rest] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const local = new Date(at + offset * 60_000).toISOString().slice(0, -1);
        const text = `${local}${sign}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
        expect(parseInstant(text)).toEqual({ ok: true, at });
      }),
    );
  });

  it('keeps milliseconds exactly and cuts what is finer', () => {
    for (let ms = 0; ms < 1000; ms += 1) {
      const fraction = String(ms).padStart(3, '0');
      const at = Date.UTC(2026, 0, 1, 0, 0, 0, ms);
      expect(parseInstant(`2026-01-01T00:00:00.${fraction}Z`)).toEqual({ ok: true, at });
      expect(parseInstant(`2026-01-01T00:00:00.${fraction}999999Z`)).toEqual({ ok: true, at });
    }
    expect(parseInstant('2026-01-01T00:00:00.5Z')).toEqual({ ok: true, at: Date.UTC(2026, 0, 1, 0, 0, 0, 500) });
  });
});
