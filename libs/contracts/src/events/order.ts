// Events about an order: placed, amended, cancelled, confirmed, split. Keyed by tenant + order id.
import { z } from 'zod';
import { says } from '../fault.js';
import {
  amountMinor,
  cleanText,
  currencyCode,
  identifier,
  instant,
  place,
  shortText,
  trackingNumber,
} from '../primitives.js';

const slug = z
  .string()
  .max(40)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, says('dash-words'));
const days = z.int().min(0).max(400);
const tags = z.array(slug).max(50);
const labelSource = z.enum(['platform', 'seller']);

export const orderLine = z.object({
  lineId: identifier,
  sku: identifier.optional(),
  spu: identifier
    .optional()
    .meta({ description: 'product group over which presumption rules count (Temu SPU, listing)' }),
  category: shortText.optional(),
  quantity: z.int().min(1).max(1_000_000).meta({ description: 'units ordered' }),
  cancelledQuantity: z.int().min(0).max(1_000_000).optional(),
  cases: z.int().min(0).max(1_000_000).optional().meta({ description: 'cases, for supplier programs' }),
  unitPriceMinor: amountMinor.meta({ description: 'price per unit, minor units of the order currency' }),
  disbursementPriceMinor: amountMinor.optional().meta({
    description: 'base price per unit the platform disburses (Temu), minor units; the unit price where absent',
  }),
  costOfGoodsMinor: amountMinor.optional().meta({ description: 'cost of goods per unit, minor units' }),
  shippingFeeMinor: amountMinor.optional().meta({ description: 'shipping fee per unit, minor units' }),
  handlingDays: days.optional(),
  deliverBy: instant.optional(),
});

const orderClocks = z.object({
  placedAt: instant,
  paidAt: instant.optional(),
  confirmedAt: instant.optional(),
  releasedAt: instant.optional(),
  pendingEndsAt: instant.optional(),
  preorderClosedAt: instant.optional(),
});

const platformDeadlines = z.object({
  shipBy: instant.optional(),
  scanBy: instant.optional(),
  deliverBy: instant.optional(),
  autoCancelAt: instant.optional(),
  windowStart: instant.optional(),
  windowEnd: instant.optional(),
  mustArriveBy: instant.optional(),
});

const promise = z.object({
  handlingDays: days.optional(),
  transitDays: days.optional(),
  maxDeliveryDays: days.optional(),
  reversalDays: days.optional(),
  operatingDays: z.array(z.int().min(1).max(7)).min(1).max(7).optional(),
  cutoff: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, says('time-of-day'))
    .optional(),
  shippingTier: slug.optional(),
  statedRange: cleanText(20).optional(),
});

const orderFacts = z.object({
  platform: slug.meta({ description: 'temu, tiktok-shop, aliexpress, shein, amazon, walmart, ebay, …' }),
  market: z.string().regex(/^[A-Z]{2}$/, says('market')),
  program: slug.optional(),
  orderType: slug.optional(),
  sellerId: identifier,
  shopId: identifier.optional(),
  warehouseId: identifier.optional(),
  labelSource: labelSource.optional(),
  tags: tags.optional(),
  clocks: orderClocks,
  promise: promise.optional(),
  platformDeadlines: platformDeadlines.optional(),
  shipFrom: place.optional(),
  shipTo: place.optional(),
  currency: currencyCode,
  lines: z.array(orderLine).min(1).max(500),
  shippingFeeMinor: amountMinor.optional(),
  invoiceMinor: amountMinor.optional(),
});

export const orderPlaced = orderFacts.extend({ orderId: identifier });
export const orderAmended = z.object({
  orderId: identifier,
  changes: orderFacts.partial().refine((changes) => Object.keys(changes).length > 0, says('changes-nothing')),
  reason: shortText.optional(),
});
export const orderCancelled = z.object({
  orderId: identifier,
  cancelledAt: instant,
  by: z.enum(['buyer', 'seller', 'platform']),
  reason: shortText.optional(),
});
export const shipmentConfirmed = z.object({
  orderId: identifier,
  confirmedAt: instant.meta({ description: 'when the seller confirmed shipment in the platform (not the date typed)' }),
  trackingNumber: trackingNumber.optional(),
});
export const orderSplit = z.object({ orderId: identifier, parcels: z.int().min(1).max(200), decidedAt: instant });

export const parcelLabelled = z.object({
  orderId: identifier,
  trackingNumber,
  carrier: slug.optional(),
  labelCreatedAt: instant.optional(),
  uploadedAt: instant.meta({ description: 'when the tracking number was uploaded to the platform' }),
  labelSource: labelSource.optional(),
  lineIds: z.array(identifier).max(500).optional(),
  destinationPostalCode: cleanText(16).optional(),
});
export const parcelRelabelled = z.object({
  orderId: identifier,
  trackingNumber,
  replaces: trackingNumber,
  carrier: slug.optional(),
  uploadedAt: instant,
});

export const violationReported = z.object({
  orderId: identifier,
  kind: slug,
  occurredAt: instant,
  trackingNumber: trackingNumber.optional(),
  spu: identifier.optional(),
  count: z.int().min(1).max(1_000_000).optional(),
  units: z.int().min(0).max(1_000_000).optional(),
  cases: z.int().min(0).max(1_000_000).optional(),
  pallets: z.int().min(0).max(100_000).optional(),
  loads: z.int().min(0).max(100_000).optional(),
  chargedMinor: amountMinor.optional(),
  tags: tags.optional(),
});

export const fineLevied = z.object({
  orderId: identifier.optional(),
  sellerId: identifier.optional(),
  platform: slug,
  chargeId: identifier,
  amountMinor,
  currency: currencyCode,
  leviedAt: instant,
  reason: shortText.optional(),
  ruleId: identifier.optional(),
  reversal: z.boolean().optional(),
});
