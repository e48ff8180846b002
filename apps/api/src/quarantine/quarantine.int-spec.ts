import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { QuarantineRow } from '#contracts';
import { TOPICS, cloudEventType } from '#contracts';
import { QuarantineStore, withService } from '#storage';
import { NOW, RunningApi, placed } from '../api.fixture.js';

let api: RunningApi;
let ops: string;

beforeAll(async () => {
  api = await RunningApi.start();
  ops = await api.key({ tenantId: 'acme', role: 'ops', name: 'Ops' });
  const [, parsed] = placed('Q-1', Date.parse(NOW));
  const data = { ...parsed, clocks: { placedAt: NOW } };
  const good = {
    specversion: '1.0',
    id: 'q-1',
    source: '/shop',
    type: cloudEventType('order.placed'),
    time: NOW,
    data,
  };
  await hold(good, '/type', 'unknown event type');
  await hold({ ...good, data: { ...data, currency: 'usd' } }, '/data/currency', 'must be an ISO 4217 code');
  await hold(good, '/id', 'sent before with other contents');
});
afterAll(() => api.close());

function hold(event: object, pointer: string, detail: string): Promise<number> {
  const raw = Buffer.from(JSON.stringify(event));
  const row = { tenantId: 'acme', channel: 'log', reason: 'invalid-event', faults: [{ pointer, detail }], raw };
  return withService(api.dataSource, (transaction) => new QuarantineStore().add(transaction, [row]));
}

const list = async (query = ''): Promise<QuarantineRow[]> =>
  (await api.get<{ rows: QuarantineRow[] }>(`/v1/quarantine${query}`, ops)).body.rows;
const idOf = async (pointer: string): Promise<string> => {
  const row = (await list()).find(({ faults }) => faults[0]?.pointer === pointer);
  if (!row) throw new Error(`nothing held with a fault at ${pointer}`);
  return row.quarantineId;
};
const appended = (): Promise<{ n: number }[]> =>
  api.dataSource.query('SELECT count(*)::int AS n FROM event_log WHERE topic = $1', [TOPICS.orders]);

describe('quarantine', () => {
  it('is for operations of the tenant only', async () => {
    const seller = await api.key({ tenantId: 'acme', role: 'seller', sellerId: 's', name: 'S' });
    const other = await api.key({ tenantId: 'rival', role: 'ops', name: 'R' });
    expect((await api.get('/v1/quarantine', seller)).status).toBe(403);
    expect((await api.get<{ rows: unknown[] }>('/v1/quarantine', other)).body.rows).toEqual([]);
    expect((await api.get(`/v1/quarantine/${await idOf('/id')}`, other)).status).toBe(404);
    expect((await api.get('/v1/quarantine/count', ops)).body).toEqual({ held: 3 });
  });

  it('shows what came', async () => {
    const { body } = await api.get<{ rawText: string }>(`/v1/quarantine/${await idOf('/type')}`, ops);
    expect(JSON.parse(body.rawText)).toMatchObject({ id: 'q-1' });
  });

  it('sends an entry that is good now down the pipeline, once', async () => {
    const id = await idOf('/type');
    const before = await appended();
    const replay = (): Promise<{ status: number; body: unknown }> =>
      api.post(`/v1/quarantine/${id}/replay`, ops, { reason: 'the type is known since today' });
    expect((await replay()).body).toEqual({ quarantineId: id, status: 'replayed' });
    expect((await appended())[0]?.n).toBe((before[0]?.n ?? 0) + 1);
    expect((await replay()).status).toBe(409);
    const audit = await api.dataSource.query(`SELECT action, reason FROM audit WHERE subject = $1`, [
      `quarantine/${id}`,
    ]);
    expect(audit).toEqual([{ action: 'quarantine.replayed', reason: 'the type is known since today' }]);
  });

  it('keeps an entry that is still not valid, and says what is wrong', async () => {
    const id = await idOf('/data/currency');
    const answer = await api.post<{ errors: { pointer: string }[] }>(`/v1/quarantine/${id}/replay`, ops, {
      reason: 'try',
    });
    expect([answer.status, answer.body.errors.map(({ pointer }) => pointer)]).toEqual([422, ['/data/currency']]);
    expect(await idOf('/data/currency')).toBe(id);
  });

  it('puts an entry aside with a reason', async () => {
    const id = await idOf('/id');
    expect((await api.post(`/v1/quarantine/${id}/dismiss`, ops, {})).status).toBe(400);
    expect((await api.post(`/v1/quarantine/${id}/dismiss`, ops, { reason: 'a test', by: 'Ana' })).status).toBe(200);
    expect(await list('?status=dismissed')).toMatchObject([{ quarantineId: id, settledBy: 'Ana (Ops)' }]);
  });
});
