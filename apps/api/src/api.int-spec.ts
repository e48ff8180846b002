import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeadlineRow, EscalationRow, ExposureAnswer, Me, OrderDetail, WhatIfAnswer } from '#contracts';
import { deadlinePage, escalationPage, exposureAnswer, meView, orderDetail, orderPage, rulesAnswer } from '#contracts';
import { NOW, RunningApi, labelled, placed, scanned } from './api.fixture.js';

const HOUR = 3_600_000;
const now = Date.parse(NOW);
interface PageOf<Row> {
  rows: Row[];
  nextCursor: string | null;
}
interface Problem {
  type: string;
  status: number;
  errors?: { pointer: string; detail: string }[];
}

let api: RunningApi;
const keys: Record<'ops' | 'seller1' | 'seller2' | 'warehouse' | 'reader' | 'other', string> = Object.create(null);

beforeAll(async () => {
  api = await RunningApi.start();
  keys.ops = await api.key({ tenantId: 'acme', role: 'ops', name: 'Ops desk' });
  keys.reader = await api.key({ tenantId: 'acme', role: 'ops', name: 'Wallboard' }, ['read']);
  keys.seller1 = await api.key({ tenantId: 'acme', role: 'seller', sellerId: 'seller-1', name: 'Seller one' });
  keys.seller2 = await api.key({ tenantId: 'acme', role: 'seller', sellerId: 'seller-2', name: 'Seller two' });
  keys.warehouse = await api.key({ tenantId: 'acme', role: 'warehouse', warehouseId: 'NJ-1', name: 'NJ floor' });
  keys.other = await api.key({ tenantId: 'rival', role: 'ops', name: 'Rival' });
  await api.happen(
    'acme',
    placed('A-1', now - 40 * HOUR),
    labelled('A-1', '1ZA1', now - 30 * HOUR),
    placed('A-2', now - 20 * HOUR, { warehouseId: 'CA-1', unitPriceMinor: 9_000 }),
    placed('B-1', now - 44 * HOUR, { sellerId: 'seller-2', unitPriceMinor: 60_000 }),
    labelled('B-1', '1ZB1', now - 40 * HOUR),
    placed('B-2', now - 50 * HOUR, { sellerId: 'seller-2', platform: 'tiktok-shop', warehouseId: 'CA-1' }),
  );
  await api.happen('rival', placed('R-1', now - 40 * HOUR));
  await api.raiseDue();
});
afterAll(() => api.close());

const ids = (rows: readonly { orderId: string }[]): string[] => [...new Set(rows.map(({ orderId }) => orderId))].sort();
const deadlines = async (key: string, query = ''): Promise<DeadlineRow[]> =>
  (await api.get<PageOf<DeadlineRow>>(`/v1/deadlines?limit=200${query}`, key)).body.rows;
const queue = async (key: string, query = ''): Promise<EscalationRow[]> =>
  (await api.get<PageOf<EscalationRow>>(`/v1/escalations?limit=200${query}`, key)).body.rows;

