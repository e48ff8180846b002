// What happens to one parcel after its label: pickup run, the hub scan that may slip, transit, delivery.
import { MILLISECONDS_PER_HOUR as HOUR } from './world.js';
import type { Destination, Pickup, Warehouse } from './world.js';
import { nextLocalHour, localDaysBetween } from './calendar-day.js';
import type { Random } from './random.js';

export interface JourneyScan {
  readonly at: number;
  readonly stage: 'handed-over-unconfirmed' | 'accepted' | 'in-transit' | 'out-for-delivery' | 'delivered';
  readonly strength: 'claimed' | 'direct' | 'implied';
  readonly rawCode: string;
  readonly rawText: string;
  readonly place: { city: string; region: string; country: string; postalCode: string; timeZone: string };
}

export interface JourneyInput {
  readonly warehouse: Warehouse;
  readonly pickup: Pickup;
  readonly destination: Destination;
  readonly labelledAt: number;
  readonly random: Random;
  readonly slips: readonly Slip[];
  /** End of the simulated stretch, UTC epoch milliseconds. */
  readonly until: number;
}

/** A pickup run whose shift ended before the pallet was scanned: the hub scans all of it this many hours later. */
export interface Slip {
  readonly warehouseId: string;
  readonly carrier: string;
  /** Local days before the end of the stretch. */
  readonly daysBefore: number;
  readonly hours: number;
}

function hubDelayMs({ warehouse, pickup, random, slips, until }: JourneyInput, pickedUpAt: number): number {
  const before = localDaysBetween(pickedUpAt, until, warehouse.timeZone);
  const slip = slips.find(
    (one) => one.warehouseId === warehouse.id && one.carrier === pickup.carrier && one.daysBefore === before,
  );
  return slip ? (slip.hours + random.next() * 2) * HOUR : random.between(90, 300) * 60_000;
}

/** Every scan of a parcel labelled at `labelledAt`, in the order they happen. 1 in 70 parcels is never seen by the courier. */
export function parcelJourney(input: JourneyInput): JourneyScan[] {
  const { warehouse, pickup, destination, random } = input;
  const here = {
    city: warehouse.city,
    region: warehouse.region,
    country: 'US',
    postalCode: warehouse.postalCode,
    timeZone: warehouse.timeZone,
  };
  const there = { ...destination, country: 'US' };
  const pickedUpAt = nextLocalHour(input.labelledAt + 20 * 60_000, [pickup.hour], warehouse.timeZone);
  const handover: JourneyScan = {
    at: pickedUpAt + random.between(0, 25) * 60_000,
    stage: 'handed-over-unconfirmed',
    strength: 'claimed',
    rawCode: 'MANIFEST',
    rawText: 'On the pickup manifest of the warehouse',
    place: here,
  };
  if (random.chance(1 / 70)) return [handover];
  const hubAt = pickedUpAt + hubDelayMs(input, pickedUpAt);
  const transitAt = hubAt + random.between(8, 20) * HOUR;
  const outAt = nextLocalHour(transitAt + random.between(14, 60) * HOUR, [7, 8, 9], destination.timeZone);
  return [
    handover,
    {
      at: hubAt,
      stage: 'accepted',
      strength: 'direct',
      rawCode: 'OA',
      rawText: 'Accepted at origin facility',
      place: here,
    },
    {
      at: transitAt,
      stage: 'in-transit',
      strength: 'implied',
      rawCode: 'DP',
      rawText: 'Departed origin facility',
      place: here,
    },
    {
      at: outAt,
      stage: 'out-for-delivery',
      strength: 'implied',
      rawCode: 'OD',
      rawText: 'Out for delivery',
      place: there,
    },
    {
      at: outAt + random.between(90, 560) * 60_000,
      stage: 'delivered',
      strength: 'direct',
      rawCode: 'DL',
      rawText: 'Delivered',
      place: there,
    },
  ];
}
