import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RateDefinition } from '#domain';
import { eventually } from '#testing';
import { SHIP_RULE, TENANT, TrackingBench, at, event, placed, rulebookDocument, version } from './fixture.js';
import { RateService } from './rate-service.js';
import { RecomputeService } from './recompute-service.js';

const TEXT = { en: 'Rate', zh: '率' };
const LDR: RateDefinition = {
  id: 'ldr',
  metric: 'late-dispatch-rate',
  title: TEXT,
  counts: { rule: 'SHIP', numerator: 'missed', unit: 'orders' },
  windows: [{ kind: 'rolling-days', days: 7, minimumSample: 4 }],
  zone: 'market',
  bands: [{ gte: '0.50', effects: [{ kind: 'points', text: TEXT }] }],
  sources: ['S'],
  confidence: 'derived',
};
const GATED = {
  id: 'GATED',
  title: TEXT,
  versions: [version({ penalty: { amount: { fixed: '8.00' }, gate: { rate: 'ldr', gte: '0.50' } } })],
};
const AS_OF = at('2026-03-06T00:00:00Z');
const DAY = 86_400_000;

describe('RateService', () => {
  let bench: TrackingBench;
  let rates: RateService;
  beforeAll(async () => {
    bench = await TrackingBench.open(rulebookDocument([SHIP_RULE, GATED], { rates: [LDR] }));
    rates = new RateService(bench.dataSource, bench.holder);
  });
  afterAll(() => bench.close());

  const judgeAgain = async (now = AS_OF): Promise<void> => {
    const recompute = new RecomputeService(bench.dataSource, bench.tracking, bench.holder);
    await eventually(async () => {
      while ((await recompute.runChunk(now)).hasMore);
      return (await bench.query('SELECT 1 FROM recompute_task WHERE finished_at IS NULL')).length === 0;
    });
  };
  const snapshots = (): Promise<unknown[]> =>
    bench.query(`SELECT shop_id AS shop, body->>'rate' AS rate, origin FROM shop_rate ORDER BY shop_id, origin`);
  const gated = (shop: string): Promise<unknown[]> =>
    bench.query(`SELECT DISTINCT gated FROM deadline WHERE rule_id = 'GATED' AND shop_id = $1 AND status = 'missed'`, [
      shop,
    ]);
  const cancelled = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, n) =>
      event('order.cancelled', { orderId: `${prefix}${n}`, cancelledAt: at('2026-03-03T00:00:00Z'), by: 'buyer' }),
    );

  it('counts settled orders per shop, knows no rate below the sample, and opens the gate when the limit is crossed', async () => {
    const orders = (shop: string, count: number) =>
      Array.from({ length: count }, (_, n) => placed(`${shop}${n}`, { shopId: shop }));
    await bench.apply([...orders('big', 5), ...orders('small', 3)], AS_OF);
    expect(await gated('big')).toEqual([{ gated: true }]);
    expect(await rates.refresh(AS_OF)).toBe(1);
    expect(await snapshots()).toEqual([{ shop: 'big', rate: '1.000000', origin: 'computed' }]);
    await judgeAgain();
    expect(await gated('big')).toEqual([{ gated: false }]);
    expect(await gated('small')).toEqual([{ gated: true }]);
    expect(await rates.refresh(AS_OF + 1000)).toBe(0);
  });

  it('forgets a rate when too few orders are left, and closes the gate again', async () => {
    await bench.apply(cancelled('big', 2), AS_OF);
    expect(await rates.refresh(AS_OF + 2000)).toBe(1);
    expect(await snapshots()).toEqual([]);
    await judgeAgain();
    expect(await gated('big')).toEqual([{ gated: true }]);
  });

  it('takes the rate the platform reports', async () => {
    const metric = { shopId: 'small', platform: 'temu', market: 'US', metric: 'late-dispatch-rate', measuredAt: AS_OF };
    await bench.apply(
      [
        event('metric.reported', { ...metric, rate: '0.61' }),
        event('metric.reported', { ...metric, metric: 'x', rate: '1' }),
      ],
      AS_OF,
    );
    expect(await snapshots()).toEqual([{ shop: 'small', rate: '0.61', origin: 'reported' }]);
    await judgeAgain();
    expect(await gated('small')).toEqual([{ gated: false }]);
  });

  it('keeps the miss history that the chance of a miss starts from', async () => {
    await rates.refresh(AS_OF + 3600_000);
    expect(
      await bench.query('SELECT rule_id, missed, settled FROM miss_history WHERE tenant_id = $1 ORDER BY 1', [TENANT]),
    ).toEqual([
      { rule_id: 'GATED', missed: 6, settled: 6 },
      { rule_id: 'SHIP', missed: 6, settled: 6 },
    ]);
  });

  it('judges again when a report is believed no more', async () => {
    const believed = AS_OF + 7 * DAY;
    await rates.refresh(believed);
    await judgeAgain(believed);
    expect(await gated('small')).toEqual([{ gated: false }]);
    expect(await rates.refresh(believed + 1000)).toBe(1);
    await judgeAgain(believed + 1000);
    expect(await gated('small')).toEqual([{ gated: true }]);
    expect(await rates.refresh(believed + 2000)).toBe(0);
  });

  it('judges again when a limit that an overlay puts on the rate is crossed', async () => {
    const overlay = {
      overlayId: 'contract',
      tenantId: TENANT,
      ruleId: 'GATED',
      patch: { penalty: { amount: { fixed: '8.00' }, gate: { rate: 'ldr', gte: '0.30' } } },
      signedBy: 'Ops',
      signedAt: '2026-03-01T00:00:00Z',
      reason: 'contract',
    };
    await bench.query(`INSERT INTO rule_overlay (tenant_id, overlay_id, body, signed_by) VALUES ($1, $2, $3, $4)`, [
      TENANT,
      overlay.overlayId,
      JSON.stringify(overlay),
      overlay.signedBy,
    ]);
    const scanned = (orderId: string) => [
      event('parcel.labelled', { orderId, trackingNumber: `1Z${orderId}`, uploadedAt: at('2026-03-02T16:00:00Z') }),
      event('parcel.scanned', {
        trackingNumber: `1Z${orderId}`,
        stage: 'accepted',
        strength: 'direct',
        occurredAt: at('2026-03-02T17:00:00Z'),
      }),
    ];
    const orders = (...ids: string[]) => ids.map((orderId) => placed(orderId, { shopId: 'medium' }));
    await bench.apply([...orders('m0', 'm1', 'm2', 'm3', 'm4'), ...['m1', 'm2', 'm3', 'm4'].flatMap(scanned)], AS_OF);
    const later = AS_OF + DAY;
    await rates.refresh(later);
    await judgeAgain(later);
    expect(await gated('medium')).toEqual([{ gated: true }]);
    await bench.apply(orders('m5', 'm6'), later);
    await rates.refresh(later + 1000);
    await judgeAgain(later + 1000);
    expect(await gated('medium')).toEqual([{ gated: false }]);
  });
});
