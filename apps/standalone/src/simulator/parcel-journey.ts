// What happens to one parcel after its label: pickup run, the hub scan that may slip, transit, delivery.
import { MILLISECONDS_PER_HOUR as HOUR } from './world.js';
import type { Destination, Pickup, Warehouse } from './world.js';
import { nextLocalHour } from './calendar-day.js';
import { seededRandom } from './random.js';
import type { Random } from './random.js';

export interface JourneyScan {
  readonly at: number;
  readonly stage: 'handed-over-unconfirmed' | 'accepted' | 'in-transit' | 'out-for-delivery' | 'delivered';
  readonly strength: 'claimed' | 'direct' | 'implied';
  readonly rawCode: string;
  readonly rawText: string;
  readonly place: { city: string; region: string; country: string; postalCode: string; timeZone: string };
}

/** Delay from the truck to the hub scan. A whole pickup run slips or does not: the draw is seeded by the run. */
function hubDelay(warehouse: Warehouse, pickup: Pickup, pickedUpAt: number, seed: number): (random: Random) => number {
  const run = seededRandom(seed ^ hash(`${warehouse.id}/${pickup.carrier}/${pickedUpAt}`));
  if (!run.chance(pickup.slipChance)) return (random) => random.between(90, 300) * 60_000;
  const slipHours = run.chance(0.55) ? run.between(22, 30) : run.between(42, 54);
  return (random) => (slipHours + random.next() * 2) * HOUR;
}

function hash(text: string): number {
  let value = 2_166_136_261;
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) as number), 16_777_619);
  return value >>> 0;
}

/** Every scan of a parcel labelled at `labelledAt`, in the order they happen. 1 in 70 parcels is never seen by the courier. */
export function parcelJourney(input: {
  warehouse: Warehouse;
  pickup: Pickup;
  destination: Destination;
  labelledAt: number;
  random: Random;
  seed: number;
}): JourneyScan[] {
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
  const hubAt = pickedUpAt + hubDelay(warehouse, pickup, pickedUpAt, input.seed)(random);
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
