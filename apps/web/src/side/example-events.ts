import type { Me } from '#contracts';

const HOUR_MS = 3_600_000;

/** Three plain events about one made-up Temu order, relative to `now`: placed, labelled, taken over by the courier. */
export function exampleEvents(now: number, me: Me): Record<'order' | 'label' | 'scan', object> {
  const at = (hours: number): string => new Date(now + hours * HOUR_MS).toISOString();
  const serial = String(Math.floor(now / 1000)).slice(-7);
  const orderId = `TRY-${serial}`;
  const trackingNumber = `1ZTRY${serial}`;
  return {
    order: {
      type: 'order.placed',
      orderId,
      platform: 'temu',
      market: 'US',
      sellerId: me.sellerId ?? 'my-shop',
      warehouseId: me.warehouseId ?? 'NJ-1',
      clocks: { placedAt: at(-2), paidAt: at(-2), confirmedAt: at(-2) },
      shipFrom: { country: 'US', region: 'NJ', timeZone: 'America/New_York' },
      shipTo: { country: 'US', region: 'TX' },
      currency: 'USD',
      lines: [{ lineId: '1', quantity: 1, unitPriceMinor: 3750 }],
    },
    label: { type: 'parcel.labelled', orderId, trackingNumber, carrier: 'ups', uploadedAt: at(0) },
    scan: {
      type: 'parcel.scanned',
      trackingNumber,
      stage: 'accepted',
      strength: 'direct',
      occurredAt: at(0),
      timeZone: 'America/New_York',
    },
  };
}
