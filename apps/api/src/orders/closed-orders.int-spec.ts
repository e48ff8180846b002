import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeadlineRow, ExposureAnswer, OrderDetail } from '#contracts';
import { orderOwners, parcelOwners, withService } from '#storage';
import { OrderCloser, RulebookHolder } from '#tracking';
import { NOW, RunningApi, labelled, placed, scanned } from '../api.fixture.js';

const DAY = 86_400_000;
const now = Date.parse(NOW);
/** Closing looks at when rows were written, which is now. */
const muchLater = Date.now() + 1_000 * DAY;
const then = now - 30 * DAY;
const SINCE = new Date(now - 60 * DAY).toISOString();

/** What people ask about orders that are over. */
const QUESTIONS = [
  '/v1/orders',
  '/v1/orders?text=A-&warehouse=NJ-1',
  '/v1/orders?limit=2',
  '/v1/orders/A-1',
  '/v1/orders/A-2',
  '/v1/orders/B-1',
  '/v1/parcels/1ZA1',
  '/v1/parcels/1ZB1',
  '/v1/levied-fines',
  '/v1/points',
  '/v1/rates',
  '/v1/exposure',
  `/v1/exposure?since=${SINCE}`,
  `/v1/exposure?since=${SINCE}&groupBy=warehouse&text=A-`,
  `/v1/exposure?since=${SINCE}&groupBy=seller&text=1zb`,
  `/v1/exposure?since=${SINCE}&groupBy=rule&seller=seller-2`,
];

let api: RunningApi;
const keys: Record<'ops' | 'seller1' | 'seller2' | 'warehouse' | 'other', string> = Object.create(null);
const holder = RulebookHolder.fromFolder('rulebooks', (_, error) => {
  throw error;
});
const close = (): Promise<{ closed: number }> =>
  new OrderCloser(api.dataSource, holder.base, 100 * DAY).round(muchLater);

async function answers(key: string): Promise<Record<string, unknown>> {
  const replies = await Promise.all(QUESTIONS.map((path) => api.get(path, key)));
  // A refusal has a number of its own each time.
  const told = replies.map(({ status, body }) => ({ status, body: status === 200 ? body : undefined }));
  return Object.fromEntries(told.map((reply, index) => [QUESTIONS[index], reply]));
}

beforeAll(async () => {
  api = await RunningApi.start();
  keys.ops = await api.key({ tenantId: 'acme', role: 'ops', name: 'Ops desk' });
  keys.seller1 = await api.key({ tenantId: 'acme', role: 'seller', sellerId: 'seller-1', name: 'Seller one' });
  keys.seller2 = await api.key({ tenantId: 'acme', role: 'seller', sellerId: 'seller-2', name: 'Seller two' });
  keys.warehouse = await api.key({ tenantId: 'acme', role: 'warehouse', warehouseId: 'NJ-1', name: 'NJ floor' });
  keys.other = await api.key({ tenantId: 'rival', role: 'ops', name: 'Rival' });
  await api.happen(
    'acme',
    placed('A-1', then),
    labelled('A-1', '1ZA1', then + 3_600_000),
    scanned('1ZA1', then + 5 * 3_600_000),
    placed('A-2', then, { warehouseId: 'CA-1', unitPriceMinor: 9_000 }),
    placed('B-1', then, { sellerId: 'seller-2', unitPriceMinor: 60_000 }),
    labelled('B-1', '1ZB1', then + 3_600_000),
    labelled('B-1', '1ZA1', then + 7_200_000),
    [
      'fine.levied',
      { orderId: 'A-2', platform: 'temu', chargeId: 'c1', amountMinor: 500, currency: 'USD', leviedAt: then + 9 * DAY },
      then + 9 * DAY,
    ],
  );
  await api.happen('rival', placed('A-1', then));
  await api.dataSource.query(
    `UPDATE deadline SET warned_at = starts_at, warned_minor = 700 WHERE status = 'met' AND tenant_id = 'acme'`,
  );
});
afterAll(() => api.close());

describe('closed orders', () => {
  it('are shown, counted and hidden as they were when they were open', async () => {
    const before = await Promise.all(Object.values(keys).map(answers));
    const [ops, one] = before as Record<string, { status: number; body: never }>[];
    const order: OrderDetail = ops!['/v1/orders/A-1']!.body;
    expect(order.parcels[0]!.scans).toHaveLength(1);
    expect(order.timeline).toHaveLength(4);
    const { rows }: ExposureAnswer = ops![`/v1/exposure?since=${SINCE}`]!.body;
    expect(rows[0]).toMatchObject({ missed: expect.any(Number), saved: expect.any(Number) });
    expect(rows[0]!.missed * rows[0]!.saved).toBeGreaterThan(0);
    expect(one!['/v1/orders/B-1']).toMatchObject({ status: 404 });

    expect(await close()).toMatchObject({ closed: 4 });
    expect(await api.dataSource.query('SELECT FROM shipment UNION ALL SELECT FROM deadline')).toEqual([]);
    expect(await Promise.all(Object.values(keys).map(answers))).toEqual(before);
  });

  it('leave the lists of what is open', async () => {
    const { body } = await api.get<{ rows: DeadlineRow[] }>('/v1/deadlines?status=missed', keys.ops);
    expect(body.rows).toEqual([]);
    expect((await api.get<{ rows: unknown[] }>('/v1/parcels', keys.ops)).body.rows).toEqual([]);
  });

  it('still belong to somebody, for senders who reach only a part of their tenant', async () => {
    const owner = { sellerId: 'seller-2', warehouseId: 'NJ-1' };
    const [orders, parcels] = await withService(api.dataSource, async (tx) => [
      await orderOwners(tx, 'acme', ['B-1', 'none']),
      await parcelOwners(tx, 'acme', ['1ZB1']),
    ]);
    expect([...orders!]).toEqual([['B-1', [owner]]]);
    expect([...parcels!]).toEqual([['1ZB1', [owner]]]);
  });

  it('can be waived by who sees them, and nobody else', async () => {
    const [{ rule_id: ruleId }] = await api.dataSource.query(
      `SELECT d ->> 'rule_id' AS rule_id FROM closed_order, json_array_elements(body -> 'deadlines') d WHERE order_id = 'A-2' LIMIT 1`,
    );
    const request = { orderId: 'A-2', ruleId, reason: 'agreed with the platform' };
    expect((await api.post('/v1/deadlines/waive', keys.other, request)).status).toBe(404);
    expect((await api.post('/v1/deadlines/waive', keys.ops, request)).status).toBeLessThan(300);
    const tasks = await api.dataSource.query('SELECT scope FROM recompute_task WHERE finished_at IS NULL');
    expect(tasks).toContainEqual({ scope: { orderId: 'A-2' } });
  });
});
