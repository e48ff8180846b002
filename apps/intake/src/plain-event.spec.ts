import { describe, expect, it } from '@jest/globals';
import { plainEvent } from './plain-event.js';

const CANCELLED = { type: 'order.cancelled', orderId: 'o', cancelledAt: '2026-01-30T20:47:00Z', by: 'buyer' };

describe('plainEvent', () => {
  it('fills in the envelope: time from the data, id from the content', () => {
    const { type, ...data } = CANCELLED;
    expect(plainEvent(CANCELLED, 0).envelope).toEqual({
      specversion: '1.0',
      type,
      source: '/plain',
      id: expect.stringMatching(/^plain-[0-9a-f]{32}$/),
      time: '2026-01-30T20:47:00Z',
      data,
    });
  });

  it('gives the same content the same id, however it is ordered or nested, and other content another', () => {
    const idOf = (item: object) => (plainEvent(item, 0).envelope as { id: string }).id;
    const { type, ...data } = CANCELLED;
    expect(idOf({ by: 'buyer', cancelledAt: data.cancelledAt, orderId: 'o', type })).toBe(idOf(CANCELLED));
    expect(idOf({ type, data })).toBe(idOf(CANCELLED));
    expect(idOf({ ...CANCELLED, by: 'seller' })).not.toBe(idOf(CANCELLED));
    expect(idOf({ ...CANCELLED, id: 'mine' })).toBe('mine');
  });

  it('uses the time of receipt only for events whose data names none', () => {
    const timeOf = (item: object) => (plainEvent(item, Date.UTC(2026, 0, 1)).envelope as { time: unknown }).time;
    expect(timeOf({ type: 'order.amended', orderId: 'o' })).toBe('2026-01-01T00:00:00.000Z');
    expect(timeOf({ ...CANCELLED, cancelledAt: 'lunchtime' })).toBe('lunchtime');
  });

  it('tells two amendments of the same content apart by when they came', () => {
    const idAt = (receivedAt: number) =>
      (plainEvent({ type: 'order.amended', orderId: 'o' }, receivedAt).envelope as { id: string }).id;
    expect(idAt(1)).toBe(idAt(1));
    expect(idAt(1)).not.toBe(idAt(2));
  });

  it('leaves CloudEvents and what is no object as they are', () => {
    const event = { specversion: '1.0', id: 'a' };
    expect(plainEvent(event, 0).envelope).toBe(event);
    expect(plainEvent(7, 0).envelope).toBe(7);
  });
});