describe('who sees what', () => {
  it('shows each role its own: the sellers together see what operations sees, the warehouse its part', async () => {
    const all = ids((await api.get<PageOf<{ orderId: string }>>('/v1/orders', keys.ops)).body.rows);
    const one = ids((await api.get<PageOf<{ orderId: string }>>('/v1/orders', keys.seller1)).body.rows);
    const two = ids((await api.get<PageOf<{ orderId: string }>>('/v1/orders', keys.seller2)).body.rows);
    const nj = ids((await api.get<PageOf<{ orderId: string }>>('/v1/orders', keys.warehouse)).body.rows);
    expect([all, one, two, nj]).toEqual([
      ['A-1', 'A-2', 'B-1', 'B-2'],
      ['A-1', 'A-2'],
      ['B-1', 'B-2'],
      ['A-1', 'B-1'],
    ]);
  });

  it('holds for deadlines, the queue, parcels and exposure', async () => {
    for (const key of [keys.seller1, keys.warehouse]) {
      const allowed = key === keys.seller1 ? ['A-1', 'A-2'] : ['A-1', 'B-1'];
      expect(allowed).toEqual(expect.arrayContaining(ids([...(await deadlines(key)), ...(await queue(key))])));
    }
    const parcels = await api.get<PageOf<{ trackingNumber: string }>>('/v1/parcels', keys.seller1);
    expect(parcels.body.rows.map(({ trackingNumber }) => trackingNumber)).toEqual(['1ZA1']);
    const exposure = async (key: string): Promise<number> =>
      (await api.get<ExposureAnswer>('/v1/exposure', key)).body.rows.reduce((sum, row) => sum + row.projectedMinor, 0);
    const total = await exposure(keys.ops);
    expect((await exposure(keys.seller1)) + (await exposure(keys.seller2))).toBe(total);
    expect(total).toBeGreaterThan(0);
  });

  it('sums up the same whether it reads the sums or, for a window of due instants, the deadlines', async () => {
    for (const key of [keys.ops, keys.seller1, keys.warehouse]) {
      for (const groupBy of ['none', 'platform', 'warehouse', 'seller', 'carrier', 'rule']) {
        const rows = async (more: string): Promise<ExposureAnswer['rows']> =>
          (await api.get<ExposureAnswer>(`/v1/exposure?groupBy=${groupBy}${more}`, key)).body.rows;
        const summed = await rows('');
        expect(summed.length).toBeGreaterThan(0);
        expect(await rows('&dueAfter=2000-01-01T00:00:00Z')).toEqual(summed);
        expect(await rows('&dueBefore=2000-01-01T00:00:00Z')).toEqual([]);
      }
    }
  });

  it('answers 404 for what belongs to others, as for what does not exist', async () => {
    for (const [path, key] of [
      ['/v1/orders/R-1', keys.ops],
      ['/v1/orders/B-1', keys.seller1],
      ['/v1/parcels/1ZB1', keys.seller1],
      ['/v1/orders/NONE', keys.ops],
    ] as const) {
      const answer = await api.get<Problem>(path, key);
      expect([path, answer.status, answer.body.type]).toEqual([path, 404, 'urn:fineline:problem:not-found']);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
  });

  it('wants a key that is known', async () => {
    expect((await api.call<Problem>('/v1/orders', {})).status).toBe(401);
    expect((await api.get<Problem>('/v1/orders', `${keys.ops}x`)).status).toBe(401);
  });
});

describe('sessions', () => {
  const signIn = async (): Promise<{ cookie: string; me: Me; header: string }> => {
    const answer = await api.call<Me>('/v1/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ key: keys.ops }),
    });
    const header = answer.headers.get('set-cookie') ?? '';
    return { cookie: header.split(';')[0] ?? '', me: answer.body, header };
  };

  it('exchanges a key for a cookie no script can read', async () => {
    const { cookie, me, header } = await signIn();
    expect(header).toMatch(/HttpOnly/);
    expect(header).toMatch(/SameSite=Lax/);
    expect(me).toMatchObject({ tenantId: 'acme', role: 'ops', session: true, now: new Date(now).toISOString() });
    const again = await api.call<Me>('/v1/me', { headers: { cookie } });
    expect(meView.strict().parse(again.body).name).toBe('Ops desk');
  });

  it('takes commands of a session only from its own page', async () => {
    const { cookie } = await signIn();
    const send = (headers: Record<string, string>): Promise<{ status: number }> =>
      api.call('/v1/escalations/acknowledge', {
        method: 'POST',
        headers: { cookie, 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify({ ids: ['999999'] }),
      });
    expect((await send({})).status).toBe(403);
    expect((await send({ 'X-Fineline-Command': '1', Origin: 'https://evil.example' })).status).toBe(403);
    expect((await send({ 'X-Fineline-Command': '1', Origin: api.url })).status).toBe(200);
  });

  it('refuses a cookie that was changed', async () => {
    const { cookie } = await signIn();
    expect((await api.call('/v1/me', { headers: { cookie: `${cookie.slice(0, -2)}xx` } })).status).toBe(401);
  });
});

describe('lists', () => {
  it('pages through everything once, while rows change their place', async () => {
    const everything = await deadlines(keys.ops);
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let page = 0; cursor !== null; page += 1) {
      const path: string = `/v1/deadlines?sort=time-left&limit=1${cursor ? `&cursor=${cursor}` : ''}`;
      const body: PageOf<DeadlineRow> = (await api.get<PageOf<DeadlineRow>>(path, keys.ops)).body;
      seen.push(...body.rows.map(({ orderId, ruleId, parcelId }) => `${orderId} ${ruleId} ${parcelId}`));
      cursor = body.nextCursor;
      if (page === 0) await api.happen('acme', placed('A-0', now - 60 * HOUR, { unitPriceMinor: 1_000 }));
    }
    const old = everything.map(({ orderId, ruleId, parcelId }) => `${orderId} ${ruleId} ${parcelId}`);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((name) => !name.startsWith('A-0')).sort()).toEqual(old.sort());
  });

  it('sorts by expected fine and by time left', async () => {
    const byFine = (await deadlines(keys.ops)).map(({ expectedMinor }) => expectedMinor);
    expect(byFine).toEqual([...byFine].sort((one, other) => other - one));
    const byTime = (await deadlines(keys.ops, '&sort=time-left')).map(({ dueAt }) => dueAt);
    expect(byTime).toEqual([...byTime].sort());
  });

  it('filters by place, seller, time and text', async () => {
    expect(ids(await deadlines(keys.ops, '&warehouse=CA-1'))).not.toContain('A-1');
    expect(ids(await deadlines(keys.ops, '&seller=seller-2&platform=temu'))).toEqual(['B-1']);
    expect(ids(await deadlines(keys.ops, '&text=1za'))).toEqual(['A-1']);
    const [first] = await deadlines(keys.ops, '&sort=time-left');
    const before = await deadlines(keys.ops, `&dueBefore=${first?.dueAt ?? ''}`);
    expect(before).toEqual([]);
  });

  it('names the value that is wrong', async () => {
    const answer = await api.get<Problem>('/v1/deadlines?limit=201&sort=colour', keys.ops);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/limit', '/sort']);
    expect((await api.get<Problem>('/v1/deadlines?cursor=bm9wZQ', keys.ops)).status).toBe(400);
    const { body } = await api.get<PageOf<DeadlineRow>>('/v1/deadlines?limit=1', keys.ops);
    expect((await api.get(`/v1/deadlines?sort=time-left&cursor=${body.nextCursor ?? ''}`, keys.ops)).status).toBe(400);
  });

  it('answers what its schemas say', async () => {
    const get = async (path: string): Promise<unknown> => (await api.get(path, keys.ops)).body;
    expect(deadlinePage.parse(await get('/v1/deadlines')).rows.length).toBeGreaterThan(0);
    expect(escalationPage.parse(await get('/v1/escalations')).rows.length).toBeGreaterThan(0);
    expect(orderPage.parse(await get('/v1/orders')).rows.length).toBeGreaterThan(0);
    expect(exposureAnswer.parse(await get('/v1/exposure?groupBy=platform')).rows.length).toBeGreaterThan(1);
    expect(rulesAnswer.parse(await get('/v1/rulebooks')).rules.length).toBeGreaterThan(50);
    for (const path of ['/v1/exposure/cliffs', '/v1/feeds', '/v1/rates', '/v1/levied-fines', '/v1/quarantine']) {
      expect([path, (await api.get<{ rows: unknown[] }>(path, keys.ops)).body.rows]).toEqual([path, expect.any(Array)]);
    }
  });
});

