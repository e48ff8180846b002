import { z } from 'zod';
import {
  EVIDENCE_STRENGTHS,
  type CalendarChoice,
  type Clock,
  type ClockStart,
  type Count,
  type CountAmount,
  type Satisfaction,
  type SatisfyTest,
  type SatisfyingEvent,
  type ValidityTest,
  type ZoneChoice,
} from '#domain';
import { condition } from './condition.js';
import { clockTime, list, objectOf, oneOf, text, textThat, wholeFrom, zoneName } from './object-of.js';

type Chained = Extract<ClockStart, object>;
type Promised = Extract<CountAmount, { promise: string }>;
type Table = Extract<CountAmount, { table: unknown }>;
type Cutoff = NonNullable<Count['cutoff']>;

export const zoneChoice: z.ZodType<ZoneChoice> = z
  .union([
    oneOf<Extract<ZoneChoice, string>>()('ship-from', 'ship-to', 'market', 'utc'),
    objectOf<{ fixed: string }>({ fixed: zoneName }),
  ])
  .meta({ id: 'ZoneChoice', description: 'Whose clock counts' });

const clockStart: z.ZodType<ClockStart> = z
  .union([
    oneOf<Extract<ClockStart, string>>()(
      'placed',
      'paid',
      'confirmed',
      'released',
      'pending-end',
      'preorder-closed',
      'labelled',
      'shipment-confirmed',
      'accepted',
      'last-scan',
      'each-scan',
      'must-arrive-by',
      'window-start',
      'window-end',
      'fine-levied',
    ),
    objectOf<Chained>({ deadline: z.union([text, list(text)]) }),
  ])
  .meta({ id: 'ClockStart', description: 'What starts the clock; { deadline } chains on another rule of this file' });

// Some 27 years of days: a number beyond it is a slip, and days are counted one by one.
const MOST_UNITS = 10_000;

const countAmount: z.ZodType<CountAmount> = z
  .union([
    z.number().min(-MOST_UNITS).max(MOST_UNITS),
    objectOf<Promised>({
      promise: oneOf<Promised['promise']>()(
        'handlingDays',
        'transitDays',
        'maxDeliveryDays',
        'handlingDays+transitDays',
        'reversalDays',
      ),
      default: z.number().min(0).max(MOST_UNITS).optional(),
      plus: z.number().min(-MOST_UNITS).max(MOST_UNITS).optional(),
    }),
    objectOf<Table>({
      table: list(objectOf<Table['table'][number]>({ when: condition, value: z.number().min(0).max(MOST_UNITS) })),
      default: z.number().min(0).max(MOST_UNITS).optional(),
    }),
  ])
  .meta({ id: 'CountAmount', description: 'A number, a promise of the order, or the first matching row of a table' });

type CalendarTable = Extract<CalendarChoice, object>;
const calendarChoice: z.ZodType<CalendarChoice> = z
  .union([
    text,
    objectOf<CalendarTable>({
      table: list(objectOf<CalendarTable['table'][number]>({ when: condition, value: text })),
      default: text,
    }),
  ])
  .meta({ id: 'CalendarChoice', description: 'A calendar id, or the first matching row of a table' });

export const count = objectOf<Count>({
  unit: oneOf<Count['unit']>()('hours', 'calendar-days', 'business-days', 'operating-days', 'months'),
  amount: countAmount,
  calendar: calendarChoice.optional(),
  daysOff: list(oneOf<'seller' | 'warehouse'>()('seller', 'warehouse')).optional(),
  dayZero: oneOf<NonNullable<Count['dayZero']>>()('excluded', 'included').optional(),
  cutoff: objectOf<Cutoff>({
    time: z.union([z.literal('promise'), clockTime]),
    default: clockTime.optional(),
    zone: zoneChoice.optional(),
    at: oneOf<Cutoff['at']>()('before', 'after'),
    buyerSeesMinutesEarlier: wholeFrom(1).optional(),
  }).optional(),
  endOfDay: z.union([z.literal('same-time'), clockTime]).optional(),
}).meta({ id: 'Count', description: 'How time is counted from the start' });

export const clock = objectOf<Clock>({
  start: clockStart,
  count: count.optional(),
  zone: zoneChoice.optional(),
  platformDeadline: oneOf<NonNullable<Clock['platformDeadline']>>()(
    'shipBy',
    'scanBy',
    'deliverBy',
    'autoCancelAt',
    'windowEnd',
    'mustArriveBy',
  ).optional(),
  orEarlier: count.optional(),
}).meta({ id: 'Clock' });

export const satisfyingEvent: z.ZodType<SatisfyingEvent> = oneOf<SatisfyingEvent>()(
  'labelled',
  'shipment-confirmed',
  'accepted',
  'any-scan',
  'in-transit',
  'delivery-attempted',
  'delivered',
  'available-for-pickup',
  'cancelled',
  'never',
);

const pattern = textThat(
  isPattern,
  'not a regular expression',
  'write one in JavaScript syntax, such as "^1Z[0-9A-Z]{16}$"',
);

type Validity<Name extends ValidityTest['test']> = Extract<ValidityTest, { test: Name }>;
export const validityTest: z.ZodType<ValidityTest> = z.union([
  objectOf<Validity<'scan-not-before-order'>>({ test: z.literal('scan-not-before-order'), hours: z.number().min(0) }),
  objectOf<Validity<'upload-after-order'>>({ test: z.literal('upload-after-order'), hours: z.number().min(0) }),
  objectOf<Validity<'destination-postal-code'>>({ test: z.literal('destination-postal-code') }),
  objectOf<Validity<'not-order-number'>>({ test: z.literal('not-order-number') }),
  objectOf<Validity<'number-not-reused'>>({
    test: z.literal('number-not-reused'),
    days: wholeFrom(1),
    elsewhere: z.boolean().optional(),
  }),
  objectOf<Validity<'not-relabelled'>>({ test: z.literal('not-relabelled') }),
  objectOf<Validity<'origin-country'>>({ test: z.literal('origin-country') }),
  objectOf<Validity<'carrier'>>({ test: z.literal('carrier'), in: list(text) }),
  objectOf<Validity<'number-format'>>({ test: z.literal('number-format'), pattern }),
  objectOf<Validity<'label-source'>>({
    test: z.literal('label-source'),
    is: oneOf<Validity<'label-source'>['is']>()('platform', 'seller'),
  }),
]);

const satisfyTest = objectOf<SatisfyTest>({
  event: satisfyingEvent,
  strength: z.enum(EVIDENCE_STRENGTHS).optional(),
  parcels: oneOf<NonNullable<SatisfyTest['parcels']>>()('all', 'any').optional(),
  valid: list(validityTest).optional(),
  by: clock.optional(),
  notBefore: clock.optional(),
}).meta({ id: 'SatisfyTest' });

type AnyOf = Extract<Satisfaction, { anyOf: unknown }>;
type AllOf = Extract<Satisfaction, { allOf: unknown }>;
export const satisfaction: z.ZodType<Satisfaction> = z
  .union([satisfyTest, objectOf<AnyOf>({ anyOf: list(satisfyTest) }), objectOf<AllOf>({ allOf: list(satisfyTest) })])
  .meta({ id: 'Satisfaction', description: 'What meets the deadline' });

function isPattern(value: string): boolean {
  try {
    return new RegExp(value, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
