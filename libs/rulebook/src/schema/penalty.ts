import { z } from 'zod';
import type { Confidence, MoneyBase, MoneyExpression, Penalty, RateBound, RoundingMode } from '#domain';
import { currency, decimalText, list, objectOf, oneOf, text, wholeFrom } from './object-of.js';

export const confidence: z.ZodType<Confidence> = oneOf<Confidence>()(
  'quoted-official',
  'quoted-third-party',
  'derived',
  'uncertain',
  'not-found',
  'contract',
);

const moneyBase: z.ZodType<MoneyBase> = oneOf<MoneyBase>()(
  'order-value',
  'order-value-with-shipping',
  'disbursement-price',
  'cost-of-goods',
  'invoice',
  'shipping-fee',
  'cancelled-value',
  'charged',
  'late-cost-of-goods',
).meta({ id: 'MoneyBase', description: 'A sum of money an amount is computed from' });

type Expression<Key extends string> = Extract<MoneyExpression, Record<Key, unknown>>;
export const moneyExpression: z.ZodType<MoneyExpression> = z
  .lazy(() =>
    z.union([
      objectOf<Expression<'fixed'>>({
        fixed: decimalText,
        currency: currency.optional(),
        per: oneOf<NonNullable<Expression<'fixed'>['per']>>()(
          'order',
          'parcel',
          'unit',
          'case',
          'pallet',
          'load',
          'incident',
        ).optional(),
      }),
      objectOf<Expression<'percent'>>({ percent: decimalText, of: moneyBase }),
      objectOf<Expression<'multiple'>>({ multiple: decimalText, of: moneyBase }),
      objectOf<Expression<'sum'>>({ sum: list(moneyExpression) }),
      objectOf<Expression<'max'>>({ max: list(moneyExpression) }),
      objectOf<Expression<'min'>>({ min: list(moneyExpression) }),
    ]),
  )
  .meta({ id: 'MoneyExpression' });

export const boundShape = {
  lt: decimalText.optional(),
  lte: decimalText.optional(),
  gt: decimalText.optional(),
  gte: decimalText.optional(),
} satisfies { [K in keyof RateBound]-?: z.ZodType<RateBound[K]> };

/** A bound that bounds nothing is nearly always a forgotten line. */
export function bounded<T extends RateBound>(schema: z.ZodType<T>): z.ZodType<T> {
  return schema.refine((bound) => (bound.lt ?? bound.lte ?? bound.gt ?? bound.gte) !== undefined, {
    error: 'a bound without a limit',
    params: { mend: 'add lt, lte, gt or gte with a decimal share, such as gte: "0.10"' },
  });
}

const rounding: z.ZodType<RoundingMode> = oneOf<RoundingMode>()('half-up', 'half-even', 'up', 'down');

type Part<Key extends keyof Penalty> = NonNullable<Penalty[Key]>;
type Band = Part<'byRate'>['bands'][number];

export const penalty = objectOf<Penalty>({
  currency: z.union([z.literal('order'), currency]).optional(),
  amount: moneyExpression.optional(),
  floor: decimalText.optional(),
  cap: decimalText.optional(),
  capGroup: objectOf<Part<'capGroup'>>({ name: text, cap: decimalText }).optional(),
  highestOf: text.optional(),
  accrual: objectOf<Part<'accrual'>>({
    everyDays: wholeFrom(1),
    capPercent: decimalText.optional(),
    capOf: moneyBase.optional(),
  }).optional(),
  tiers: list(objectOf<Part<'tiers'>[number]>({ afterHours: z.number().min(0), amount: moneyExpression })).optional(),
  gate: bounded(objectOf<Part<'gate'>>({ rate: text, ...boundShape })).optional(),
  byRate: objectOf<Part<'byRate'>>({
    rate: text,
    bands: list(bounded(objectOf<Band>({ ...boundShape, amount: moneyExpression }))),
  }).optional(),
  alternative: objectOf<Part<'alternative'>>({
    amount: moneyExpression,
    currency,
    choose: z.literal('highest'),
    referenceRate: decimalText.optional(),
  }).optional(),
  rounding: rounding.optional(),
  confidence: confidence.optional(),
}).meta({ id: 'Penalty' });
