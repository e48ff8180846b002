// One courier scan, normalised. Keyed by tenant + tracking number: a scan does not know its order.
import { z } from 'zod';
import { cleanText, identifier, instant, place, shortText, timeZone, trackingNumber } from '../primitives.js';

/** Normalised stages, in the order a parcel passes them; side stages last. */
export const scanStage = z.enum([
  'label-created',
  'handed-over-unconfirmed',
  'accepted',
  'in-transit',
  'out-for-delivery',
  'available-for-pickup',
  'delivery-attempted',
  'delivered',
  'exception',
  'returning',
  'returned',
  'cancelled',
  'lost',
  'expired',
  'unknown',
]);

/** How strongly the scan proves physical acceptance by the carrier. */
export const evidenceStrength = z.enum(['none', 'claimed', 'implied', 'direct']);

export const parcelScanned = z.object({
  trackingNumber,
  carrier: cleanText(40).optional(),
  stage: scanStage,
  strength: evidenceStrength,
  occurredAt: instant,
  occurredAtLatest: instant
    .optional()
    .meta({ description: 'latest instant the scan can have happened, where its zone or time is uncertain' }),
  occurredAtLocal: cleanText(40).optional().meta({ description: 'the time as the carrier wrote it' }),
  timeZone: timeZone.optional(),
  zoneSource: z.enum(['event', 'facility', 'carrier-default', 'ship-from', 'unknown']).optional(),
  place: place.optional(),
  rawCode: shortText.optional(),
  rawText: shortText.optional(),
  fault: cleanText(40).optional(),
  retracts: identifier.optional().meta({ description: 'id of an earlier scan event that was a mistake' }),
});
