// Worked examples as data: a case's short events become canonical CloudEvents, which then go the way of any file.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const fields = z.record(z.string(), z.unknown());
const shortEvent = z.union([
  z.strictObject({ order: fields }),
  z.strictObject({ amended: fields }),
  z.strictObject({ labelled: fields }),
  z.strictObject({ relabelled: fields }),
  z.strictObject({ split: fields }),
  z.strictObject({ scan: fields }),
  z.strictObject({ confirmed: fields }),
  z.strictObject({ cancelled: fields }),
  z.strictObject({ violation: fields }),
  z.strictObject({ metric: fields }),
  z.strictObject({ waiver: fields }),
  z.strictObject({ points: fields }),
]);
const workedCase = z.strictObject({
  name: z.string(),
  asOf: z.string().optional(),
  events: z.array(shortEvent).min(1),
  expect: z
    .array(
      z.strictObject({
        rule: z.string(),
        version: z.string().optional(),
        parcel: z.string().optional(),
        order: z.string().optional(),
        /** Absent means no such deadline when `status` is `none`. */
        status: z.enum(['open', 'met', 'missed', 'waived', 'void', 'none']),
        startsAt: z.string().optional(),
        dueAt: z.string().optional(),
        fine: z.string().optional(),
        refundMonths: z.tuple([z.int(), z.int()]).optional(),
        /** Whether a refund is expected later. */
        refunded: z.boolean().optional(),
        gated: z.boolean().optional(),
      }),
    )
    .default([]),
  rates: z
    .array(
      z.strictObject({
        rate: z.string(),
        value: z.string().optional(),
        cap: z.number().optional(),
        effects: z.number().optional(),
        budget: z.number().optional(),
        nextEvaluationAt: z.string().optional(),
      }),
    )
    .default([]),
  points: z
    .array(
      z.strictObject({
        points: z.string(),
        balance: z.number(),
        projected: z.number().optional(),
        effects: z.number().optional(),
        away: z.number().optional(),
        lapsesAt: z.string().optional(),
      }),
    )
    .default([]),
  total: z.string().optional(),
});
export type WorkedCase = z.output<typeof workedCase>;

/** Cases of a data file beside this one; a mistyped field is a failing test, not an ignored one. */
export function readCases(name: string): WorkedCase[] {
  return z.array(workedCase).parse(parse(readFileSync(new URL(name, import.meta.url), 'utf8')));
}

type Fields = Record<string, unknown>;
const ORDER_ID = 'o-1';
const TRACKING_NUMBER = 'TRK0001';

/** The case's events as structured CloudEvents, in the order they are written. */
export function cloudEventsOf({ events }: Pick<WorkedCase, 'events'>): Fields[] {
  return events.map((event, index) => {
    const [kind, given] = Object.entries(event)[0] as [keyof typeof MAKERS, Fields];
    const { type, time, data } = MAKERS[kind](given);
    return {
      specversion: '1.0',
      id: `e-${index}`,
      source: '/worked-examples',
      type: `com.fineline.${type}.v1`,
      time,
      data,
    };
  });
}

interface Made {
  readonly type: string;
  readonly time: unknown;
  readonly data: Fields;
}

const MAKERS = {
  order: (given: Fields) => placed(given),
  amended: ({ at, orderId = ORDER_ID, ...changes }: Fields) => made('order.amended', at, { orderId, changes }),
  labelled: ({ at, parcel = TRACKING_NUMBER, orderId = ORDER_ID, ...rest }: Fields) =>
    made('parcel.labelled', at, { orderId, trackingNumber: parcel, uploadedAt: at, ...rest }),
  relabelled: ({ at, parcel, replaces = TRACKING_NUMBER, orderId = ORDER_ID, ...rest }: Fields) =>
    made('parcel.relabelled', at, { orderId, trackingNumber: parcel, replaces, uploadedAt: at, ...rest }),
  split: ({ at, parcels, orderId = ORDER_ID }: Fields) => made('order.split', at, { orderId, parcels, decidedAt: at }),
  scan: ({ at, parcel = TRACKING_NUMBER, strength = 'direct', ...rest }: Fields) =>
    made('parcel.scanned', at, { trackingNumber: parcel, strength, occurredAt: at, ...rest }),
  confirmed: ({ at, orderId = ORDER_ID }: Fields) => made('shipment.confirmed', at, { orderId, confirmedAt: at }),
  cancelled: ({ at, by = 'seller', orderId = ORDER_ID }: Fields) =>
    made('order.cancelled', at, { orderId, cancelledAt: at, by }),
  violation: ({ at, orderId = ORDER_ID, ...rest }: Fields) =>
    made('violation.reported', at, { orderId, occurredAt: at, ...rest }),
  metric: ({ at, ...rest }: Fields) =>
    made('metric.reported', at, { shopId: 's-1', platform: 'tiktok-shop', market: 'US', measuredAt: at, ...rest }),
  points: ({ at, ...rest }: Fields) =>
    made('points.issued', at, { shopId: 's-1', platform: 'tiktok-shop', market: 'US', issuedAt: at, ...rest }),
  waiver: ({ at, ...rest }: Fields) => made('waiver.announced', at, { waiverId: 'w-1', reason: 'example', ...rest }),
};

function made(type: string, time: unknown, data: Fields): Made {
  return { type, time, data };
}

const CLOCKS = ['paidAt', 'confirmedAt', 'releasedAt', 'pendingEndsAt', 'preorderClosedAt'];

/** `placedAt` and the other clocks are written flat; `price` and `quantity` make one line where there are no `lines`. */
function placed({ placedAt, price = 2000, quantity = 1, line = {}, ...given }: Fields): Made {
  const clocks = Object.fromEntries(CLOCKS.filter((name) => name in given).map((name) => [name, given[name]]));
  const rest = Object.fromEntries(Object.entries(given).filter(([name]) => !CLOCKS.includes(name)));
  return made('order.placed', placedAt, {
    orderId: ORDER_ID,
    sellerId: 's-1',
    currency: 'USD',
    clocks: { placedAt, ...clocks },
    lines: [{ lineId: '1', quantity, unitPriceMinor: price, ...(line as Fields) }],
    ...rest,
  });
}
