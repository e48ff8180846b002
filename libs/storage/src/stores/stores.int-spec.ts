import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, type TestDatabase } from '#testing';
import { openDataSource } from '../data-source.js';
import type { DataSource } from '../index.js';
import type { Transaction } from '../transaction.js';
import { asPerson, withService } from '../transaction.js';
import { ApiKeyStore } from './api-key-store.js';
import { DecisionStore } from './decision-store.js';
import { IdempotencyStore } from './idempotency-store.js';
import type { OrderKey } from './shipment-store.js';
import { UnjudgedStore } from './unjudged-store.js';
import type { Unread } from './offset-store.js';
import { OffsetStore } from './offset-store.js';
import { QuarantineStore } from './quarantine-store.js';
import { RecipientStore } from './recipient-store.js';
import { RecomputeStore } from './recompute-store.js';
import { TenantStore } from './tenant-store.js';
import { WaiverStore } from './waiver-store.js';

const NOW = Date.parse('2026-03-10T00:00:00Z');

describe('stores', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource(database.url);
    await withService(dataSource, async (transaction) => {
      expect(await new TenantStore().ensure(transaction, { tenantId: 'a', name: 'A', timeZone: 'Asia/Shanghai' })).toBe(
        true,
      );
      expect(await new TenantStore().ensure(transaction, { tenantId: 'a', name: 'B' })).toBe(false);
    });
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('offsets: a claim raises the epoch and keeps the place, only the newest owner moves it', async () => {
    const offsets = new OffsetStore(dataSource);
    const [first] = await offsets.claim('g', 't', new Map([[0, 0n]]));
    expect(first).toEqual({ partition: 0, nextOffset: 0n, epoch: 1n });
    const move = (epoch: bigint, fromOffset: bigint, toOffset: bigint): Promise<boolean> => {
      const place = { topic: 't', partition: 0, epoch, appendedAt: NOW };
      return withService(dataSource, (transaction) =>
        offsets.advance(transaction, 'g', [{ ...place, fromOffset, toOffset, highWatermark: 100n }]),
      );
    };
    expect(await move(1n, 0n, 10n)).toBe(true);
    const ends = new Map([0, 1].map((partition) => [partition, 10n]));
    expect(await offsets.claim('g', 't', ends)).toEqual([
      { partition: 0, nextOffset: 10n, epoch: 2n },
      { partition: 1, nextOffset: 0n, epoch: 1n },
    ]);
    expect([await move(1n, 10n, 20n), await move(2n, 0n, 20n), await move(2n, 10n, 20n)]).toEqual([false, false, true]);
  });

  it('offsets: the backlog of a group is what its commits and claims left; who claimed has not started until its first commit', async () => {
    const offsets = new OffsetStore(dataSource);
    expect(await offsets.backlog('behind')).toBeUndefined();
    const isStarting = async (): Promise<boolean> => (await offsets.backlog('behind'))!.isStarting;
    await offsets.claim('behind', 't', new Map([0, 1, 2].map((partition) => [partition, partition === 2 ? 0n : 7n])));
    expect(await offsets.backlog('behind')).toMatchObject({ records: 14, isStarting: true });
    const place = { topic: 't', epoch: 1n, fromOffset: 0n, toOffset: 10n, appendedAt: NOW };
    await withService(dataSource, async (transaction) => {
      const moves = [
        { ...place, partition: 0, highWatermark: 10_010n },
        { ...place, partition: 1, highWatermark: 15n },
      ];
      expect(await offsets.advance(transaction, 'behind', moves)).toBe(true);
    });
    const backlog = await offsets.backlog('behind');
    expect(backlog).toMatchObject({ records: 10_005, isStarting: false });
    expect(backlog!.movedMsAgo).toBeLessThan(60_000);
    await offsets.claim('behind', 't', new Map([[0, 10n]]));
    expect(await offsets.backlog('behind')).toMatchObject({ records: 5, isStarting: false });
    await offsets.claim('behind', 't', new Map([[0, 12n]]));
    expect(await offsets.backlog('behind')).toMatchObject({ records: 7, isStarting: true });
    await dataSource.query(
      `UPDATE log_offset SET updated_at = now() - interval '31 s' WHERE consumer_group = 'behind'`,
    );
    expect(await isStarting()).toBe(false);
  });

  it('offsets: the log has been read until where its slowest partition stands, while one is behind and moves', async () => {
    const offsets = new OffsetStore(dataSource);
    const unread = (): Promise<Unread> =>
      withService(dataSource, (transaction) => offsets.unread(transaction, 'reads'));
    const none = { records: 0, isJudging: false, readUntil: undefined };
    expect(await unread()).toEqual(none);
    await offsets.claim('reads', 't', new Map([0, 1].map((partition) => [partition, 0n])));
    expect(await unread()).toEqual(none);
    await offsets.claim('reads', 't', new Map([[2, 10n]]));
    expect(await unread()).toEqual({ ...none, records: Infinity });
    const commit = (partition: number, from: bigint, left: bigint, appendedAt: number): Promise<boolean> => {
      const move = { topic: 't', partition, epoch: 1n, fromOffset: from, toOffset: from + 10n, appendedAt };
      return withService(dataSource, (tx) =>
        offsets.advance(tx, 'reads', [{ ...move, highWatermark: from + 10n + left }]),
      );
    };
    await commit(0, 0n, 5n, NOW - 5_000);
    await commit(1, 0n, 7n, NOW - 90_000);
    expect(await unread()).toEqual({ records: Infinity, isJudging: false, readUntil: NOW - 90_000 });
    await commit(2, 0n, 0n, NOW - 900_000);
    expect(await unread()).toEqual({ records: 12, isJudging: false, readUntil: NOW - 90_000 });
    await commit(1, 10n, 0n, NOW - 80_000);
    expect(await unread()).toEqual({ records: 5, isJudging: false, readUntil: NOW - 5_000 });
    await offsets.claim('reads', 't', new Map([[2, 10n]]));
    expect(await unread()).toEqual({ records: 5, isJudging: false, readUntil: NOW - 5_000 });
    await offsets.claim('reads', 't', new Map([[2, 11n]]));
    expect(await unread()).toMatchObject({ records: Infinity });
    await dataSource.query(`UPDATE log_offset SET updated_at = now() - interval '31 s' WHERE consumer_group = 'reads'`);
    expect(await unread()).toEqual(none);
  });

  it('unjudged orders: shares have every order once, with all its marks; many are told; what is set aside is not counted', async () => {
    const store = new UnjudgedStore();
    const offsets = new OffsetStore(dataSource);
    const inTransaction = <Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> =>
      withService(dataSource, work);
    const isJudging = async (): Promise<boolean> =>
      (await inTransaction((transaction) => offsets.unread(transaction, 'marks'))).isJudging;
    const orders = Array.from({ length: 1_250 }, (_, n) => ({ tenantId: `t${n % 3}`, orderId: `o${n}` }));
    await inTransaction((transaction) => store.mark(transaction, orders));
    await inTransaction((transaction) => store.mark(transaction, orders.slice(1)));
    expect(await isJudging()).toBe(false);
    await inTransaction((transaction) => store.mark(transaction, orders.slice(0, 1)));
    expect(await isJudging()).toBe(true);
    await inTransaction((transaction) => store.setAside(transaction, orders.slice(0, 50), 60_000));
    const count = (ageMs: number): Promise<unknown> => inTransaction((transaction) => store.count(transaction, ageMs));
    expect([await count(0), await count(60_000)]).toEqual([
      { marks: 2_400, ripe: 2_400 },
      { marks: 2_400, ripe: 0 },
    ]);
    const part = { ageMs: 0, shares: 3, limit: 5_000 };
    const claimed = await Promise.all(
      [0, 1, 2].map((share) => inTransaction((transaction) => store.claim(transaction, { ...part, share }))),
    );
    for (const share of claimed) expect(share.length).toBeGreaterThan(300);
    const keyOf = ({ tenantId, orderId }: OrderKey): string => `${tenantId} ${orderId}`;
    expect(claimed.flat().map(keyOf).sort()).toEqual(orders.slice(50).map(keyOf).sort());
    expect(await count(0)).toEqual({ marks: 0, ripe: 0 });
  });

  it('api keys: verified by hash, refused when wrong, expired or revoked; the secret is nowhere', async () => {
    const keys = new ApiKeyStore();
    const key = { tenantId: 'a', name: 'WMS', role: 'seller', sellerId: 's1', expiresAt: NOW + 1000 } as const;
    const presented = await withService(dataSource, (transaction) => keys.create(transaction, key, 'test'));
    expect(presented).toMatch(/^fl_test_[0-9a-f]{16}_[0-9a-f]{64}$/);
    const verify = (text: string, now = NOW): Promise<unknown> =>
      withService(dataSource, (transaction) => keys.verify(transaction, text, now));
    const keyId = presented.split('_')[2]!;
    expect(await verify(presented)).toEqual({
      ok: true,
      keyId,
      identity: { tenantId: 'a', role: 'seller', sellerId: 's1', name: 'WMS' },
      scopes: ['read', 'write'],
    });
    const wrong = presented.slice(0, -1) + (presented.endsWith('0') ? '1' : '0');
    expect(await verify(wrong)).toEqual({ ok: false, reason: 'unknown' });
    expect(await verify(presented.replace(keyId, '0'.repeat(16)))).toEqual({ ok: false, reason: 'unknown' });
    expect(await verify('Bearer nonsense')).toEqual({ ok: false, reason: 'malformed' });
    expect(await verify(presented, NOW + 1000)).toEqual({ ok: false, reason: 'expired' });
    const listed = await withService(dataSource, (transaction) => keys.list(transaction, 'a'));
    expect(JSON.stringify(listed)).not.toMatch(/secret/i);
    await withService(dataSource, (transaction) => keys.revoke(transaction, 'a', keyId, NOW));
    expect(await verify(presented)).toEqual({ ok: false, reason: 'revoked' });
  });

  it('idempotency: one request does the work, repetitions get its answer, another payload is refused', async () => {
    const store = new IdempotencyStore();
    const begin = (payload: string): Promise<unknown> =>
      withService(dataSource, (transaction) => store.begin(transaction, 'a', 'k', Buffer.from(payload)));
    const both = await Promise.all([begin('x'), begin('x')]);
    expect(both).toEqual(expect.arrayContaining([{ kind: 'new' }, { kind: 'in-progress' }]));
    expect(await begin('y')).toEqual({ kind: 'other-payload' });
    const answer = { status: 422, response: { refused: 3, detail: 'holds \0' } };
    await withService(dataSource, (transaction) => store.finish(transaction, 'a', 'k', answer));
    expect(await begin('x')).toEqual({
      kind: 'done',
      status: 422,
      response: { refused: 3, detail: 'holds \ufffd' },
    });
  });

  it('quarantine: a record once, settled once, seen by its own tenant', async () => {
    const store = new QuarantineStore();
    const row = {
      tenantId: 'a',
      channel: 'log',
      reason: 'no',
      faults: [],
      raw: Buffer.from([0, 255]),
      topic: 't',
      partition: 0,
    };
    const add = (offset: bigint): Promise<number> =>
      withService(dataSource, (transaction) => store.add(transaction, [{ ...row, offset }]));
    expect([await add(5n), await add(5n), await add(6n)]).toEqual([1, 0, 1]);
    const ops = { tenantId: 'a', role: 'ops', name: 'Ops' } as const;
    await asPerson(dataSource, ops, async (transaction) => {
      const [newest] = await store.list(transaction, { limit: 10, status: 'held' });
      expect(newest).toMatchObject({ offset: '6', status: 'held' });
      expect((await store.get(transaction, newest!.quarantineId))!.raw).toEqual(Buffer.from([0, 255]));
      expect(await store.dismiss(transaction, newest!.quarantineId, 'Ops', NOW)).toBe(true);
      expect(await store.markReplayed(transaction, newest!.quarantineId, 'Ops', NOW)).toBe(false);
    });
    const other = await asPerson(dataSource, { ...ops, tenantId: 'b' }, (tx) => store.list(tx, { limit: 10 }));
    expect(other).toEqual([]);
  });

  it('quarantine: whatever characters came, it is kept; a header with NUL is left out rather than altered', async () => {
    const store = new QuarantineStore();
    const [nul, half] = ['a\0b', 'a\ud83d'];
    const row = {
      tenantId: nul,
      channel: 'log',
      reason: `${nul} ${half}`,
      faults: [{ pointer: `/${nul}`, detail: half }],
      raw: Buffer.from(nul),
      headers: { ce_id: nul, [nul]: 'x', 'content-type': half },
      topic: 'a',
      partition: 0,
      offset: 1n,
    };
    expect(await withService(dataSource, (transaction) => store.add(transaction, [row]))).toBe(1);
    expect(
      await dataSource.query(`SELECT tenant_id, reason, faults, raw, headers FROM quarantine WHERE topic = 'a'`),
    ).toEqual([
      {
        tenant_id: 'a\ufffdb',
        reason: 'a\ufffdb a\ufffd',
        faults: [{ pointer: '/a\ufffdb', detail: 'a\ufffd' }],
        raw: Buffer.from(nul),
        headers: { 'content-type': 'a\ufffd' },
      },
    ]);
  });

  it('decisions: one publisher at a time, oldest first, none twice', async () => {
    const store = new DecisionStore();
    const decisions = Array.from({ length: 3 }, (_, n) => ({ tenantId: 'a', kind: 'k', body: { n }, decidedAt: NOW }));
    const add = (rows: typeof decisions): Promise<void> =>
      withService(dataSource, (transaction) => store.add(transaction, rows));
    await add(decisions.slice(0, 2));
    await add(decisions.slice(2));
    const publish = (most: number, during = async () => {}): Promise<string[]> =>
      withService(dataSource, async (publisher) => {
        const announced = await store.claimAnnouncements(publisher, most);
        await during();
        const ids = announced.flatMap(({ decisionIds }) => decisionIds);
        const published = await store.load(publisher, ids);
        await store.removeAnnouncements(
          publisher,
          announced.map(({ announcementId }) => announcementId),
        );
        return published.map(({ body }) => body);
      });
    const second = async (): Promise<void> => expect(await publish(9)).toEqual([]);
    expect(await publish(1, second)).toEqual(['{"n":0}', '{"n":1}']);
    expect(await publish(9)).toEqual(['{"n":2}']);
    expect(await publish(9)).toEqual([]);
  });

  it('waivers: the later announcement holds, whichever came first', async () => {
    const store = new WaiverStore();
    const waiver = {
      waiverId: 'w',
      ruleIds: ['R'],
      from: NOW,
      until: NOW + 1,
      effect: { kind: 'waive' },
      reason: 'snow',
    } as const;
    const save = (announcedAt: number, changes: object): Promise<unknown> =>
      withService(dataSource, (tx) =>
        store.save(tx, [{ tenantId: 'a', waiver: { ...waiver, ...changes }, announcedAt }]),
      );
    expect(await save(NOW + 5, { reason: 'later' })).toMatchObject([{ tenantId: 'a', replaced: false }]);
    expect(await save(NOW, {})).toEqual([]);
    const inForce = (): Promise<unknown> =>
      withService(dataSource, async (tx) => (await store.inForce(tx, ['a'])).get('a'));
    expect(await inForce()).toMatchObject([{ reason: 'later' }]);
    expect(await save(NOW + 9, { revoked: true })).toMatchObject([{ replaced: true }]);
    expect(await inForce()).toBeUndefined();
  });

  it('recipients: created with defaults, listed without secrets, disabled once', async () => {
    const store = new RecipientStore();
    const recipient = {
      tenantId: 'a',
      name: 'Hook',
      channel: 'webhook',
      address: 'https://example.com',
      secret: 'whsec_x',
    } as const;
    await withService(dataSource, async (transaction) => {
      const id = await store.create(transaction, recipient);
      expect(await store.list(transaction, 'a')).toMatchObject([
        { recipientId: id, language: 'en', minimumMinor: '0' },
      ]);
      expect(JSON.stringify(await store.list(transaction, 'a'))).not.toContain('whsec_');
      expect((await store.findWithSecret(transaction, id))!.secret).toBe('whsec_x');
      expect(await store.disable(transaction, { tenantId: 'a', recipientId: id }, '410 Gone', NOW)).toBe(true);
      expect(await store.disable(transaction, { tenantId: 'a', recipientId: id }, '410 Gone', NOW)).toBe(false);
    });
  });

  it('recompute: a task waits until every transaction that may not have seen its cause has ended', async () => {
    const store = new RecomputeStore();
    const older = dataSource.createQueryRunner();
    await older.startTransaction();
    await older.query('SELECT pg_current_xact_id()');
    await withService(dataSource, (tx) => store.request(tx, { tenantId: 'a', cause: 'waiver w', scope: {} }));
    await withService(dataSource, (tx) => store.setBarriers(tx));
    expect(await withService(dataSource, (tx) => store.claim(tx, []))).toBeUndefined();
    await older.commitTransaction();
    await older.release();
    // Transactions of other tests on the same server count too.
    await eventually(async () =>
      expect(await withService(dataSource, (tx) => store.claim(tx, []))).toMatchObject({ cause: 'waiver w' }),
    );
  });
});
