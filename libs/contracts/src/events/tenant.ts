// Events that touch many orders at once: a waiver the platform announced, a rate it reported. Keyed by tenant.
import { z } from 'zod';
import { says } from '../fault.js';
import { cleanText, decimalText, identifier, instant, shortText } from '../primitives.js';

export const waiverAnnounced = z
  .object({
    waiverId: identifier,
    ruleIds: z.array(identifier).min(1).max(100),
    platform: cleanText(40).optional(),
    market: cleanText(2).optional(),
    sellerId: identifier.optional(),
    region: cleanText(6).optional(),
    orderId: identifier.optional(),
    from: instant,
    until: instant,
    effect: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('waive') }),
      z.object({ kind: z.literal('extra-days'), days: z.int().min(1).max(90) }),
      z.object({ kind: z.literal('fixed-due'), dueAt: instant }),
      z.object({ kind: z.literal('refund-later'), monthsMin: z.int().min(0), monthsMax: z.int().min(0).max(60) }),
    ]),
    reason: shortText.min(1),
    revoked: z.boolean().optional(),
  })
  .refine((waiver) => waiver.from < waiver.until, { message: says('from-before-until'), path: ['until'] });

export const pointsIssued = z.object({
  shopId: identifier,
  platform: cleanText(40),
  market: z.string().regex(/^[A-Z]{2}$/),
  metric: cleanText(60).meta({ description: 'name of the balance the points go to, e.g. violation-points' }),
  issueId: identifier,
  points: z.int().min(1).max(100_000),
  issuedAt: instant,
  orderId: identifier.optional(),
  ruleId: identifier.optional(),
  reason: shortText.optional(),
  reversal: z.boolean().optional(),
});

export const metricReported = z.object({
  shopId: identifier,
  platform: cleanText(40),
  market: z.string().regex(/^[A-Z]{2}$/),
  metric: cleanText(60),
  rate: decimalText,
  numerator: z.int().min(0).optional(),
  denominator: z.int().min(0).optional(),
  base: z.number().min(0).optional().meta({ description: 'average daily orders the platform uses as base' }),
  measuredAt: instant,
});
