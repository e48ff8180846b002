import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { daysOffAnswer, orderDetail, pointsAnswer, setDaysOffAnswer } from '#contracts';
import { withService } from '#storage';
import { eventually } from '#testing';
import { DaysOffService, RecomputeService, RulebookHolder, TrackingService } from '#tracking';
import { NOW, RunningApi, placed } from '../api.fixture.js';

const now = Date.parse(NOW);
const HOUR = 3_600_000;
const rulebooks = RulebookHolder.fromFolder('rulebooks', (_, error) => {
  throw error;
});
const LIST = {
  of: 'seller',
  id: 'seller-1',
  days: [{ day: '2026-03-03', name: 'Stock count' }],
  reason: 'yearly count',
};

let api: RunningApi;
const keys: Record<'ops' | 'seller' | 'stranger' | 'warehouse' | 'rival', string> = Object.create(null);

beforeAll(async () => {
  api = await RunningApi.start({ rulebooks });
  keys.ops = await api.key({ tenantId: 'acme', role: 'ops', name: 'Ops desk' });
  keys.seller = await api.key({ tenantId: 'acme', role: 'seller', sellerId: 'seller-1', name: 'Seller' });
  keys.stranger = await api.key({ tenantId: 'acme', role: 'seller', sellerId: 'seller-2', name: 'Other seller' });
  keys.warehouse = await api.key({ tenantId: 'acme', role: 'warehouse', warehouseId: 'NJ-1', name: 'Floor' });
  keys.rival = await api.key({ tenantId: 'rival', role: 'ops', name: 'Rival' });
  // Monday 2026-03-02 10:00 in New Jersey, one working day: Tuesday.
  await api.happen('acme', placed('W-1', now - 24 * HOUR, { platform: 'walmart' }));
});
afterAll(() => api.close());

async function judgeAgain(): Promise<void> {
  const recompute = new RecomputeService(api.dataSource, new TrackingService(rulebooks), rulebooks);
  await eventually(async () => {
    while ((await recompute.runChunk(now)).hasMore);
    return (await api.dataSource.query('SELECT 1 FROM recompute_task WHERE finished_at IS NULL')).length === 0;
  });
}

async function dueAt(): Promise<string> {
  const [row] = await api.dataSource.query(`SELECT due_at FROM deadline WHERE rule_id = 'WMT-ESD'`);
  return (row as { due_at: Date }).due_at.toISOString();
}

describe('days off', () => {
  it('move the open deadlines of their seller, with their revision in the explanation', async () => {
    expect(await dueAt()).toBe('2026-03-04T04:59:59.000Z');
    const first = setDaysOffAnswer.parse((await api.post('/v1/days-off', keys.ops, LIST)).body);
    expect(first).toMatchObject({ changed: true, daysOff: { revision: 1, changedBy: 'Ops desk', days: LIST.days } });
    await judgeAgain();
    expect(await dueAt()).toBe('2026-03-05T04:59:59.000Z');
    const order = orderDetail.parse((await api.get('/v1/orders/W-1', keys.ops)).body);
    const told = order.deadlines.find(({ ruleId }) => ruleId === 'WMT-ESD')!.explanation;
    expect(told.en.join('\n')).toContain('seller seller-1 #1');
    expect(told.zh.join('\n')).toContain('Stock count');
  });

  it('sent again change nothing; taken back they move the deadlines back', async () => {
    const again = setDaysOffAnswer.parse((await api.post('/v1/days-off', keys.ops, LIST)).body);
    expect(again).toMatchObject({ changed: false, daysOff: { revision: 1 } });
    const none = { ...LIST, days: [], reason: 'count put off' };
    expect(setDaysOffAnswer.parse((await api.post('/v1/days-off', keys.ops, none)).body).daysOff.revision).toBe(2);
    await judgeAgain();
    expect(await dueAt()).toBe('2026-03-04T04:59:59.000Z');
    const audit = await api.dataSource.query(
      `SELECT subject, reason FROM audit WHERE action = 'days-off.set' ORDER BY audit_id`,
    );
    expect(audit).toEqual([
      { subject: 'seller/seller-1/days-off', reason: 'yearly count' },
      { subject: 'seller/seller-1/days-off', reason: 'count put off' },
    ]);
  });

  it('are set by operations and seen by whose they are', async () => {
    const change = {
      tenantId: 'acme',
      of: 'warehouse' as const,
      id: 'NJ-1',
      days: { '2026-07-03': '' },
      actor: 'x',
      reason: 'y',
    };
    await withService(api.dataSource, (transaction) => new DaysOffService().replace(transaction, change, now));
    expect((await api.post('/v1/days-off', keys.seller, LIST)).status).toBe(403);
    const seen = async (key: string): Promise<string[]> =>
      daysOffAnswer.parse((await api.get('/v1/days-off', key)).body).rows.map(({ of, id }) => `${of} ${id}`);
    expect(await seen(keys.ops)).toEqual(['warehouse NJ-1', 'seller seller-1']);
    expect(await seen(keys.seller)).toEqual(['seller seller-1']);
    expect(await seen(keys.warehouse)).toEqual(['warehouse NJ-1']);
    expect(await seen(keys.stranger)).toEqual([]);
    expect(await seen(keys.rival)).toEqual([]);
  });

  it('that do not exist are refused with their place', async () => {
    const bad = { ...LIST, days: [{ day: '2026-02-30' }] };
    const { status, body } = await api.post<{ errors: { pointer: string }[] }>('/v1/days-off', keys.ops, bad);
    expect([status, body.errors.map(({ pointer }) => pointer)]).toEqual([400, ['/days/0/day']]);
  });
});

describe('points', () => {
  const issued = (issueId: string, points: number, days: number, more: object = {}) => {
    const at = now - days * 24 * HOUR;
    const data = {
      shopId: 'shop-th',
      platform: 'tiktok-shop',
      market: 'TH',
      metric: 'violation-points',
      issueId,
      points,
      issuedAt: at,
      ...more,
    };
    return ['points.issued', data, at] as const;
  };

  it('add up, lapse after 90 days and explain themselves', async () => {
    await api.happen('acme', issued('a', 30, 10), issued('a', 30, 9), issued('b', 18, 5), issued('c', 40, 120));
    const { rows } = pointsAnswer.parse((await api.get('/v1/points', keys.ops)).body);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      pointsId: 'tts-th-violation-points',
      balance: 48,
      next: null,
      nextLapse: { points: 30 },
    });
    expect(rows[0]!.effects.map(({ kind }) => kind)).toEqual(['account']);
    expect(rows[0]!.explanation.en).toContain('40 points have lapsed and count no more.');
    await api.happen('acme', issued('b', 18, 1, { reversal: true }));
    const after = pointsAnswer.parse((await api.get('/v1/points?shop=shop-th', keys.ops)).body).rows[0];
    expect(after).toMatchObject({ balance: 30, effects: [], next: { at: 48, away: 18 } });
  });

  it('are for operations of their tenant', async () => {
    expect((await api.get('/v1/points', keys.seller)).status).toBe(403);
    expect(pointsAnswer.parse((await api.get('/v1/points', keys.rival)).body).rows).toEqual([]);
  });
});
