import { describe, expect, it } from '@jest/globals';
import { parseCloudEvent } from '#contracts';
import { simulate } from './simulate.js';

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
