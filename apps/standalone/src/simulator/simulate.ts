// A believable stretch of trade: orders, labels, pickup runs, hub scans that slip when a shift ends, a warehouse whose feed
// goes silent. Deterministic: the same options give the same events, byte for byte.
import { cloudEventType } from '#contracts';
import type { EventDataInput, EventName } from '#contracts';
import { endOfDayAfter, nextLocalHour } from './calendar-day.js';
import { parcelJourney } from './parcel-journey.js';
import type { JourneyScan } from './parcel-journey.js';
import { seededRandom } from './random.js';
import type { Random } from './random.js';
import { DESTINATIONS, MILLISECONDS_PER_HOUR as HOUR, SELLERS, WAREHOUSES } from './world.js';
import type { Destination, Seller, Warehouse } from './world.js';

export interface SimulatedEvent {
  /** When Fineline gets to hear of it, UTC epoch milliseconds; never before it happened. */
  readonly arrivesAt: number;
  readonly event: {
    readonly specversion: '1.0';
    readonly id: string;
    readonly source: string;
    readonly type: string;
    readonly time: string;
    readonly datacontenttype: 'application/json';
    readonly data: unknown;
  };
}

export interface SimulationOptions {
  readonly seed: number;
  /** First and last instant at which orders are placed, UTC epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  readonly ordersPerDay: number;
  /** Events of this warehouse that happen within the interval arrive only at its end. */
  readonly silence?: { readonly warehouseId: string; readonly from: number; readonly until: number };
}

/** All events of the stretch, sorted by arrival. Scans may happen and arrive after `until`. */
export function simulate(options: SimulationOptions): SimulatedEvent[] {
  const random = seededRandom(options.seed);
  const orders = Math.round(((options.until - options.from) / (24 * HOUR)) * options.ordersPerDay);
  const events = Array.from({ length: orders }, (_, index) => oneOrder(index, random, options)).flat();
  return events.sort((a, b) => a.arrivesAt - b.arrivesAt || (a.event.id < b.event.id ? -1 : 1));
}

function oneOrder(index: number, random: Random, options: SimulationOptions): SimulatedEvent[] {
  const seller = pickSeller(random);
  const warehouse = random.pick(WAREHOUSES);
  const destination = random.pick(DESTINATIONS);
  const placedAt = placementInstant(random, options);
  const order = orderData(index, seller, warehouse, destination, placedAt, random);
  const source = `urn:fineline:demo:${warehouse.id}`;
  const heard = (at: number): number => arrival(at + random.between(1, 12) * 60_000, warehouse, options);
  const make = <Name extends EventName>(
    name: Name,
    suffix: string,
    at: number,
    data: EventDataInput<Name>,
    heardAt = heard(at),
  ): SimulatedEvent => ({
    arrivesAt: heardAt,
    event: {
      specversion: '1.0',
      id: `${order.orderId}-${suffix}`,
      source,
      type: cloudEventType(name),
      time: iso(at),
      datacontenttype: 'application/json',
      data,
    },
  });

  const placed = make('order.placed', 'placed', placedAt, order, placedAt + 60_000);
  if (random.chance(0.015)) {
    const cancelledAt = placedAt + random.between(30, 300) * 60_000;
    return [
      placed,
      make('order.cancelled', 'cancelled', cancelledAt, {
        orderId: order.orderId,
        cancelledAt: iso(cancelledAt),
        by: 'buyer',
      }),
    ];
  }
  if (random.chance(0.012)) return [placed];

  const labelledAt =
    nextLocalHour(placedAt + HOUR, warehouse.labelWaves, warehouse.timeZone) + random.between(0, 40) * 60_000;
  const pickup = random.pick(warehouse.pickups);
  const trackingNumber = `${pickup.carrier.slice(0, 2).toUpperCase()}${String(900_000_000_000 + random.between(0, 99_999_999_999))}`;
  const label = {
    orderId: order.orderId,
    trackingNumber,
    carrier: pickup.carrier,
    labelCreatedAt: iso(labelledAt - 120_000),
    uploadedAt: iso(labelledAt),
    labelSource: 'seller' as const,
  };
  const confirmation =
    seller.platform === 'amazon'
      ? [make('shipment.confirmed', 'confirmed', labelledAt, { orderId: order.orderId, confirmedAt: iso(labelledAt) })]
      : [];
  const scans = parcelJourney({ warehouse, pickup, destination, labelledAt, random, seed: options.seed });
  return [
    placed,
    make('parcel.labelled', 'labelled', labelledAt, label),
    ...confirmation,
    ...scans.map((scan) => make('parcel.scanned', scan.stage, scan.at, scanData(scan, trackingNumber, pickup.carrier))),
  ];
}

