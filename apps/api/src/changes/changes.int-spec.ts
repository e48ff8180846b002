import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '#platform';
import { ApiKeyStore, withService } from '#storage';
import { eventually } from '#testing';
import { NOW, RunningApi, labelled, placed } from '../api.fixture.js';
import { SESSION_MS } from '../auth/session-cookie.js';

const now = Date.parse(NOW);
let api: RunningApi;
let ops: string;
let seller: string;

beforeAll(async () => {
  api = await RunningApi.start();
  ops = await api.key({ tenantId: 'acme', role: 'ops', name: 'Ops' });
  seller = await api.key({ tenantId: 'acme', role: 'seller', sellerId: 'seller-2', name: 'Seller two' });
});
afterAll(() => api.close());
afterEach(() => {
  jest.restoreAllMocks();
});

interface StreamEvent {
  readonly id?: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
}

/** A reader of server-sent events; `events` grows as they arrive. */
class Stream {
  readonly events: StreamEvent[] = [];
  ended = false;
  private readonly abort = new AbortController();

  static open(key: string, lastEventId?: string): Promise<{ stream: Stream; status: number }> {
    return Stream.openWith({ Authorization: `Bearer ${key}`, ...(lastEventId && { 'Last-Event-ID': lastEventId }) });
  }

  static async openWith(headers: Record<string, string>): Promise<{ stream: Stream; status: number }> {
    const stream = new Stream();
    const response = await fetch(`${api.url}/v1/changes`, { headers, signal: stream.abort.signal });
    if (response.ok) void stream.read(response).catch(() => undefined);
    return { stream, status: response.status };
  }

  close(): void {
    this.abort.abort();
  }
  changes(): StreamEvent[] {
    return this.events.filter(({ type }) => type === 'change');
  }
  orders(): unknown[] {
    return [...new Set(this.changes().map(({ data }) => data['orderId']))];
  }

  private async read(response: Response): Promise<void> {
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.take(block);
    }
    this.ended = true;
  }
  private take(block: string): void {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    const data = field('data');
    if (data) this.events.push({ id: field('id'), type: field('event') ?? 'message', data: JSON.parse(data) });
  }
}

const happen = (orderId: string, sellerId: string): Promise<void> =>
  api.happen(
    'acme',
    placed(orderId, now - 3_600_000, { sellerId }),
    labelled(orderId, `1Z${orderId.replace('-', '')}`, now),
  );

