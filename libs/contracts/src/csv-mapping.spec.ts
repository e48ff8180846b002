import { describe, expect, it } from '@jest/globals';
import type { CsvMapping } from './csv-mapping.js';
import { mapRow, mapRows, mappedColumns, parseMapping } from './csv-mapping.js';

const MAPPING = {
  mapping: 'shop-export',
  zone: 'America/Los_Angeles',
  dates: 'MM/DD/YYYY h:mm A',
  currency: 'USD',
  group: 'Order',
  events: [
    {
      type: 'order.placed',
      data: {
        orderId: 'Order',
        platform: { value: 'tiktok-shop' },
        market: { value: 'US' },
        sellerId: { value: 's-1' },
        currency: { value: 'USD' },
        clocks: { placedAt: 'Created' },
        platformDeadlines: { shipBy: { column: 'Ship by', format: 'YYYY-MM-DD', at: '23:59:59' } },
        shipTo: { postalCode: 'Zip' },
        lines: [{ lineId: { template: '{Order}-{Sku}' }, sku: 'Sku', quantity: 'Qty', unitPriceMinor: 'Price' }],
      },
    },
    {
      type: 'parcel.labelled',
      if: ['Tracking'],
      data: { orderId: 'Order', trackingNumber: 'Tracking', uploadedAt: 'Shipped' },
    },
  ],
};
const ROW = {
  Order: '1001',
  Created: '01/30/2026 8:47 PM',
  'Ship by': '2026-02-03',
  Zip: '07001',
  Sku: 'A',
  Qty: '2',
  Price: '$1,249.50',
  Tracking: '',
  Shipped: '',
};

function mapping(over: object = {}): CsvMapping {
  const parsed = parseMapping({ ...MAPPING, ...over });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.mapping;
}

function eventsOf(result: ReturnType<typeof mapRow>) {
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.events;
}

describe('CSV mapping', () => {
  it('reads a row of a shop export with local dates and decimal money', () => {
    const [placed, ...others] = eventsOf(mapRow(mapping(), ROW));
    expect(others).toEqual([]);
    expect(placed).toMatchObject({
      type: 'com.fineline.order.placed.v1',
      source: 'urn:csv:shop-export',
      time: '2026-01-31T04:47:00.000Z',
      data: {
        orderId: '1001',
        clocks: { placedAt: '2026-01-31T04:47:00.000Z' },
        platformDeadlines: { shipBy: '2026-02-04T07:59:59.000Z' },
        lines: [{ lineId: '1001-A', quantity: 2, unitPriceMinor: 124950 }],
      },
    });
  });

  it('makes one order of neighbouring rows and an event for each parcel', () => {
    const second = { ...ROW, Sku: 'B', Qty: '1', Price: '3.00', Tracking: '1Z 999', Shipped: '02/02/2026 9:00 AM' };
    const events = eventsOf(mapRows(mapping(), [{ ...ROW, Tracking: 'T-1000', Shipped: second.Shipped }, second]));
    expect(events.map((event) => [event.type, event.data['trackingNumber']])).toEqual([
      ['com.fineline.order.placed.v1', undefined],
      ['com.fineline.parcel.labelled.v1', 'T-1000'],
      ['com.fineline.parcel.labelled.v1', '1Z 999'],
    ]);
    expect(events[0]?.data['lines']).toHaveLength(2);
  });

  it('gives the same ids for the same content and others for changed content', () => {
    const [first] = eventsOf(mapRow(mapping(), ROW));
    const [again] = eventsOf(mapRow(mapping(), ROW));
    const [changed] = eventsOf(mapRow(mapping(), { ...ROW, Qty: '3' }));
    expect(again?.id).toBe(first?.id);
    expect(changed?.id).not.toBe(first?.id);
  });

  it('reports every fault of a row with its column and pointer', () => {
    const result = mapRow(mapping(), { ...ROW, Created: '30/01/2026', Qty: '2.5', Price: '3.005' });
    expect(result).toEqual({
      ok: false,
      faults: [
        expect.objectContaining({ pointer: '/data/clocks/placedAt', column: 'Created' }),
        expect.objectContaining({ pointer: '/data/lines/0/quantity', column: 'Qty' }),
        expect.objectContaining({
          pointer: '/data/lines/0/unitPriceMinor',
          detail: expect.stringContaining('decimals of USD'),
        }),
      ],
    });
  });

  it('names the column of a value the event schema refuses', () => {
    const result = mapRow(mapping(), { ...ROW, Qty: '0' });
    expect(result).toMatchObject({ ok: false, faults: [{ pointer: '/data/lines/0/quantity', column: 'Qty' }] });
  });

  it.each([
    ['a local time that does not exist', { Created: '03/08/2026 2:30 AM' }, 'clocks went forward'],
    ['an empty required cell', { Created: '', Order: '' }, '"column":"Created"'],
  ])('refuses %s', (_, over, text) => {
    expect(JSON.stringify(mapRow(mapping(), { ...ROW, ...over }))).toContain(text);
  });

  it('takes the earlier of two local times unless told otherwise', () => {
    const twice = { ...ROW, Created: '11/01/2026 1:30 AM' };
    expect(eventsOf(mapRow(mapping(), twice))[0]?.time).toBe('2026-11-01T08:30:00.000Z');
  });

  it('reads decimal commas, yen without decimals and epoch seconds', () => {
    const [event] = eventsOf(
      mapRow(mapping({ decimal: ',', currency: 'JPY', dates: 'epoch-seconds' }), {
        ...ROW,
        Created: '1769835600',
        Price: '1.250',
      }),
    );
    expect(event?.time).toBe('2026-01-31T05:00:00.000Z');
    expect(event?.data['lines']).toMatchObject([{ unitPriceMinor: 1250 }]);
  });

  it('lists the columns it needs and refuses a mapping with every fault', () => {
    expect(mappedColumns(mapping())).toEqual(
      expect.arrayContaining(['Order', 'Created', 'Ship by', 'Zip', 'Sku', 'Qty', 'Price', 'Tracking', 'Shipped']),
    );
    const refused = parseMapping({ ...MAPPING, zone: 'Mars/Olympus', dates: 'MM-DD', extra: 1 });
    expect(refused).toMatchObject({ ok: false });
    if (!refused.ok) expect(refused.faults.map((fault) => fault.pointer).sort()).toEqual(['', '/dates', '/zone']);
  });
});
