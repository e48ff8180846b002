// Who takes part in the simulated day: two overseas warehouses, six sellers on three platforms, three couriers.

const HOUR = 3_600_000;

export interface Warehouse {
  readonly id: string;
  readonly city: string;
  readonly region: string;
  readonly postalCode: string;
  readonly timeZone: string;
  /** Local hours at which staff print labels and upload tracking numbers. */
  readonly labelWaves: readonly number[];
  readonly pickups: readonly Pickup[];
}

export interface Pickup {
  readonly carrier: string;
  /** Local hour of the truck. */
  readonly hour: number;
}

export const WAREHOUSES: readonly Warehouse[] = [
  {
    id: 'NJ-EDISON-1',
    city: 'Edison',
    region: 'NJ',
    postalCode: '08837',
    timeZone: 'America/New_York',
    labelWaves: [10, 14, 17],
    pickups: [
      { carrier: 'usps', hour: 16 },
      { carrier: 'ups', hour: 18 },
    ],
  },
  {
    id: 'CA-ONTARIO-1',
    city: 'Ontario',
    region: 'CA',
    postalCode: '91761',
    timeZone: 'America/Los_Angeles',
    labelWaves: [9, 13, 16],
    pickups: [
      { carrier: 'usps', hour: 15 },
      { carrier: 'gofo', hour: 18 },
    ],
  },
];

export interface Seller {
  readonly id: string;
  readonly platform: 'temu' | 'tiktok-shop' | 'amazon';
  /** Share of the day's orders. */
  readonly weight: number;
  /** Price range of one unit, USD cents. */
  readonly price: readonly [number, number];
}

export const SELLERS: readonly Seller[] = [
  { id: 'hengda-home', platform: 'temu', weight: 0.28, price: [899, 5999] },
  { id: 'lumi-lighting', platform: 'temu', weight: 0.17, price: [1299, 8900] },
  { id: 'yuntu-outdoor', platform: 'tiktok-shop', weight: 0.2, price: [1500, 7999] },
  { id: 'mia-beauty', platform: 'tiktok-shop', weight: 0.15, price: [699, 3499] },
  { id: 'northwind-tools', platform: 'amazon', weight: 0.12, price: [1899, 12900] },
  { id: 'kaiyue-pets', platform: 'amazon', weight: 0.08, price: [999, 4599] },
];

export interface Destination {
  readonly region: string;
  readonly city: string;
  readonly postalCode: string;
  readonly timeZone: string;
}

export const DESTINATIONS: readonly Destination[] = [
  { region: 'CA', city: 'Los Angeles', postalCode: '90012', timeZone: 'America/Los_Angeles' },
  { region: 'TX', city: 'Houston', postalCode: '77063', timeZone: 'America/Chicago' },
  { region: 'NY', city: 'Brooklyn', postalCode: '11201', timeZone: 'America/New_York' },
  { region: 'FL', city: 'Tampa', postalCode: '33602', timeZone: 'America/New_York' },
  { region: 'IL', city: 'Chicago', postalCode: '60607', timeZone: 'America/Chicago' },
  { region: 'CO', city: 'Denver', postalCode: '80202', timeZone: 'America/Denver' },
  { region: 'WA', city: 'Seattle', postalCode: '98101', timeZone: 'America/Los_Angeles' },
];

export const MILLISECONDS_PER_HOUR = HOUR;
