// Orders, their parcels and everything that happened to them.
import { z } from 'zod';
import { identifier, shortText } from '../primitives.js';
import { pageOf, pageQuery, wireInstant, wireMinor } from './common.js';
import { deadlineDetail, deadlineStatus } from './deadlines.js';

export const ordersQuery = z.object({
  platform: identifier.optional(),
  warehouse: identifier.optional(),
  seller: identifier.optional(),
  text: shortText.optional().meta({ description: 'start of an order id' }),
  ...pageQuery,
});

export const orderRow = z.object({
  orderId: z.string(),
  platform: z.string().nullable(),
  market: z.string().nullable(),
  sellerId: z.string().nullable(),
  shopId: z.string().nullable(),
  warehouseId: z.string().nullable(),
  carrier: z.string().nullable(),
  placedAt: wireInstant.nullable(),
  updatedAt: wireInstant,
});
export const orderPage = pageOf(orderRow);

export const parcelsQuery = z.object({
  warehouse: identifier.optional(),
  text: shortText.optional().meta({ description: 'start of a tracking number' }),
  ...pageQuery,
});
export const scanView = z.object({
  at: wireInstant,
  stage: z.string(),
  strength: z.string(),
  eventId: z.string(),
});
export const parcelRow = z.object({
  trackingNumber: z.string(),
  carrier: z.string().nullable(),
  lastScanAt: wireInstant.nullable(),
  lastStage: z.string().nullable(),
  orderIds: z.array(z.string()),
});
export const parcelPage = pageOf(parcelRow);
export const parcelDetail = parcelRow.extend({ scans: z.array(scanView) });

const parcelOfOrder = z.object({
  trackingNumber: z.string(),
  carrier: z.string().nullable(),
  uploadedAt: wireInstant,
  replacedBy: z.string().nullable(),
  lastScanAt: wireInstant.nullable(),
  scans: z.array(scanView),
});

/** One received event: when it happened, when it arrived, when it was recorded. */
export const timelineEntry = z.object({
  eventId: z.string(),
  source: z.string(),
  type: z.string(),
  occurredAt: wireInstant,
  receivedAt: wireInstant.nullable(),
  recordedAt: wireInstant,
  trackingNumber: z.string().nullable(),
  zone: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
});
export type TimelineEntry = z.output<typeof timelineEntry>;

export const decisionView = z.object({
  decisionId: z.string(),
  kind: z.string(),
  decidedAt: wireInstant,
  body: z.record(z.string(), z.unknown()),
});

const lineView = z.object({
  lineId: z.string(),
  sku: z.string().nullable(),
  quantity: z.number(),
  unitPriceMinor: wireMinor,
});

export const orderDetail = orderRow.extend({
  asOf: wireInstant,
  program: z.string().nullable(),
  currency: z.string().nullable(),
  lines: z.array(lineView),
  shipFrom: z.record(z.string(), z.unknown()).nullable(),
  shipTo: z.record(z.string(), z.unknown()).nullable(),
  clocks: z.record(z.string(), wireInstant),
  cancelledAt: wireInstant.nullable(),
  parcels: z.array(parcelOfOrder),
  deadlines: z.array(deadlineDetail),
  timeline: z.array(timelineEntry),
  decisions: z.array(decisionView),
});
export type OrderDetail = z.output<typeof orderDetail>;

export const leviedQuery = z.object({
  platform: identifier.optional(),
  seller: identifier.optional(),
  ...pageQuery,
});
export const leviedRow = z.object({
  chargeId: z.string(),
  orderId: z.string().nullable(),
  sellerId: z.string().nullable(),
  platform: z.string(),
  amountMinor: wireMinor,
  currency: z.string(),
  leviedAt: wireInstant,
  ruleId: z.string().nullable(),
  reversal: z.boolean(),
  reason: z.string().nullable(),
  projected: z
    .object({ ruleId: z.string(), status: deadlineStatus, amountMinor: wireMinor, currency: z.string() })
    .nullable()
    .meta({ description: 'what we had projected for the same order and rule; null when nothing was' }),
});
export const leviedPage = pageOf(leviedRow);
