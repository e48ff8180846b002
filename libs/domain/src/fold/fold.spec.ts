import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { OrderEvent, ScanEvent } from '../events.js';
import { milestonesOf } from '../evidence.js';
import { at, labelled, orderEvent, placed, scan } from '../fixture.js';
import type { OrderState, ParcelState } from '../state.js';
import { sellerFaultCancellation } from '../evaluate/violations.js';
import { activeParcels, orderFacts } from './facts.js';
import { emptyOrder, foldOrder } from './order.js';
import { emptyParcel, foldParcel } from './parcel.js';

const fold = (events: readonly OrderEvent[]): OrderState => events.reduce(foldOrder, emptyOrder('t', 'o1'));
const foldScans = (events: readonly ScanEvent[]): ParcelState =>
  events.reduce(foldParcel, emptyParcel('t', 'PKG00001'));

const instant = fc.integer({ min: 1, max: 20 });
const number = fc.constantFrom('PKG00001', 'PKG00002', 'PKG00003');
const orderEvents: fc.Arbitrary<OrderEvent> = fc.oneof(
  fc.constant(placed()),
  fc.tuple(instant, fc.option(instant, { nil: undefined })).map(([t, receivedAt]) => ({
    ...orderEvent('order.placed', placed({ currency: 'EUR' }).data as never, { time: t }),
    receivedAt,
  })),
  fc
    .tuple(instant, instant)
    .map(([t, handlingDays]) => orderEvent('order.amended', { changes: { promise: { handlingDays } } }, { time: t })),
  fc
    .tuple(instant, instant)
    .map(([t, paidAt]) => orderEvent('order.amended', { changes: { clocks: { placedAt: 5, paidAt } } }, { time: t })),
  fc
    .tuple(instant, fc.constantFrom('buyer' as const, 'seller' as const))
    .map(([cancelledAt, by]) => orderEvent('order.cancelled', { cancelledAt, by })),
  instant.map((confirmedAt) => orderEvent('shipment.confirmed', { confirmedAt })),
  fc
    .tuple(number, instant, fc.constantFrom('ups', 'usps', undefined), fc.subarray(['a', 'b', 'c']))
    .map(([trackingNumber, uploadedAt, carrier, lineIds]) =>
      labelled(trackingNumber, uploadedAt, { carrier, lineIds }),
    ),
  fc
    .tuple(number, number, instant)
    .map(([trackingNumber, replaces, uploadedAt]) =>
      orderEvent('parcel.relabelled', { trackingNumber, replaces, uploadedAt }),
    ),
  fc.tuple(instant, instant).map(([decidedAt, parcels]) => orderEvent('order.split', { decidedAt, parcels })),
  instant.map((occurredAt) => orderEvent('violation.reported', { kind: 'empty-parcel', occurredAt })),
  fc.tuple(instant, fc.boolean()).map(([leviedAt, reversal]) =>
    orderEvent('fine.levied', {
      platform: 'temu',
      chargeId: 'c',
      amountMinor: 5,
      currency: 'USD',
      leviedAt,
      reversal,
    }),
  ),
);
const scanEvents: fc.Arbitrary<ScanEvent> = fc
  .tuple(
    fc.integer({ min: 0, max: 9 }),
    fc.constantFrom('label-created' as const, 'accepted' as const, 'in-transit' as const, 'delivered' as const),
    instant,
    fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined, freq: 4 }),
  )
  .map(([id, stage, t, retracts]) =>
    // The id decides the content, as the same event id never carries two payloads.
    scan('PKG00001', stage, t, {
      id: `${id} ${stage} ${t} ${retracts}`,
      ...(retracts !== undefined && { retracts: `${retracts}` }),
    }),
  );

/** A list, and the same list in another order with some events twice. */
function shuffled<T>(one: fc.Arbitrary<T>): fc.Arbitrary<readonly [readonly T[], readonly T[]]> {
  return fc.array(one, { maxLength: 12 }).chain((events) =>
    fc.subarray(events).chain((again) => {
      const doubled = [...events, ...again];
      const shuffle = fc.shuffledSubarray(doubled, { minLength: doubled.length, maxLength: doubled.length });
      return fc.tuple(fc.constant(events), shuffle);
    }),
  );
}

describe('folding', () => {
  test('the order and duplication of order events do not matter', () => {
    fc.assert(fc.property(shuffled(orderEvents), ([events, mixed]) => expect(fold(mixed)).toEqual(fold(events))));
  });

  test('the order and duplication of scans do not matter', () => {
    fc.assert(
      fc.property(shuffled(scanEvents), ([events, mixed]) => expect(foldScans(mixed)).toEqual(foldScans(events))),
    );
  });

  test('an event folded again returns the same state object', () => {
    fc.assert(
      fc.property(fc.array(orderEvents, { minLength: 1 }), fc.nat(), (events, pick) => {
        const state = fold(events);
        expect(foldOrder(state, events[pick % events.length]!)).toBe(state);
      }),
    );
    const seen = scan('PKG00001', 'accepted', 5);
    const state = foldScans([seen]);
    expect(foldParcel(state, seen)).toBe(state);
  });

  test('states survive JSON', () => {
    fc.assert(
      fc.property(fc.array(orderEvents), (events) => {
        const stored = JSON.parse(JSON.stringify(fold(events))) as OrderState;
        expect(stored).toEqual(fold(events));
        for (const event of events) expect(foldOrder(stored, event)).toBe(stored);
      }),
    );
  });
});

