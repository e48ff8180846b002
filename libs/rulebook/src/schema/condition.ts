import { z } from 'zod';
import type { Condition, OrderField, Scalar } from '#domain';
import { list, objectOf, text } from './object-of.js';

// A record, so that a field the domain knows and this list lacks does not compile.
const ORDER_FIELDS: Readonly<Record<OrderField, true>> = {
  program: true,
  orderType: true,
  labelSource: true,
  tags: true,
  sellerId: true,
  shopId: true,
  warehouseId: true,
  carrier: true,
  currency: true,
  quantity: true,
  relabelled: true,
  shippingTier: true,
  statedRange: true,
  'shipFrom.country': true,
  'shipFrom.region': true,
  'shipFrom.kind': true,
  'shipTo.country': true,
  'shipTo.region': true,
  itemPrice: true,
  orderValue: true,
  maxDeliveryDays: true,
  handlingDays: true,
  transitDays: true,
  cutoff: true,
  placedAt: true,
  paidAt: true,
  releasedAt: true,
  mustArriveBy: true,
  'violation.kind': true,
  'violation.tags': true,
  cancelledBy: true,
};

type All = Extract<Condition, { all: unknown }>;
type Any = Extract<Condition, { any: unknown }>;
type Not = Extract<Condition, { not: unknown }>;
type Test = Extract<Condition, { field: unknown }>;

export const scalar: z.ZodType<Scalar> = z.union([z.string(), z.number(), z.boolean()]);

const OPERATORS = ['is', 'in', 'has', 'exists', 'lt', 'lte', 'gt', 'gte'] as const;

export const condition: z.ZodType<Condition> = z
  .lazy(() =>
    z.union([
      objectOf<All>({ all: list(condition) }),
      objectOf<Any>({ any: list(condition) }),
      objectOf<Not>({ not: condition }),
      test,
    ]),
  )
  .meta({ id: 'Condition', description: 'A test on the order; all, any and not combine tests' });

const test = objectOf<Test>({
  field: z.enum(Object.keys(ORDER_FIELDS) as OrderField[]),
  is: scalar.optional(),
  in: list(scalar).optional(),
  has: text.optional(),
  exists: z.boolean().optional(),
  lt: scalar.optional(),
  lte: scalar.optional(),
  gt: scalar.optional(),
  gte: scalar.optional(),
}).refine((value) => OPERATORS.some((operator) => value[operator] !== undefined), {
  error: 'a condition that compares with nothing',
  params: { mend: `add one of ${OPERATORS.join(', ')}` },
});
