import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BacktestDetail, DriftAnswer, OverlayAnswer, OverlayRow } from '#contracts';
import { backtestDetail, driftAnswer, overlayAnswer, overlaysAnswer } from '#contracts';
import { BacktestStore, asPerson, withService } from '#storage';
import { eventually } from '#testing';
import { DriftService, RecomputeService, RulebookHolder, TrackingService } from '#tracking';
import { NOW, RunningApi, placed } from '../api.fixture.js';

const HOUR = 3_600_000;
const now = Date.parse(NOW);
interface Problem {
  type: string;
  errors?: { pointer: string; detail: string }[];
}
const TERMS = {
  overlayId: 'contract-2026',
  ruleId: 'TEMU-US-1',
  patch: { penalty: { amount: { fixed: '7.00' } } },
  reason: 'contract of January',
};

let api: RunningApi;
const keys: Record<'ops' | 'seller' | 'warehouse' | 'reader' | 'other', string> = Object.create(null);
const rulebooks = RulebookHolder.fromFolder('rulebooks', (_, error) => {
  throw error;
});

beforeAll(async () => {
  api = await RunningApi.start({ rulebooks });
  keys.ops = await api.key({ tenantId: 'acme', role: 'ops', name: 'Ops desk' });
  keys.reader = await api.key({ tenantId: 'acme', role: 'ops', name: 'Wallboard' }, ['read']);
  keys.seller = await api.key({ tenantId: 'acme', role: 'seller', sellerId: 'seller-1', name: 'Seller' });
  keys.warehouse = await api.key({ tenantId: 'acme', role: 'warehouse', warehouseId: 'NJ-1', name: 'Floor' });
  keys.other = await api.key({ tenantId: 'rival', role: 'ops', name: 'Rival' });
  await api.happen('acme', placed('A-1', now - 40 * HOUR), placed('A-2', now - 20 * HOUR));
  await api.happen('rival', placed('R-1', now - 40 * HOUR));
});
afterAll(() => api.close());

async function judgeAgain(): Promise<void> {
  const recompute = new RecomputeService(api.dataSource, new TrackingService(rulebooks), rulebooks);
  await eventually(async () => {
    while ((await recompute.runChunk(now)).hasMore);
    return (await api.dataSource.query('SELECT 1 FROM recompute_task WHERE finished_at IS NULL')).length === 0;
  });
}
const deadlines = (): Promise<unknown[]> =>
  api.dataSource.query(
    `SELECT tenant_id, order_id, rule_id, rule_version, status, due_at, amount_minor, expected_minor, currency FROM deadline
     ORDER BY tenant_id, order_id, rule_id, parcel_id`,
  );

describe('who may', () => {
  it('is operations, with a key that may write', async () => {
    for (const path of ['/v1/rules/overlays', '/v1/rules/backtests', '/v1/rules/drift']) {
      expect((await api.get(path, keys.ops)).status).toBe(200);
      expect((await api.get(path, keys.reader)).status).toBe(200);
      expect((await api.get(path, keys.seller)).status).toBe(403);
      expect((await api.get(path, keys.warehouse)).status).toBe(403);
    }
    expect((await api.post('/v1/rules/overlays', keys.reader, TERMS)).status).toBe(403);
    expect((await api.post('/v1/rules/overlays', keys.seller, TERMS)).status).toBe(403);
    expect((await api.post('/v1/rules/backtests', keys.seller, { overlay: TERMS })).status).toBe(403);
  });

  it('holds in the database as well', async () => {
    const seller = { tenantId: 'acme', role: 'seller', sellerId: 'seller-1', name: 'Seller' } as const;
    const asked = { backtestId: 'x', draft: { rulebook: '' }, asOf: now, requestedBy: 'x' };
    const create = (tenantId: string, role: 'ops' | 'seller'): Promise<void> =>
      asPerson(api.dataSource, { ...seller, role }, (tx) => new BacktestStore().create(tx, { ...asked, tenantId }));
    await expect(create('acme', 'seller')).rejects.toThrow('row-level security');
    await expect(create('rival', 'ops')).rejects.toThrow('row-level security');
    await expect(
      asPerson(api.dataSource, { ...seller, role: 'ops' }, (tx) => tx.run('UPDATE backtest SET progress = 1')),
    ).rejects.toThrow('permission denied');
  });
});

