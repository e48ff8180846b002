import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ratesAnswer } from '#contracts';
import { RateStore, withService } from '#storage';
import { NOW, RunningApi, placed } from '../api.fixture.js';

const now = Date.parse(NOW);
let api: RunningApi;
let ops: string;
let seller: string;

beforeAll(async () => {
  api = await RunningApi.start();
  ops = await api.key({ tenantId: 'acme', role: 'ops', name: 'Ops desk' });
  seller = await api.key({ tenantId: 'acme', role: 'seller', sellerId: 'seller-1', name: 'Seller' });
  await api.happen('acme', placed('T-1', now - 3_600_000, { platform: 'tiktok-shop', unitPriceMinor: 4_000 }));
  const snapshot = { rateId: 'tts-us-ldr', shopId: 'seller-1', origin: 'computed' as const, measuredAt: now };
  const counts = { numerator: 5, denominator: 100, rate: '0.050000', projectedRate: '0.060000', budget: 5 };
  const effects = [{ kind: 'points', values: { en: 'Points', zh: '扣分' } }];
  await withService(api.dataSource, (transaction) =>
    new RateStore().save(transaction, [
      { tenantId: 'acme', period: '', snapshot: { ...snapshot, ...counts, effects, band: 0 } },
      { tenantId: 'acme', period: '', snapshot: { ...snapshot, ...counts, rateId: 'gone', effects: [] } },
    ]),
  );
});
afterAll(() => api.close());

describe('rates', () => {
  it('say where a shop stands, what it can afford, and what crossing costs', async () => {
    const { rows } = ratesAnswer.parse((await api.get('/v1/rates?shop=seller-1', ops)).body);
    const gated = await api.dataSource.query(
      `SELECT rule_id, count(*)::int AS deadlines, sum(amount_minor)::int AS minor FROM deadline WHERE gated GROUP BY rule_id`,
    );
    const rate = rows.find(({ rateId }) => rateId === 'tts-us-ldr')!;
    expect(rate).toMatchObject({ rate: '0.050000', projectedRate: '0.060000', budget: 5, inBand: true });
    expect(rate.counts).toEqual({ what: 'late', unit: 'orders' });
    expect(rate.windows).toEqual([{ kind: 'rolling-days', days: 7 }]);
    expect(rate.effects.map(({ kind }) => kind)).toEqual(['points']);
    expect(rate.next).toMatchObject({ threshold: '0.10', comparison: '>' });
    expect(rate.next!.effects.map(({ kind }) => kind)).toContain('payment-delay');
    expect(gated).toHaveLength(1);
    expect(rate.gated).toEqual([
      {
        ruleId: gated[0].rule_id,
        threshold: '0.10',
        comparison: '>',
        currency: 'USD',
        deadlines: gated[0].deadlines,
        amountMinor: gated[0].minor,
      },
    ]);
    expect(rate.gated[0]!.amountMinor).toBeGreaterThan(0);
  });

  it('show a rate whose definition is gone with what was stored', async () => {
    const { rows } = ratesAnswer.parse((await api.get('/v1/rates', ops)).body);
    expect(rows.find(({ rateId }) => rateId === 'gone')).toMatchObject({
      title: null,
      counts: null,
      next: null,
      gated: [],
      inBand: false,
    });
  });

  it('are for operations', async () => {
    expect((await api.get<{ rows: unknown[] }>('/v1/rates', seller)).body.rows).toEqual([]);
  });
});