describe('live changes', () => {
  it('tells each person what they may see, and the time', async () => {
    const { stream: all } = await Stream.open(ops);
    const { stream: own } = await Stream.open(seller);
    await eventually(() =>
      expect([all, own].every(({ events }) => events.some(({ type }) => type === 'clock'))).toBe(true),
    );
    await happen('S-1', 'seller-1');
    await happen('S-2', 'seller-2');
    await eventually(() => expect(all.orders()).toEqual(['S-1', 'S-2']));
    await eventually(() => expect(own.orders()).toEqual(['S-2']));
    expect(all.events[0]).toMatchObject({ type: 'clock', data: { now: new Date(now).toISOString() } });
    all.close();
    own.close();
  });

  it('goes on after the last event id', async () => {
    const { stream: first } = await Stream.open(ops, '0');
    await eventually(() => expect(first.orders()).toContain('S-2'));
    const lastId = first.changes().at(-1)?.id;
    first.close();
    await happen('S-3', 'seller-1');
    const { stream: again } = await Stream.open(ops, lastId);
    await eventually(() => expect(again.orders()).toEqual(['S-3']));
    const ids = again.changes().map(({ id }) => Number(id));
    expect(ids.every((id) => id > Number(lastId))).toBe(true);
    again.close();
  });

  it('tells a change whose transaction committed after a later one', async () => {
    const { stream } = await Stream.open(ops);
    await eventually(() => expect(stream.events.length).toBeGreaterThan(0));
    const insert = `INSERT INTO decision (tenant_id, order_id, kind, body, decided_at) VALUES ('acme', $1, 'test', '{}', now())`;
    const slow = api.dataSource.createQueryRunner();
    await slow.startTransaction();
    await slow.query(insert, ['SLOW']);
    await api.dataSource.query(insert, ['QUICK']);
    await eventually(() => expect(stream.orders()).toContain('QUICK'));
    await slow.commitTransaction();
    await slow.release();
    await eventually(() => expect(stream.orders()).toEqual(['QUICK', 'SLOW']));
    stream.close();
  });

  it('opens no more streams than a tenant may have', async () => {
    const open = await Promise.all([Stream.open(ops), Stream.open(ops), Stream.open(ops)]);
    expect(open.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await Stream.open(ops)).status).toBe(429);
    for (const { stream } of open) stream.close();
    await eventually(async () => {
      const { stream, status } = await Stream.open(ops);
      stream.close();
      expect(status).toBe(200);
    });
  });

  it('tells who was away for long that there was much, without reading all that others did meanwhile', async () => {
    await api.dataSource.query(
      `INSERT INTO decision (tenant_id, order_id, kind, body, decided_at)
       SELECT 'others', 'O-' || n, 'test', '{}', now() FROM generate_series(1, 50001) n`,
    );
    const { stream } = await Stream.open(ops, '0');
    await eventually(() => expect(stream.events.some(({ type }) => type === 'many')).toBe(true));
    const { id } = stream.events.find(({ type }) => type === 'many')!;
    const [{ newest }] = await api.dataSource.query('SELECT max(decision_id)::text AS newest FROM decision');
    expect(id).toBe(newest);
    expect(stream.changes()).toEqual([]);
    await happen('S-4', 'seller-1');
    const [{ decided }] = await api.dataSource.query(
      `SELECT count(*)::int AS decided FROM decision WHERE order_id = 'S-4'`,
    );
    await eventually(() => expect(stream.changes()).toHaveLength(decided));
    expect(stream.orders()).toEqual(['S-4']);
    stream.close();
  });

  it('tells everybody of a tenant that there was much, also whose part came first', async () => {
    const { stream: own } = await Stream.open(seller);
    await happen('S-6', 'seller-2');
    await eventually(() => expect(own.orders()).toEqual(['S-6']));
    const { stream: rival } = await Stream.open(await api.key({ tenantId: 'rival', role: 'ops', name: 'Rival' }));
    const [{ newest }] = await api.dataSource.query(
      `WITH told AS (
         INSERT INTO decision (tenant_id, order_id, kind, body, decided_at, seller_id)
         SELECT 'acme', 'O-' || n, 'test', '{}', now(), CASE WHEN n <= 400 THEN 'seller-2' ELSE 'seller-1' END
         FROM generate_series(1, 900) n ORDER BY n RETURNING decision_id)
       SELECT max(decision_id)::text AS newest FROM told`,
    );
    await eventually(() => expect(own.events).toContainEqual(expect.objectContaining({ type: 'many', id: newest })));
    expect(rival.events.filter(({ type }) => type !== 'clock')).toEqual([]);
    own.close();
    rival.close();
  });
});

describe('the end of a stream', () => {
  it('ends the streams of a key that is revoked, and no other', async () => {
    const key = await api.key({ tenantId: 'acme', role: 'ops', name: 'Leaver' });
    const { stream: left } = await Stream.open(key);
    const { stream: stays } = await Stream.open(ops);
    await eventually(() => expect(left.events.length).toBeGreaterThan(0));
    await withService(api.dataSource, (transaction) =>
      new ApiKeyStore().revoke(transaction, 'acme', key.split('_')[2]!, Date.now()),
    );
    await eventually(() => expect(left.ended).toBe(true));
    await happen('S-5', 'seller-1');
    await eventually(() => expect(stays.orders()).toEqual(['S-5']));
    expect({ ended: stays.ended, told: left.orders() }).toEqual({ ended: false, told: [] });
    stays.close();
  });

  it('ends the streams of a session when it is over', async () => {
    const signIn = await fetch(`${api.url}/v1/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ key: ops }),
    });
    const { stream: session, status } = await Stream.openWith({ Cookie: signIn.headers.get('set-cookie')! });
    const { stream: byKey } = await Stream.open(ops);
    expect(status).toBe(200);
    jest.spyOn(systemClock, 'now').mockReturnValue(Date.now() + SESSION_MS);
    await eventually(() => expect(session.ended).toBe(true));
    expect(byKey.ended).toBe(false);
    byKey.close();
  });
});