describe('overlays', () => {
  const terms = TERMS;

  it('change the orders they touch, once, and give way again when withdrawn', async () => {
    const before = await deadlines();
    const first = await api.post<OverlayAnswer>('/v1/rules/overlays', keys.ops, terms);
    expect(first.body).toMatchObject({
      changed: true,
      overlay: { signedBy: 'Ops desk', signedAt: '2026-03-03T15:00:00.000Z' },
    });
    overlayAnswer.parse(first.body);
    await judgeAgain();
    const changed = await deadlines();
    const amounts = (rows: unknown[]): unknown[] =>
      rows.filter((row) => (row as { rule_id: string }).rule_id === 'TEMU-US-1');
    expect(amounts(changed)).toEqual([
      expect.objectContaining({ tenant_id: 'acme', order_id: 'A-1', amount_minor: '700' }),
      expect.objectContaining({ tenant_id: 'acme', order_id: 'A-2', amount_minor: '700' }),
      expect.objectContaining({
        tenant_id: 'rival',
        amount_minor: (amounts(before)[2] as { amount_minor: string }).amount_minor,
      }),
    ]);
    const tasks = 'SELECT count(*)::int AS n FROM recompute_task';
    const done = await api.dataSource.query(tasks);
    const again = await api.post<OverlayAnswer>('/v1/rules/overlays', keys.ops, terms);
    expect(again.body.changed).toBe(false);
    expect(await api.dataSource.query(tasks)).toEqual(done);
    api.clock.advance(HOUR);
    const withdraw = '/v1/rules/overlays/contract-2026/withdraw';
    expect((await api.post(withdraw, keys.other, { reason: 'not theirs' })).status).toBe(404);
    const gone = await api.post<OverlayAnswer>(withdraw, keys.ops, { reason: 'ended' });
    expect(gone.body).toMatchObject({
      changed: true,
      overlay: { withdrawnAt: '2026-03-03T16:00:00.000Z', withdrawnBy: 'Ops desk' },
    });
    expect((await api.post<OverlayAnswer>(withdraw, keys.ops, { reason: 'ended' })).body.changed).toBe(false);
    await judgeAgain();
    expect(await deadlines()).toEqual(before);
    const audit = await api.dataSource.query(
      `SELECT actor, action, subject, reason FROM audit WHERE action LIKE 'overlay.%' ORDER BY audit_id`,
    );
    const subject = 'rule/TEMU-US-1/overlay/contract-2026';
    expect(audit).toEqual([
      { actor: 'Ops desk', action: 'overlay.publish', subject, reason: 'contract of January' },
      { actor: 'Ops desk', action: 'overlay.withdraw', subject, reason: 'ended' },
    ]);
    const listed = await api.get<{ rows: OverlayRow[] }>('/v1/rules/overlays', keys.ops);
    expect(overlaysAnswer.parse(listed.body).rows).toHaveLength(1);
    expect((await api.get<{ rows: OverlayRow[] }>('/v1/rules/overlays', keys.other)).body.rows).toEqual([]);
    api.clock.set(NOW);
  });

  it('keep an id for what was signed under it', async () => {
    const other = { ...terms, overlayId: 'second' };
    expect((await api.post('/v1/rules/overlays', keys.ops, other)).status).toBe(200);
    const changed = { ...other, patch: { penalty: { amount: { fixed: '9.00' } } } };
    expect((await api.post('/v1/rules/overlays', keys.ops, changed)).status).toBe(409);
    expect((await api.post('/v1/rules/overlays', keys.ops, terms)).status).toBe(409);
    await api.post('/v1/rules/overlays/second/withdraw', keys.ops, { reason: 'test' });
  });

  it.each<[string, object, number, string]>([
    ['a signature of its own', { signedBy: 'CEO' }, 400, ''],
    ['an unknown part', { patch: { penalties: {} } }, 422, '/patch/penalties'],
    ['an amount that is none', { patch: { penalty: { amount: { fixed: 5 } } } }, 422, '/patch/penalty/amount/fixed'],
    ['a rule that does not exist', { ruleId: 'NONE' }, 422, '/ruleId'],
    [
      'a cap below its floor',
      { patch: { penalty: { amount: { fixed: '5.00' }, floor: '9.00', cap: '1.00' } } },
      422,
      '/patch/penalty',
    ],
    ['an id that breaks an address', { overlayId: 'a/b' }, 400, '/overlayId'],
  ])('are refused with %s, and nothing changes', async (_, wrong, status, pointer) => {
    const reply = await api.post<Problem>('/v1/rules/overlays', keys.ops, { ...terms, overlayId: 'wrong', ...wrong });
    expect([reply.status, reply.body.errors?.[0]?.pointer]).toEqual([status, expect.stringContaining(pointer)]);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(await api.dataSource.query(`SELECT 1 FROM rule_overlay WHERE overlay_id = 'wrong'`)).toEqual([]);
  });

  it('published twice at the same time are stored once', async () => {
    const same = { ...terms, overlayId: 'twice' };
    const replies = await Promise.all(
      [1, 2, 3].map(() => api.post<OverlayAnswer>('/v1/rules/overlays', keys.ops, same)),
    );
    expect(replies.map(({ status, body }) => [status, body.changed]).sort()).toEqual([
      [200, false],
      [200, false],
      [200, true],
    ]);
    await api.post('/v1/rules/overlays/twice/withdraw', keys.ops, { reason: 'test' });
  });
});