describe('one order', () => {
  it('unfolds every deadline in both languages, with its source', async () => {
    const { body } = await api.get<OrderDetail>('/v1/orders/A-1', keys.seller1);
    const detail = orderDetail.parse(body);
    expect(detail.timeline.map(({ type }) => type)).toEqual(['order.placed', 'parcel.labelled']);
    expect(detail.parcels).toMatchObject([{ trackingNumber: '1ZA1', scans: [] }]);
    for (const deadline of detail.deadlines) {
      expect(deadline.explanation.en.length).toBeGreaterThan(2);
      expect(deadline.explanation.zh.join('')).toMatch(/[\u4e00-\u9fff]/);
      expect(deadline.sources.length).toBeGreaterThan(0);
      expect(deadline.fine.currency).toBe('USD');
    }
  });

  it('agrees with the stored deadlines', async () => {
    const stored = await deadlines(keys.ops, '&text=A-1');
    const { body } = await api.get<OrderDetail>('/v1/orders/A-1', keys.ops);
    const open = body.deadlines.filter(({ status }) => status === 'open');
    const short = (ruleId: string, dueAt: string): string => `${ruleId} ${dueAt}`;
    expect(open.map(({ ruleId, dueAt }) => short(ruleId, dueAt)).sort()).toEqual(
      stored.map(({ ruleId, dueAt }) => short(ruleId, dueAt)).sort(),
    );
  });

  it('says what a scan would change, and stores nothing', async () => {
    const count = async (): Promise<unknown> => api.dataSource.query('SELECT count(*)::int AS n FROM evidence');
    const before = await count();
    const scannedAt = new Date(now + HOUR).toISOString();
    const { body } = await api.post<WhatIfAnswer>('/v1/orders/A-1/what-if', keys.reader, { scannedAt });
    expect(body.before.some(({ status }) => status === 'open')).toBe(true);
    expect(body.after.find(({ ruleId }) => ruleId === body.before[0]?.ruleId)?.status).toBe('met');
    expect(await count()).toEqual(before);
  });
});

