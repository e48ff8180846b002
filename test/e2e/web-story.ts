// A day for the page to show: two warehouses, three sellers, four platforms, two currencies, and one feed that went silent.
import type { RunningApi } from '../../apps/api/src/api.fixture.js';
import { NOW, labelled, placed, scanned } from '../../apps/api/src/api.fixture.js';

const HOUR_MS = 3_600_000;
const now = Date.parse(NOW);
const hoursAgo = (hours: number): number => now - hours * HOUR_MS;

const PLATFORMS = ['temu', 'temu', 'tiktok-shop', 'amazon'];

/** Applies the day's events and raises what is due. Order ids are `<platform>-1001` and up. */
export async function playDay(api: RunningApi, tenantId: string, orders = 36): Promise<void> {
  for (let index = 0; index < orders; index += 1) {
    const platform = PLATFORMS[index % PLATFORMS.length] as string;
    const orderId = `${platform.toUpperCase()}-${1001 + index}`;
    const placedAt = hoursAgo(70 - ((index * 7) % 66) - 0.37 * (index % 5));
    const isCalifornia = index % 3 === 2;
    const facts = [
      placed(orderId, placedAt, {
        platform,
        sellerId: `seller-${1 + (index % 3)}`,
        warehouseId: isCalifornia ? 'CA-1' : 'NJ-1',
        unitPriceMinor: 1_499 + index * 731,
      }),
    ];
    if (index % 4 !== 3) facts.push(labelled(orderId, `1ZDAY${1001 + index}`, placedAt + 3 * HOUR_MS));
    if (index % 6 === 0) facts.push(scanned(`1ZDAY${1001 + index}`, Math.max(placedAt + 9 * HOUR_MS, hoursAgo(1.5))));
    if (isCalifornia && index % 6 === 2)
      facts.push(scanned(`1ZDAY${1001 + index}`, placedAt + 4 * HOUR_MS, 'in-transit'));
    await api.happen(tenantId, ...facts);
  }
  await api.raiseDue();
}