describe('facts of an order', () => {
  test('an amendment waits for the order and then applies field by field', () => {
    const amend = orderEvent(
      'order.amended',
      { changes: { clocks: { placedAt: 7, paidAt: 9 }, currency: 'EUR' } },
      { time: 3 },
    );
    const waiting = fold([amend]);
    expect(orderFacts(waiting)).toBeUndefined();
    const facts = orderFacts(foldOrder(waiting, placed({ clocks: { placedAt: 1, releasedAt: 2 } })));
    expect(facts).toMatchObject({ currency: 'EUR', clocks: { placedAt: 7, paidAt: 9, releasedAt: 2 } });
  });

  test('a correction with the time of what it corrects holds, whatever its id', () => {
    const sent = (id: string, currency: string, receivedAt: number): OrderEvent => ({
      ...orderEvent('order.placed', placed({ currency }).data as never, { id, time: 5 }),
      receivedAt,
    });
    const currencyOf = (...events: OrderEvent[]): string | undefined => orderFacts(fold(events))?.currency;
    for (const [first, second] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      const [wrong, corrected] = [sent(first, 'USD', 10), sent(second, 'EUR', 20)];
      expect(currencyOf(wrong, corrected)).toBe('EUR');
      expect(currencyOf(corrected, wrong)).toBe('EUR');
    }
    const once = fold([sent('a', 'USD', 10)]);
    expect(foldOrder(once, sent('a', 'USD', 30))).toBe(once);
  });

  test('a relabelled number no longer carries the order, also when the new label arrives first', () => {
    const relabel = orderEvent('parcel.relabelled', {
      trackingNumber: 'PKG00002',
      replaces: 'PKG00001',
      uploadedAt: 9,
    });
    expect(activeParcels(fold([relabel, labelled('PKG00001', 1)])).map((link) => link.trackingNumber)).toEqual([
      'PKG00002',
    ]);
  });

  test('some parcel is always active, whatever replaces what', () => {
    fc.assert(
      fc.property(fc.array(orderEvents), (events) => {
        const state = fold(events);
        expect(activeParcels(state).length > 0).toBe(state.parcels.length > 0);
      }),
    );
  });
});

describe('milestones of a parcel', () => {
  test('label information stamped after the pickup does not lower the stage', () => {
    const state = foldScans([
      scan('PKG00001', 'accepted', at('2026-03-02T17:22:00Z')),
      scan('PKG00001', 'label-created', at('2026-03-02T19:04:19Z')),
    ]);
    expect(milestonesOf(state)).toMatchObject({ stage: 'accepted', lastScan: at('2026-03-02T17:22:00Z') });
  });

  test('a later physical scan implies acceptance; a retracted one proves nothing', () => {
    const hub = scan('PKG00001', 'in-transit', 50, { id: 'hub' });
    expect(milestonesOf(foldScans([hub]))).toMatchObject({ acceptedImplied: 50 });
    const retraction = scan('PKG00001', 'unknown', 60, { strength: 'none', retracts: 'hub' });
    expect(milestonesOf(foldScans([retraction, hub]))).toEqual({ stage: 'unknown' });
  });

  test('further scans never lower the stage', () => {
    const RANKS = ['unknown', 'label-created', 'accepted', 'in-transit', 'delivered'];
    fc.assert(
      fc.property(fc.array(scanEvents), scanEvents, (events, more) => {
        const plain = [...events, more].map((event) => ({ ...event, data: { ...event.data, retracts: undefined } }));
        const before = milestonesOf(foldScans(plain.slice(0, -1))).stage;
        expect(RANKS.indexOf(milestonesOf(foldScans(plain)).stage)).toBeGreaterThanOrEqual(RANKS.indexOf(before));
      }),
    );
  });
});

test("a cancellation is the seller's fault when the seller did it, or the platform did when it had said it would", () => {
  const due = at('2026-03-12T06:59:59Z');
  const announced = placed({ platformDeadlines: { autoCancelAt: due } });
  const faultAt = (by: 'seller' | 'buyer' | 'platform', cancelledAt: number, ...events: OrderEvent[]) =>
    sellerFaultCancellation(fold([...events, orderEvent('order.cancelled', { cancelledAt, by })]));
  expect(faultAt('seller', 5, announced)).toBe(5);
  expect(faultAt('platform', due + 500, announced)).toBe(due + 500);
  expect(faultAt('platform', due - 1000, announced)).toBeUndefined();
  expect(faultAt('buyer', due, announced)).toBeUndefined();
  expect(faultAt('platform', due, placed())).toBeUndefined();
  expect(faultAt('platform', due, announced, labelled('PKG00001', 1))).toBeUndefined();
  expect(faultAt('platform', due + 5000, announced, labelled('PKG00001', due + 500))).toBeUndefined();
  expect(faultAt('platform', due + 5000, announced, labelled('PKG00001', due + 1000))).toBe(due + 5000);
  const confirmed = (confirmedAt: number): OrderEvent => orderEvent('shipment.confirmed', { confirmedAt });
  expect(faultAt('platform', due, announced, confirmed(due))).toBeUndefined();
  expect(faultAt('platform', due, announced, confirmed(due + 1000))).toBe(due);
  expect(sellerFaultCancellation(fold([announced]))).toBeUndefined();
});
