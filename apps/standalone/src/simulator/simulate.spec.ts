import { describe, expect, it } from '@jest/globals';
import { parseCloudEvent } from '#contracts';
import { simulate } from './simulate.js';
import type { SimulatedEvent } from './simulate.js';

const DAY = 86_400_000;
const from = Date.UTC(2026, 1, 2, 14);
const silence = { warehouseId: 'CA-ONTARIO-1', from: from + DAY / 2, until: from + DAY };
const options = { seed: 7, from, until: from + DAY, ordersPerDay: 400, silence };

describe('simulate', () => {
  const events = simulate(options);

  it('gives the same day for the same seed and another for another', () => {
    expect(simulate(options)).toEqual(events);
    expect(simulate({ ...options, seed: 8 })).not.toEqual(events);
  });

  it('makes 400 orders a day on three platforms from two warehouses', () => {
    const orders = events
      .filter(({ event }) => event.type.includes('order.placed'))
      .map(({ event }) => event.data as { platform: string; warehouseId: string });
    expect(orders).toHaveLength(400);
    expect(new Set(orders.map((order) => order.platform)).size).toBe(3);
    expect(new Set(orders.map((order) => order.warehouseId)).size).toBe(2);
  });

  it('makes only events the contract accepts, each heard no earlier than it happened', () => {
    const refused = events.filter(({ event }) => !parseCloudEvent(event, { tenantId: 'demo' }).ok);
    expect(refused).toEqual([]);
    expect(events.filter(({ arrivesAt, event }) => arrivesAt < Date.parse(event.time))).toEqual([]);
  });

  it('lets the hub scan a slipped pallet late and every other within five hours', () => {
    const slips = [{ warehouseId: 'NJ-EDISON-1', carrier: 'ups', daysBefore: 1, hours: 44 }];
    const delays = hubDelays(simulate({ ...options, until: from + 2 * DAY, slips }));
    expect(delays.filter((hours) => hours >= 43 && hours <= 46.5).length).toBeGreaterThan(20);
    expect(delays.filter((hours) => hours > 5.5 && hours < 43)).toEqual([]);
  });

  it('lets the silent warehouse be heard of only when its feed returns', () => {
    const during = events.filter(
      ({ arrivesAt, event }) =>
        event.source.endsWith('CA-ONTARIO-1') &&
        !event.type.includes('placed') &&
        arrivesAt > silence.from + 720_000 &&
        arrivesAt < silence.until,
    );
    const burst = events.filter(({ arrivesAt }) => arrivesAt === silence.until);
    expect(during).toEqual([]);
    expect(burst.length).toBeGreaterThan(20);
  });
});

/** Hours from the pickup manifest to the hub scan of each parcel. */
function hubDelays(events: readonly SimulatedEvent[]): number[] {
  const at = (stage: string): Map<string, number> =>
    new Map(
      events
        .filter(({ event }) => (event.data as { stage?: string }).stage === stage)
        .map(({ event }) => [(event.data as { trackingNumber: string }).trackingNumber, Date.parse(event.time)]),
    );
  const handed = at('handed-over-unconfirmed');
  return [...at('accepted')].map(([parcel, hub]) => (hub - (handed.get(parcel) as number)) / 3_600_000);
}
