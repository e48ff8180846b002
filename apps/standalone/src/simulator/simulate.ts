// A believable stretch of trade: orders, labels, pickup runs, hub scans that slip when a shift ends, a warehouse whose feed
// goes silent. Deterministic: the same options give the same events, byte for byte.
import { cloudEventType } from '#contracts';
import type { EventDataInput, EventName } from '#contracts';
import { nextLocalHour } from './calendar-day.js';
import { parcelJourney } from './parcel-journey.js';
import type { JourneyScan, Slip } from './parcel-journey.js';
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
  /** Pickup runs whose pallets the hub scans late. */
  readonly slips?: readonly Slip[];
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
  const make = eventMaker(order.orderId, warehouse, random, options);
  const placed = make('order.placed', 'placed', placedAt, order);
  if (random.chance(0.015))
    return [placed, cancellation(make, order.orderId, placedAt + random.between(30, 300) * 60_000)];
  if (random.chance(0.012)) return [placed]; // out of stock: nobody ever ships it
  const shipped = shipping(make, order.orderId, {
    seller,
    warehouse,
    destination,
    placedAt,
    random,
    options,
  });
  return [placed, ...shipped];
}

type MakeEvent = <Name extends EventName>(
  name: Name,
  suffix: string,
  at: number,
  data: EventDataInput<Name>,
) => SimulatedEvent;

/** Makes events of one order, heard a few minutes after they happen unless the warehouse's feed is silent then. */
function eventMaker(orderId: string, warehouse: Warehouse, random: Random, options: SimulationOptions): MakeEvent {
  const source = `urn:fineline:demo:${warehouse.id}`;
  return (name, suffix, at, data) => ({
    // Orders come from the shop, not from the warehouse: its silence does not delay them.
    arrivesAt: name === 'order.placed' ? at + 60_000 : arrival(at + random.between(1, 12) * 60_000, warehouse, options),
    event: {
      specversion: '1.0',
      id: `${orderId}-${suffix}`,
      source,
      type: cloudEventType(name),
      time: iso(at),
      datacontenttype: 'application/json',
      data,
    },
  });
}

function cancellation(make: MakeEvent, orderId: string, at: number): SimulatedEvent {
  return make('order.cancelled', 'cancelled', at, { orderId, cancelledAt: iso(at), by: 'buyer' });
}

interface ShippingInput {
  readonly seller: Seller;
  readonly warehouse: Warehouse;
  readonly destination: Destination;
  readonly placedAt: number;
  readonly random: Random;
  readonly options: SimulationOptions;
}

function shipping(make: MakeEvent, orderId: string, input: ShippingInput): SimulatedEvent[] {
  const { seller, warehouse, placedAt, random, options } = input;
  const pickup = random.pick(warehouse.pickups);
  const carrier = pickup.carrier;
  const labelledAt =
    nextLocalHour(placedAt + HOUR, warehouse.labelWaves, warehouse.timeZone) + random.between(0, 40) * 60_000;
  const trackingNumber = `${carrier.slice(0, 2).toUpperCase()}${900_000_000_000 + random.between(0, 99_999_999_999)}`;
  const uploaded = {
    labelCreatedAt: iso(labelledAt - 120_000),
    uploadedAt: iso(labelledAt),
    labelSource: 'seller' as const,
  };
  const events = [make('parcel.labelled', 'labelled', labelledAt, { orderId, trackingNumber, carrier, ...uploaded })];
  if (seller.platform === 'amazon') {
    events.push(make('shipment.confirmed', 'confirmed', labelledAt, { orderId, confirmedAt: iso(labelledAt) }));
  }
  const scans = parcelJourney({ ...input, pickup, labelledAt, until: options.until, slips: options.slips ?? [] });
  return events.concat(
    scans.map((scan) => make('parcel.scanned', scan.stage, scan.at, scanData(scan, trackingNumber, carrier))),
  );
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