function scanData(scan: JourneyScan, trackingNumber: string, carrier: string): EventDataInput<'parcel.scanned'> {
  const { stage, strength, rawCode, rawText, place } = scan;
  return {
    trackingNumber,
    carrier,
    stage,
    strength,
    occurredAt: iso(scan.at),
    rawCode,
    rawText,
    place,
    timeZone: place.timeZone,
    zoneSource: 'facility',
  };
}

function orderData(
  index: number,
  seller: Seller,
  warehouse: Warehouse,
  destination: Destination,
  placedAt: number,
  random: Random,
): EventDataInput<'order.placed'> {
  const unitPriceMinor = random.between(seller.price[0], seller.price[1]);
  const temu = seller.platform === 'temu';
  return {
    orderId: `${seller.platform.slice(0, 2).toUpperCase()}-${iso(placedAt).slice(0, 10).replaceAll('-', '')}-${String(index).padStart(5, '0')}`,
    platform: seller.platform,
    market: 'US',
    program: temu ? 'semi-managed' : 'seller-shipping',
    orderType: 'regular',
    sellerId: seller.id,
    shopId: `${seller.id}-us`,
    warehouseId: warehouse.id,
    labelSource: 'seller',
    clocks: { placedAt: iso(placedAt) },
    promise: { handlingDays: seller.platform === 'amazon' ? 1 : temu ? 1 : 2, transitDays: 4 },
    ...(temu ? { platformDeadlines: { deliverBy: iso(endOfDayAfter(placedAt, 7, destination.timeZone)) } } : {}),
    shipFrom: {
      country: 'US',
      region: warehouse.region,
      city: warehouse.city,
      postalCode: warehouse.postalCode,
      timeZone: warehouse.timeZone,
      kind: 'overseas-warehouse',
    },
    shipTo: { country: 'US', ...destination },
    currency: 'USD',
    lines: [
      {
        lineId: '1',
        sku: `${seller.id.slice(0, 3).toUpperCase()}-${random.between(100, 140)}`,
        quantity: random.chance(0.15) ? 2 : 1,
        unitPriceMinor,
        ...(temu ? { disbursementPriceMinor: Math.round(unitPriceMinor * 0.62) } : {}),
      },
    ],
  };
}

function pickSeller(random: Random): Seller {
  let left = random.next();
  return SELLERS.find((seller) => (left -= seller.weight) < 0) ?? (SELLERS[0] as Seller);
}

/** Uniform over the stretch, thinned at night (05:00 to 12:00 UTC, when North America sleeps). */
function placementInstant(random: Random, { from, until }: SimulationOptions): number {
  for (;;) {
    const at = Math.floor(from + random.next() * (until - from));
    const hour = new Date(at).getUTCHours();
    if (hour < 5 || hour >= 12 || random.chance(0.25)) return at;
  }
}

function arrival(at: number, warehouse: Warehouse, { silence }: SimulationOptions): number {
  const silent = silence && silence.warehouseId === warehouse.id && at >= silence.from && at < silence.until;
  return silent ? silence.until : at;
}

function iso(at: number): string {
  return new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
