// A day for the page to show: two warehouses, three sellers, four platforms, two currencies, and one feed that went silent.
import { RateStore, withService } from '#storage';
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

/** Rates as they would be after weeks: one shop near a limit, another past one and with points. */
export async function playRates(api: RunningApi, tenantId: string): Promise<void> {
  const ldr = { rateId: 'tts-us-ldr', origin: 'computed' as const, measuredAt: now, denominator: 100 };
  const points = [
    { kind: 'points', values: { en: 'Account Health points are deducted above 4%', zh: '超过 4% 扣减账户健康分' } },
  ];
  const cap = [
    {
      kind: 'order-cap',
      values: { cap: 150, en: 'Orders limited to 50% of the average daily orders', zh: '限单至日均单量的 50%' },
    },
  ];
  const near = { ...ldr, shopId: 'seller-2', numerator: 5, rate: '0.050000', projectedRate: '0.082000', budget: 5 };
  const past = {
    ...ldr,
    rateId: 'tts-us-order-cap',
    shopId: 'seller-1',
    numerator: 14,
    rate: '0.140000',
    projectedRate: '0.170000',
    budget: 6,
  };
  await withService(api.dataSource, (transaction) =>
    new RateStore().save(transaction, [
      { tenantId, period: '', snapshot: { ...near, effects: points, band: 0 } },
      { tenantId, period: '', snapshot: { ...past, effects: cap, band: 0 } },
    ]),
  );
  const issue = (issueId: string, count: number, days: number) => {
    const issuedAt = hoursAgo(24 * days);
    const of = { shopId: 'seller-1', platform: 'tiktok-shop', market: 'TH', metric: 'violation-points' };
    return ['points.issued', { ...of, issueId, points: count, issuedAt, reason: 'late dispatch' }, issuedAt] as const;
  };
  await api.happen(tenantId, issue('V-1', 24, 40), issue('V-2', 12, 8), issue('V-0', 10, 100));
}