describe('backtests', () => {
  const draft = readFileSync('rulebooks/temu-us.yaml', 'utf8');

  it('are asked for with a draft, wait in the table, and show their report', async () => {
    const range = { from: '2026-01-01T00:00:00Z', to: '2026-04-01T00:00:00Z' };
    const asked = await api.post<BacktestDetail>('/v1/rules/backtests', keys.ops, { rulebook: draft, ...range });
    expect(asked.body).toMatchObject({
      status: 'queued',
      progress: 0,
      asOf: '2026-03-03T15:00:00.000Z',
      requestedBy: 'Ops desk',
    });
    const path = `/v1/rules/backtests/${asked.body.backtestId}`;
    const store = new BacktestStore();
    await withService(api.dataSource, async (tx) => {
      const claimed = (await store.claim(tx, asked.body.backtestId, 'acme'))!;
      const change = {
        orderId: 'A-1',
        differenceMinor: -5,
        before: { status: 'missed', dueAt: now, ruleVersion: '1' } as const,
      };
      const money = { currency: 'USD', changed: 1, missedBeforeMinor: 5, missedAfterMinor: 0 };
      const group = { ruleId: 'R', sellerId: 's', week: '2026-03-02', deadlines: 1, verdicts: { 'missed -> none': 1 } };
      const report = {
        groups: [{ ...group, ...money, examples: [change] }],
        totals: [money],
        events: 2,
        unreadable: 0,
      };
      await store.finish(tx, claimed, report);
    });
    const done = backtestDetail.parse((await api.get<BacktestDetail>(path, keys.ops)).body);
    expect(done).toMatchObject({
      status: 'done',
      progress: 100,
      from: '2026-01-01T00:00:00.000Z',
      report: { events: 2 },
    });
    expect(done.report!.groups[0]!.examples[0]).toMatchObject({ parcelId: null, after: null });
    expect((await api.get(path, keys.other)).status).toBe(404);
    expect((await api.get(path, keys.seller)).status).toBe(403);
  });

  it.each<[string, object, number, string]>([
    ['nothing', {}, 400, '/rulebook'],
    ['both kinds', { rulebook: 'x', overlay: TERMS }, 400, '/rulebook'],
    ['no time between', { rulebook: 'x', from: '2026-03-01T00:00:00Z', to: '2026-02-01T00:00:00Z' }, 400, '/to'],
    ['text that is no rulebook', { rulebook: 'rules: [' }, 422, '/rulebook'],
    ['a rulebook with a fault', { rulebook: 'rulebook: x' }, 422, '/rulebook/platform'],
    ['an overlay with a fault', { overlay: { ...TERMS, ruleId: 'NONE' } }, 422, '/overlay/ruleId'],
  ])('are refused with %s', async (_, request, status, pointer) => {
    const reply = await api.post<Problem>('/v1/rules/backtests', keys.ops, request);
    expect([reply.status, reply.body.errors?.map((error) => error.pointer)]).toEqual([
      status,
      expect.arrayContaining([pointer]),
    ]);
  });
});

describe('drift', () => {
  it('shows each rule version beside the platform, and its alert', async () => {
    const shipBy = { platformDeadlines: { shipBy: now + 90 * HOUR, scanBy: now + 90 * HOUR } };
    for (let n = 0; n < 12; n++) {
      const [type, data, at] = placed(`D-${n}`, now - 10 * HOUR - n);
      await api.happen('acme', [type, { ...data, ...shipBy }, at]);
    }
    expect(await new DriftService(api.dataSource).refresh(now)).toHaveLength(1);
    const { body } = await api.get<DriftAnswer>('/v1/rules/drift', keys.ops);
    expect(driftAnswer.parse(body).rows).toMatchObject([
      {
        recent: { deadlines: 12, differing: 12 },
        earlier: { deadlines: 0 },
        alert: { openedAt: '2026-03-03T15:00:00.000Z', closedAt: null },
      },
    ]);
    expect(body.rows[0]!.recent.medianMs).toBeGreaterThan(0);
    expect((await api.get<DriftAnswer>('/v1/rules/drift', keys.other)).body.rows).toEqual([]);
  });
});
