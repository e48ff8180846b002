// Events of the story, timed from the system's clock: the apps know no other.
import type { SentEvent } from './intake-sender.js';
import { cloudEvent } from './intake-sender.js';

export const HOUR_MS = 3_600_000;

/** RFC 3339, whole seconds. */
export function hoursAgo(hours: number): string {
  return new Date(Math.floor(Date.now() / 1_000) * 1_000 - hours * HOUR_MS).toISOString();
}

/** A Temu US order of 37.50 USD; the fine for a missing scan is half of it. */
export function temuOrder(orderId: string, placedAt: string): SentEvent {
  return cloudEvent('order.placed', `${orderId}/placed`, placedAt, {
    ...{ orderId, platform: 'temu', market: 'US', program: 'semi-managed', sellerId: 'seller-1', warehouseId: 'NJ-1' },
    clocks: { placedAt },
    shipFrom: { country: 'US', region: 'NJ', city: 'Edison', timeZone: 'America/New_York' },
    shipTo: { country: 'US', region: 'TX', city: 'Dallas', timeZone: 'America/Chicago' },
    currency: 'USD',
    lines: [{ lineId: '1', sku: 'MUG', quantity: 1, unitPriceMinor: 3_750 }],
  });
}

export function labelOf(orderId: string, uploadedAt: string): SentEvent {
  const data = { orderId, trackingNumber: trackingNumberOf(orderId), carrier: 'usps', uploadedAt };
  return cloudEvent('parcel.labelled', `${orderId}/label`, uploadedAt, data);
}

export function acceptanceOf(orderId: string, occurredAt: string): SentEvent {
  return cloudEvent('parcel.scanned', `${orderId}/accepted`, occurredAt, {
    trackingNumber: trackingNumberOf(orderId),
    stage: 'accepted',
    strength: 'direct',
    occurredAt,
  });
}

/** One event, one deadline, far enough away that nobody is told. */
export function quietOrder(orderId: string): SentEvent {
  const placedAt = hoursAgo(1);
  return cloudEvent('order.placed', `${orderId}/placed`, placedAt, {
    ...{ orderId, platform: 'own-shop', market: 'US', sellerId: 'seller-2' },
    clocks: { placedAt },
    platformDeadlines: { shipBy: hoursAgo(-24 * 30) },
    currency: 'USD',
    lines: [{ lineId: '1', quantity: 1, unitPriceMinor: 1_000 }],
  });
}

function trackingNumberOf(orderId: string): string {
  return `9400${orderId.replaceAll('-', '')}`;
}
