// Deadlines as the API shows them: the row of a list, and one deadline unfolded.
import { z } from 'zod';
import { instant } from '../primitives.js';
import { pageOf, pageQuery, shipmentFilters, sortQuery, wireInstant, wireMinor, wireText } from './common.js';

export const deadlineStatus = z.enum(['open', 'met', 'missed', 'waived', 'void']);

export const deadlinesQuery = z.object({
  status: deadlineStatus.default('open'),
  sort: sortQuery,
  ...shipmentFilters,
  ...pageQuery,
});

export const deadlineRow = z.object({
  orderId: z.string(),
  ruleId: z.string(),
  ruleVersion: z.string(),
  ruleTitle: wireText.nullable(),
  parcelId: z.string().nullable(),
  platform: z.string(),
  market: z.string(),
  sellerId: z.string().nullable(),
  warehouseId: z.string().nullable(),
  carrier: z.string().nullable(),
  status: deadlineStatus,
  startsAt: wireInstant,
  dueAt: wireInstant,
  platformDueAt: wireInstant.nullable(),
  differenceMs: z.number().nullable().meta({ description: "platform's clock minus ours, milliseconds" }),
  satisfiedAt: wireInstant.nullable(),
  zone: z.string(),
  amountMinor: wireMinor,
  expectedMinor: wireMinor,
  currency: z.string(),
  chance: z.number(),
  gated: z.boolean(),
  confidence: z.string(),
  nextStep: z.string().nullable(),
  nextStepAt: wireInstant.nullable(),
});
export type DeadlineRow = z.output<typeof deadlineRow>;
export const deadlinePage = pageOf(deadlineRow);

const ruleSource = z.object({
  title: z.string(),
  url: z.string().nullable(),
  readOn: z.string(),
  note: z.string().nullable(),
});

/** One deadline, recomputed: every figure with how it came about. Sentences in both languages, line by line. */
export const deadlineDetail = z.object({
  orderId: z.string(),
  parcelId: z.string().nullable(),
  ruleId: z.string(),
  ruleVersion: z.string(),
  title: wireText,
  platform: z.string(),
  market: z.string(),
  status: deadlineStatus,
  stage: z.enum(['announced', 'warning', 'enforced']),
  startsAt: wireInstant,
  dueAt: wireInstant,
  governedBy: z.enum(['rule', 'platform', 'waiver']),
  computedDueAt: wireInstant.nullable(),
  platformDueAt: wireInstant.nullable(),
  differenceMs: z.number().nullable(),
  satisfiedAt: wireInstant.nullable(),
  zone: z.string(),
  fine: z.object({
    amountMinor: wireMinor,
    expectedMinor: wireMinor,
    currency: z.string(),
    chance: z.number(),
    formula: wireText,
    confidence: z.string(),
    milestones: z.array(z.object({ at: wireInstant, amountMinor: wireMinor })),
    gate: z
      .object({
        metric: z.string(),
        threshold: z.string(),
        comparison: z.enum(['>', '>=', '<', '<=']),
        rate: z.string().nullable(),
        crossed: z.boolean(),
      })
      .nullable(),
  }),
  effects: z.array(
    z.object({ kind: z.string(), values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])) }),
  ),
  ladder: z.array(z.object({ step: z.string(), at: wireInstant })),
  explanation: z.object({ en: z.array(z.string()), zh: z.array(z.string()) }),
  assumed: z.array(wireText),
  sources: z.array(ruleSource),
});
export type DeadlineDetail = z.output<typeof deadlineDetail>;

export const whatIfRequest = z.object({
  trackingNumber: z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'a parcel of the order; all of them where absent' }),
  stage: z.enum(['accepted', 'in-transit', 'out-for-delivery', 'delivered']).default('accepted'),
  scannedAt: instant,
  asOf: instant.optional(),
});
export const whatIfAnswer = z.object({
  asOf: wireInstant,
  before: z.array(deadlineDetail),
  after: z.array(deadlineDetail),
});
export type WhatIfAnswer = z.output<typeof whatIfAnswer>;