describe('commands', () => {
  it('acknowledges with a name and a comment, written down', async () => {
    const [row] = await queue(keys.warehouse);
    const ids = [row?.escalationId ?? ''];
    const answer = await api.post('/v1/escalations/acknowledge', keys.warehouse, {
      ids,
      by: 'Ana',
      note: 'on the dock',
    });
    expect(answer.body).toEqual({ changed: 1, unchanged: 0, notFound: 0 });
    const [after] = (await queue(keys.ops)).filter(({ escalationId }) => escalationId === row?.escalationId);
    expect(after).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'Ana (NJ floor)', note: 'on the dock' });
    const audit = await api.dataSource.query(
      'SELECT actor, action, reason, before, after FROM audit ORDER BY audit_id DESC LIMIT 1',
    );
    expect(audit).toMatchObject([
      { actor: 'Ana (NJ floor)', action: 'escalation.acknowledge', reason: 'on the dock', before: { status: 'open' } },
    ]);
  });

  it('lets nobody command what they cannot see, nor a key that only reads', async () => {
    const foreign = (await queue(keys.seller2)).map(({ escalationId }) => escalationId);
    expect(foreign.length).toBeGreaterThan(0);
    const answer = await api.post('/v1/escalations/assign', keys.seller1, { ids: foreign, to: 'me' });
    expect(answer.body).toEqual({ changed: 0, unchanged: 0, notFound: foreign.length });
    expect((await queue(keys.seller2)).every(({ assignedTo }) => assignedTo === null)).toBe(true);
    expect((await api.post('/v1/escalations/assign', keys.reader, { ids: foreign, to: 'me' })).status).toBe(403);
  });

  it('tells what can still be saved from what has passed', async () => {
    const all = await queue(keys.ops);
    const passed = await queue(keys.ops, '&breached=only');
    const saveable = await queue(keys.ops, '&breached=exclude');
    expect(passed.map(({ step }) => step)).toEqual(passed.map(() => 'breach'));
    expect(saveable.map(({ step }) => step)).not.toContain('breach');
    expect(saveable.length).toBeGreaterThan(0);
    expect(passed.length + saveable.length).toBe(all.length);
  });

  it('snoozes into the next two weeks only', async () => {
    const rows = [(await queue(keys.ops))[0]?.escalationId];
    const snooze = (until: number): Promise<{ status: number }> =>
      api.post('/v1/escalations/snooze', keys.ops, { ids: rows, until: new Date(until).toISOString() });
    expect((await snooze(now - HOUR)).status).toBe(400);
    expect((await snooze(now + 15 * 24 * HOUR)).status).toBe(400);
    expect((await snooze(now + 2 * HOUR)).status).toBe(200);
    expect((await queue(keys.ops, '&status=snoozed')).map(({ escalationId }) => escalationId)).toEqual(rows);
  });

  it('waives by operations only, and asks for the order to be judged again', async () => {
    const [deadline] = await deadlines(keys.seller2);
    const request = { orderId: deadline?.orderId, ruleId: deadline?.ruleId, reason: 'flood in the warehouse' };
    expect((await api.post('/v1/deadlines/waive', keys.seller2, request)).status).toBe(403);
    expect((await api.post('/v1/deadlines/waive', keys.other, request)).status).toBe(404);
    expect((await api.post('/v1/deadlines/waive', keys.ops, request)).status).toBe(200);
    const tasks = await api.dataSource.query('SELECT tenant_id, scope FROM recompute_task');
    expect(tasks).toEqual([{ tenant_id: 'acme', scope: { orderId: deadline?.orderId } }]);
    const { body } = await api.get<OrderDetail>(`/v1/orders/${deadline?.orderId ?? ''}`, keys.ops);
    const waived = body.deadlines.find(({ ruleId }) => ruleId === deadline?.ruleId);
    expect(waived).toMatchObject({ status: 'waived', fine: { amountMinor: 0 } });
  });

  it('acknowledges ten thousand rows in one statement', async () => {
    await api.dataSource.query(
      `INSERT INTO escalation (tenant_id, order_id, rule_id, due_at, step, platform, amount_minor, expected_minor, currency, raised_at)
       SELECT 'bulk', 'O-' || n, 'R', now(), 't-4h', 'temu', 500, n, 'USD', now() FROM generate_series(1, 10000) n`,
    );
    const key = await api.key({ tenantId: 'bulk', role: 'ops', name: 'Bulk' });
    const rows = await api.dataSource.query(
      `SELECT escalation_id::text AS id FROM escalation WHERE tenant_id = 'bulk'`,
    );
    const ids = rows.map(({ id }: { id: string }) => id);
    const answer = await api.post('/v1/escalations/acknowledge', key, { ids, note: 'strike at the carrier' });
    expect(answer.body).toEqual({ changed: 10_000, unchanged: 0, notFound: 0 });
    const [audited] = await api.dataSource.query(`SELECT count(*)::int AS n FROM audit WHERE tenant_id = 'bulk'`);
    expect(audited).toEqual({ n: 10_000 });
  });
});

describe('saved money', () => {
  it('counts a fine that was avoided after somebody was warned', async () => {
    await api.happen('late', placed('L-1', now - 40 * HOUR), labelled('L-1', '1ZL1', now - 30 * HOUR));
    const key = await api.key({ tenantId: 'late', role: 'ops', name: 'Late' });
    expect(await api.raiseDue()).toBeGreaterThan(0);
    const before = (await api.get<ExposureAnswer>('/v1/exposure', key)).body.rows[0];
    api.clock.advance(HOUR);
    await api.happen('late', scanned('1ZL1', now + HOUR / 2));
    const after = (await api.get<ExposureAnswer>('/v1/exposure', key)).body.rows[0];
    expect(before?.savedMinor).toBe(0);
    expect(after?.savedMinor).toBeGreaterThan(0);
    expect(after?.projectedMinor).toBeLessThan(before?.projectedMinor ?? 0);
  });
});
