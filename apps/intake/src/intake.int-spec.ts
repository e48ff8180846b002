import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TrustProxy } from '#platform';
import { AppError, systemClock } from '#platform';
import { ApiKeyStore } from '#storage';
import type { ManualClock } from '#testing';
import { eventually, manualClock } from '#testing';
import type { Headers, Log, Reply } from './intake.fixture.js';
import { RunningIntake } from './intake.fixture.js';

const STRUCTURED = ['Content-Type', 'application/cloudevents+json'] as const;
const BATCH = ['Content-Type', 'application/cloudevents-batch+json'] as const;
const JSON_TYPE = ['Content-Type', 'application/json'] as const;
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function cancelled(orderId: string, more: object = {}): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: `${orderId}/cancelled`,
    source: '/shops/1',
    type: 'com.fineline.order.cancelled.v1',
    time: '2026-01-30T20:47:00-08:00',
    data: { orderId, cancelledAt: '2026-01-30T20:47:00-08:00', by: 'buyer' },
    ...more,
  };
}

function scan(trackingNumber: string, id: string): Record<string, unknown> {
  const data = { trackingNumber, stage: 'accepted', strength: 'direct', occurredAt: '2026-01-30T20:47:00Z' };
  return { ...cancelled('x'), id, type: 'com.fineline.parcel.scanned.v1', data };
}

function delivered(trackingNumber: string, id: string): Record<string, unknown> {
  const event = scan(trackingNumber, id);
  return { ...event, data: { ...(event['data'] as object), stage: 'delivered', strength: 'implied' } };
}

function placed(orderId: string, sellerId: string): Record<string, unknown> {
  return {
    type: 'order.placed',
    orderId,
    platform: 'temu',
    market: 'US',
    sellerId,
    currency: 'USD',
    clocks: { placedAt: '2026-01-30T20:47:00Z' },
    lines: [{ lineId: '1', quantity: 1, unitPriceMinor: 1999 }],
  };
}

describe.each<Log>(['kafka', 'postgres'])('intake on the %s log', (kind) => {
  let intake: RunningIntake;
  let auth: readonly [string, string];

  beforeAll(async () => {
    intake = await RunningIntake.start(kind);
    auth = ['Authorization', `Bearer ${await intake.key('ops')}`];
  });
  afterAll(() => intake.close());

  it('loses nothing it acknowledged: every mode, every accepted event is in the log under its key', async () => {
    const { data, ...attributes } = cancelled('order-b');
    const binary: Headers = [
      auth,
      JSON_TYPE,
      ...Object.entries(attributes).map(([name, value]) => [`ce-${name}`, encodeURIComponent(String(value))] as const),
    ];
    const replies = [
      await intake.post('/v1/events', [auth, STRUCTURED, ['traceparent', TRACE]], JSON.stringify(cancelled('order-a'))),
      await intake.post('/v1/events', binary, JSON.stringify(data)),
      await intake.post('/v1/events', [auth, BATCH], JSON.stringify([scan('ABCD-1234', 's1'), cancelled('order-c')])),
      await intake.post('/v1/events', [auth, JSON_TYPE], JSON.stringify(placed('order-d', 's-1'))),
      await intake.post(
        '/v1/events',
        [auth, JSON_TYPE],
        JSON.stringify([placed('order-e', 's-1'), placed('order-e', 's-1')]),
      ),
    ];
    expect(replies.map(({ status, body }) => [status, body])).toEqual([
      [202, { status: 'accepted', id: 'order-a/cancelled', source: '/shops/1' }],
      [202, { status: 'accepted', id: 'order-b/cancelled', source: '/shops/1' }],
      [202, expect.objectContaining({ accepted: 2, refused: 0 })],
      [202, expect.objectContaining({ status: 'accepted', source: '/plain' })],
      [202, expect.objectContaining({ accepted: 2, refused: 0 })],
    ]);
    const stored = await intake.stored(7);
    expect(stored.map(({ topic, key }) => `${topic} ${key}`).sort()).toEqual([
      'fineline.orders.v1 acme/order-a',
      'fineline.orders.v1 acme/order-b',
      'fineline.orders.v1 acme/order-c',
      'fineline.orders.v1 acme/order-d',
      'fineline.orders.v1 acme/order-e',
      'fineline.orders.v1 acme/order-e',
      'fineline.scans.v1 acme/ABCD1234',
    ]);
    const [first] = stored.filter(({ key }) => key === 'acme/order-a');
    expect(first).toMatchObject({
      headers: { 'content-type': 'application/cloudevents+json', traceparent: TRACE },
      event: {
        tenantid: 'acme',
        recordedtime: expect.any(String),
        traceparent: TRACE,
        datacontenttype: 'application/json',
      },
    });
    const twice = stored.filter(({ key }) => key === 'acme/order-e').map(({ event }) => event['id']);
    expect(twice[0]).toBe(twice[1]);
  });

  it('has every event it acknowledged while the log failed now and then, and all of them after repeating', async () => {
    const away = new AppError('log.unavailable', 'away', { retryable: true });
    const orders = Array.from({ length: 40 }, (_, index) => `storm-${index}`);
    const acknowledged: string[] = [];
    const send = async (order: string, index: number): Promise<void> => {
      intake.failure = index % 3 === 0 ? away : undefined;
      const events = [cancelled(order), scan(`STORM${1000 + index}`, order)];
      const { status } = await intake.post('/v1/events', [auth, BATCH], JSON.stringify(events));
      if (status === 202) acknowledged.push(order);
      else expect(status).toBe(503);
    };
    await Promise.all(orders.map(send));
    intake.failure = undefined;
    const missed = orders.filter((order) => !acknowledged.includes(order));
    for (const order of missed) await send(order, 1);
    const stored = await intake.stored(7 + 2 * orders.length);
    for (const order of acknowledged)
      expect(stored.filter(({ key }) => key === `acme/${order}`).length).toBeGreaterThan(0);
    expect(acknowledged).toHaveLength(orders.length);
    expect(missed.length).toBeGreaterThan(0);
  });

  it('answers 503 with Retry-After while the log is away, acknowledges nothing, and takes it afterwards', async () => {
    const send = () =>
      intake.post('/v1/events', [auth, STRUCTURED, ['Idempotency-Key', 'away']], JSON.stringify(cancelled('late')));
    intake.failure = new AppError('log.unavailable', 'broker 10.0.0.7 is gone', { retryable: true });
    const refused = await send();
    intake.failure = undefined;
    expect(refused).toMatchObject({
      status: 503,
      contentType: 'application/problem+json',
      headers: { 'retry-after': '5' },
    });
    expect(JSON.stringify(refused.body)).not.toContain('10.0.0.7');
    expect((await send()).status).toBe(202);
  });
});

describe('intake', () => {
  let intake: RunningIntake;
  let key: string;
  let auth: readonly [string, string];

  beforeAll(async () => {
    intake = await RunningIntake.start('postgres', { keyCacheMs: 0 });
    key = await intake.key('ops');
    auth = ['Authorization', `Bearer ${key}`];
  });
  afterAll(() => intake.close());

  const post = (body: unknown, headers: Headers = [auth, STRUCTURED]) =>
    intake.post('/v1/events', headers, typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));

  describe('batches', () => {
    it('answers each item and keeps what it refused, byte for byte', async () => {
      const bad = cancelled('bad', { time: 'lunchtime' });
      const { status, body } = await post([cancelled('good'), bad, 7], [auth, BATCH]);
      expect(status).toBe(207);
      expect(body).toMatchObject({
        accepted: 1,
        refused: 2,
        results: [
          { status: 202, id: 'good/cancelled', source: '/shops/1' },
          { status: 422, errors: [{ pointer: '/time', detail: expect.stringContaining('RFC 3339') }] },
          { status: 422, errors: [{ pointer: '', detail: 'must be a JSON object' }] },
        ],
      });
      const entry = (await intake.quarantined()).find(({ faults }) => faults[0]?.pointer === '/time');
      expect(entry).toMatchObject({ tenantId: 'acme', channel: 'http', status: 'held' });
      const { headers, raw } = (await intake.quarantineDetail(entry!.quarantineId))!;
      expect(headers).toMatchObject({ sender: expect.stringMatching(/^key:/) });
      expect(JSON.parse(raw!.toString())).toEqual(bad);
    });

    it('is a problem with pointers into the list when nothing of it was taken', async () => {
      const { status, contentType, body } = await post([cancelled('x', { id: 25 })], [auth, BATCH]);
      expect([status, contentType]).toEqual([422, 'application/problem+json']);
      expect(body).toMatchObject({
        type: 'urn:fineline:problem:events-invalid',
        accepted: 0,
        errors: [{ pointer: '/0/id' }],
      });
    });

    it('says where a plain event is wrong in the form it was sent', async () => {
      const { body } = await post({ ...placed('o', 's-1'), lines: [], paidat: 'x' }, [auth, JSON_TYPE]);
      expect(body['errors']).toMatchObject([{ pointer: '/lines', code: 'too-few' }]);
      const nested = await post({ type: 'order.placed', data: { orderId: 'o' } }, [auth, JSON_TYPE]);
      expect(nested.body['errors']).toContainEqual(expect.objectContaining({ pointer: '/data/platform' }));
    });
  });

  const gzipBomb = (): Buffer => gzipSync(Buffer.alloc(64 * 1_048_576));

  it.each<[number, string, () => { headers?: Headers; body: unknown }, number, string | undefined]>([
    [1, 'time in words', () => ({ body: cancelled('a', { time: 'lunchtime' }) }), 422, '/time'],
    [2, 'minute precision', () => ({ body: cancelled('a', { time: '2026-01-30T18:31Z' }) }), 422, '/time'],
    [3, 'an impossible offset', () => ({ body: cancelled('a', { time: '2026-01-30T18:31:00+25:00' }) }), 422, '/time'],
    [3, 'half an offset', () => ({ body: cancelled('a', { time: '2026-01-30T18:31:00+05' }) }), 422, '/time'],
    [4, 'no offset', () => ({ body: cancelled('a', { time: '2026-01-30T18:31:00' }) }), 422, '/time'],
    [5, 'the year 9999', () => ({ body: cancelled('a', { time: '9999-01-30T18:31:00Z' }) }), 422, '/time'],
    [5, 'the epoch', () => ({ body: cancelled('a', { time: '1970-01-01T00:00:00Z' }) }), 422, '/time'],
    [6, 'a leap second', () => ({ body: cancelled('a', { time: '2016-12-31T23:59:60Z' }) }), 422, '/time'],
    [7, '30 February', () => ({ body: cancelled('a', { time: '2026-02-30T00:00:00Z' }) }), 422, '/time'],
    [
      10,
      'a year ahead',
      () => ({ body: cancelled('a', { time: new Date(Date.now() + 366 * 86_400_000).toISOString() }) }),
      422,
      '/time',
    ],
    [
      11,
      'nanoseconds',
      () => ({ body: cancelled('nano', { time: '2026-01-30T18:31:00.123456789Z' }) }),
      202,
      undefined,
    ],
    [12, 'a number as time', () => ({ body: cancelled('a', { time: 1769805060000 }) }), 422, '/time'],
    [13, 'a number as id', () => ({ body: cancelled('a', { id: 25 }) }), 422, '/id'],
    [13, 'an object as id', () => ({ body: cancelled('a', { id: {} }) }), 422, '/id'],
    [13, 'an empty id', () => ({ body: cancelled('a', { id: '' }) }), 422, '/id'],
    [13, '10 kB of id', () => ({ body: cancelled('a', { id: 'x'.repeat(10_240) }) }), 422, '/id'],
    [13, 'NUL in the id', () => ({ body: cancelled('a', { id: 'a\0' }) }), 400, '/id'],
    [13, 'NUL alone', () => ({ body: '\0\0' }), 400, ''],
    [14, 'specversion 0.9', () => ({ body: cancelled('a', { specversion: '0.9' }) }), 422, '/specversion'],
    [15, 'data twice', () => ({ body: cancelled('a', { data_base64: 'e30=' }) }), 422, '/data_base64'],
    [16, 'a capital in an extension', () => ({ body: cancelled('a', { MyExt: 'x' }) }), 422, '/MyExt'],
    [16, 'a dot in an extension', () => ({ body: cancelled('a', { 'my.ext': 'x' }) }), 422, '/my.ext'],
    [
      17,
      'header bytes that are not UTF-8',
      () => ({ headers: binary([['ce-subject', '\u00ff']]), body: {} }),
      400,
      '/subject',
    ],
    [18, 'ce-id twice', () => ({ headers: binary([['ce-id', 'b']]), body: {} }), 400, ''],
    [
      19,
      'UTF-16',
      () => ({ headers: [['Content-Type', 'APPLICATION/CLOUDEVENTS+JSON; charset=utf-16']], body: cancelled('a') }),
      415,
      '',
    ],
    [20, 'binary without data', () => ({ headers: binary([]), body: '' }), 400, '/data'],
    [
      25,
      '__proto__',
      () => ({ body: JSON.stringify(cancelled('a')).replace('"by"', '"__proto__":{"role":"ops"},"by"') }),
      400,
      '/data/__proto__',
    ],
    [
      25,
      'constructor',
      () => ({ body: JSON.stringify(cancelled('a')).replace('"by"', '"constructor":{},"by"') }),
      400,
      '/data/constructor',
    ],
    [26, '10,000 levels', () => ({ body: '['.repeat(10_000) + ']'.repeat(10_000) }), 400, ''],
    [27, '1e400', () => ({ body: JSON.stringify(cancelled('a')).replace('"by"', '"n":1e400,"by"') }), 400, '/data/n'],
    [27, 'NaN', () => ({ body: '{"id":NaN}' }), 400, ''],
    [27, 'minus zero', () => ({ body: '{"n":-0}' }), 400, '/n'],
    [27, '2^53+1', () => ({ body: '{"id":9007199254740993}' }), 400, '/id'],
    [28, 'equal keys', () => ({ body: '{"id":"a","id":"b"}' }), 400, '/id'],
    [29, 'a lone surrogate', () => ({ body: '{"id":"\\ud800"}' }), 400, '/id'],
    [29, 'an emoji, which the reason cuts in two', () => ({ body: '😀' }), 400, ''],
    [29, 'a right-to-left override', () => ({ body: cancelled('a', { id: 'a\u202eb' }) }), 422, '/id'],
    [29, 'a look-alike tenant', () => ({ body: cancelled('a', { tenantid: '\u0430cme' }) }), 422, '/tenantid'],
    [29, 'another tenant', () => ({ body: cancelled('a', { tenantid: 'other' }) }), 422, '/tenantid'],
    [29, 'an NFD id', () => ({ body: cancelled('a', { id: 'Cafe\u0301' }) }), 422, '/id'],
    [30, 'a byte order mark', () => ({ body: `\uFEFF${JSON.stringify(cancelled('a'))}` }), 400, ''],
    [30, 'trailing garbage', () => ({ body: `${JSON.stringify(cancelled('a'))} x` }), 400, ''],
    [
      30,
      'a gzip bomb',
      () => ({ headers: [STRUCTURED, ['Content-Encoding', 'gzip']], body: gzipBomb() }),
      413,
      undefined,
    ],
    [30, 'a zip', () => ({ headers: [['Content-Type', 'application/zip']], body: Buffer.from('PK\x03\x04') }), 415, ''],
  ])('attack %i, %s', async (_number, _name, make, status, pointer) => {
    const before = await intake.quarantined();
    const { headers = [STRUCTURED], body } = make();
    const reply = await post(body, [auth, ...headers]);
    expect(reply.status).toBe(status);
    if (status === 202) return;
    expect(reply.contentType).toBe('application/problem+json');
    if (pointer === undefined) return;
    expect((reply.body['errors'] as { pointer: string }[]).map((error) => error.pointer)).toEqual([pointer]);
    const [newest] = await intake.quarantined();
    expect(newest!.quarantineId).not.toBe(before[0]?.quarantineId);
    expect(newest!.faults.map((fault) => fault.pointer)).toEqual([pointer]);
  });

  it('keeps what has NUL in a name, and its answer for a repetition', async () => {
    const ask = () => post('{"a\\u0000b":1}', [auth, STRUCTURED, ['Idempotency-Key', 'nul']]);
    const replies = [await ask(), await ask()];
    expect(replies.map(({ status }) => status)).toEqual([400, 400]);
    expect((await intake.quarantined())[0]!.faults).toEqual([
      { pointer: '/a\ufffdb', detail: 'contains NUL', code: 'nul' },
    ]);
  });

  it.each([
    [8, 'in the spring gap, is refused by line and column', '2026-03-08 02:30:00', 422],
    [9, 'of the autumn fold, is taken', '2026-11-01 01:30:00', 202],
  ])('attack %i: a local time in a file %s', async (_number, _name, local, status) => {
    const path = `/v1/csv?map=${encodeURIComponent(csvMap())}`;
    const reply = await intake.post(path, [auth, ['Content-Type', 'text/csv']], `No,At\nABCD1234,${local}\n`);
    expect(reply.body['results']).toEqual([expect.objectContaining({ status, line: 2 })]);
    if (status === 202) return;
    const [newest] = await intake.quarantined();
    expect(newest).toMatchObject({
      channel: 'csv',
      faults: [{ pointer: '/data/occurredAt', detail: expect.stringContaining('"At"') }],
    });
  });

  it.each([
    [
      21,
      'the same id with another payload',
      [cancelled('same'), { ...cancelled('same'), data: { ...(cancelled('same')['data'] as object), by: 'seller' } }],
    ],
    [22, 'an acceptance before the label', [scan('EARLY1234', 'early')]],
    [23, 'a delivery without an acceptance', [delivered('DOOR1234', 'door')]],
    [24, 'a scan of an unknown order', [scan('NOBODY1234', 'nobody')]],
  ])(
    'attack %i, %s, goes to the log: state and conflicts are decided where evidence is kept',
    async (_number, _name, events) => {
      expect(await post(events, [auth, BATCH])).toMatchObject({ status: 202, body: { accepted: events.length } });
    },
  );

  describe('keys', () => {
    it.each<[string, () => Headers]>([
      ['no key', () => []],
      ['a truncated key', () => [['Authorization', `Bearer ${key.slice(0, -1)}`]]],
      ['a key in other case', () => [['Authorization', `Bearer ${key.toUpperCase()}`]]],
      ['Basic', () => [['Authorization', 'Basic Zm9vOmJhcg==']]],
      ['a tenant header alone', () => [['X-Tenant-Id', 'acme']]],
    ])('refuses %s with 401 and keeps nothing', async (_name, headers) => {
      const before = (await intake.quarantined()).length;
      expect(await post('{broken', [...headers(), STRUCTURED])).toMatchObject({
        status: 401,
        contentType: 'application/problem+json',
        headers: { 'www-authenticate': 'Bearer' },
        body: { type: 'urn:fineline:problem:unauthenticated' },
      });
      expect(await intake.quarantined()).toHaveLength(before);
    });

    it('refuses expired and revoked keys, and keys that may only read', async () => {
      const expired = await intake.key('ops', { expiresAt: Date.now() - 1 });
      const reader = await intake.key('ops', { scopes: ['read'] });
      const send = (each: string) => post(cancelled('k'), [['Authorization', `Bearer ${each}`], STRUCTURED]);
      expect((await send(expired)).status).toBe(401);
      expect((await send(reader)).status).toBe(403);
      const revoked = await intake.key('ops');
      expect((await send(revoked)).status).toBe(202);
      await intake.dataSource.query('UPDATE api_key SET revoked_at = now() WHERE key_id = $1', [revoked.split('_')[2]]);
      expect((await send(revoked)).status).toBe(401);
    });

    it('lets a seller send only its own orders, and a warehouse only labels and scans of what it ships', async () => {
      await intake.dataSource.query(
        `INSERT INTO shipment (tenant_id, order_id, seller_id, warehouse_id, state)
         VALUES ('acme', 'own', 's-1', 'nj-1', '{}'), ('acme', 'other', 's-2', 'ca-1', '{}')`,
      );
      await intake.dataSource.query(
        `INSERT INTO parcel_link (tenant_id, tracking_number, order_id, uploaded_at)
         VALUES ('acme', 'OWN1234', 'own', now()), ('acme', 'OTHER1234', 'other', now())`,
      );
      const label = (orderId: string) => ({
        type: 'parcel.labelled',
        orderId,
        trackingNumber: 'L123456',
        uploadedAt: '2026-01-30T20:47:00Z',
      });
      const statuses = async (role: 'seller' | 'warehouse', events: object[]) => {
        const own = ['Authorization', `Bearer ${await intake.key(role)}`] as const;
        const { body } = await post(events, [own, JSON_TYPE]);
        return (body['results'] as { status: number }[]).map((result) => result.status);
      };
      const waiver = {
        type: 'metric.reported',
        shopId: 's',
        platform: 'temu',
        market: 'US',
        metric: 'ldr',
        rate: '0.1',
        measuredAt: '2026-01-30T20:47:00Z',
      };
      expect(
        await statuses('seller', [
          placed('new', 's-1'),
          placed('new2', 's-2'),
          cancelled('own'),
          cancelled('other'),
          scan('OTHER1234', 'f1'),
          placed('other', 's-1'),
          waiver,
        ]),
      ).toEqual([202, 403, 202, 403, 403, 403, 403]);
      expect(
        await statuses('warehouse', [
          scan('OWN1234', 'f2'),
          scan('OTHER1234', 'f3'),
          scan('FRESH1234', 'f4'),
          label('own'),
          label('other'),
          cancelled('own'),
          placed('new', 's-1'),
        ]),
      ).toEqual([202, 403, 202, 202, 403, 403, 403]);
      const [newest] = await intake.quarantined();
      expect(newest!.reason).toContain('/type');
    });

    it('lets a seller tell only of charges that are not told of others', async () => {
      await intake.dataSource.query(
        `WITH placed AS (INSERT INTO shipment (tenant_id, order_id, seller_id, state) VALUES ('acme', 'charged', 's-2', '{}'))
         INSERT INTO levied_fine (tenant_id, charge_id, order_id, seller_id, platform, amount_minor, currency, levied_at)
         VALUES ('acme', 'c-own', NULL, 's-1', 'temu', 1, 'USD', now()), ('acme', 'c-other', NULL, 's-2', 'temu', 1, 'USD', now()),
                ('acme', 'c-order', 'charged', NULL, 'temu', 1, 'USD', now())`,
      );
      const fine = (chargeId: string, platform = 'temu') => ({
        ...{ type: 'fine.levied', sellerId: 's-1', platform, chargeId, amountMinor: 1, currency: 'USD' },
        leviedAt: '2026-01-30T20:47:00Z',
      });
      const own = ['Authorization', `Bearer ${await intake.key('seller')}`] as const;
      const { body } = await post(
        [...['c-new', 'c-own', 'c-other', 'c-order'].map((id) => fine(id)), fine('c-other', 'shein')],
        [own, JSON_TYPE],
      );
      expect(body['results']).toMatchObject([
        { status: 202 },
        { status: 202 },
        { status: 403, errors: [{ pointer: '/chargeId' }] },
        { status: 403, errors: [{ pointer: '/chargeId' }] },
        { status: 202 },
      ]);
    });

    describe('and a tracking number', () => {
      beforeAll(() =>
        intake.dataSource.query(
          `WITH placed AS (INSERT INTO shipment (tenant_id, order_id, seller_id, warehouse_id, state)
             VALUES ('acme', 'mine', 's-1', 'nj-1', '{}'), ('acme', 'mine-too', 's-1', 'nj-1', '{}'),
                    ('acme', 'theirs', 's-2', 'ca-1', '{}'), ('acme', 'unplaced', NULL, NULL, '{}')),
           scanned AS (INSERT INTO parcel (tenant_id, tracking_number, state) VALUES ('acme', 'SCANNED1234', '{}'))
           INSERT INTO parcel_link (tenant_id, tracking_number, order_id, uploaded_at)
           VALUES ('acme', 'MINE1234', 'mine', now()), ('acme', 'THEIRS1234', 'theirs', now()),
                  ('acme', 'BOTH1234', 'mine', now()), ('acme', 'BOTH1234', 'theirs', now()),
                  ('acme', 'UNPLACED1234', 'unplaced', now())`,
        ),
      );

      const label = (orderId: string, trackingNumber: string) => ({
        type: 'parcel.labelled',
        ...{ orderId, trackingNumber, uploadedAt: '2026-01-30T20:47:00Z' },
      });
      const relabel = (orderId: string, replaces: string, trackingNumber: string) => ({
        ...label(orderId, trackingNumber),
        ...{ type: 'parcel.relabelled', replaces },
      });
      /** What each event is answered with: the pointer of its fault in the plain form, or 202. */
      const answers = async (role: 'ops' | 'seller' | 'warehouse', events: object[]) => {
        const own = ['Authorization', `Bearer ${await intake.key(role)}`] as const;
        const { body } = await post(events, [own, JSON_TYPE]);
        const results = body['results'] as { status: number; errors?: { pointer: string }[] }[];
        return results.map(({ status, errors }) => (errors ? `${status} ${errors[0]!.pointer}` : status));
      };

      it.each(['seller', 'warehouse'] as const)('lets no %s label with a number that only others own', async (role) => {
        expect(
          await answers(role, [
            label('mine', 'THEIRS1234'),
            label('mine', ' theirs 1234 '),
            label('not-known', 'THEIRS1234'),
            label('theirs', 'MINE1234'),
            relabel('mine', 'MINE1234', 'THEIRS1234'),
            relabel('mine', 'THEIRS1234', 'NEW1234'),
          ]),
        ).toEqual([
          '403 /trackingNumber',
          '403 /trackingNumber',
          '403 /trackingNumber',
          '403 /orderId',
          '403 /trackingNumber',
          '403 /replaces',
        ]);
        expect((await intake.quarantined())[0]).toMatchObject({
          status: 'held',
          faults: [{ pointer: '/data/replaces' }],
        });
      });

      it.each(['seller', 'warehouse'] as const)(
        'lets a %s label with what it owns and what nobody owns',
        async (role) => {
          const events = [
            label('mine', 'MINE1234'),
            label('mine-too', 'MINE1234'),
            label('mine', 'BOTH1234'),
            label('mine', 'SCANNED1234'),
            label('mine', 'UNPLACED1234'),
            label('mine', 'FRESH12345'),
            label('not-known', 'FRESH12346'),
            relabel('mine', 'MINE1234', 'FRESH12347'),
          ];
          expect(await answers(role, events)).toEqual(events.map(() => 202));
        },
      );

      it('looks at every event of a list by itself', async () => {
        const events = [placed('also-new', 's-1'), label('also-new', 'THEIRS1234'), label('also-new', 'FRESH12348')];
        expect(await answers('seller', events)).toEqual([202, '403 /trackingNumber', 202]);
      });

      it('stops no ops key', async () => {
        const events = [label('mine', 'THEIRS1234'), relabel('theirs', 'MINE1234', 'THEIRS1234')];
        expect(await answers('ops', events)).toEqual([202, 202]);
      });
    });
  });

  describe('Idempotency-Key', () => {
    const keyed = (idempotencyKey: string, body: unknown, type = STRUCTURED as readonly [string, string]) =>
      post(body, [auth, type, ['Idempotency-Key', idempotencyKey]]);

    it('does it once and repeats the answer, also a refusal', async () => {
      const before = intake.appends;
      const first = await keyed('"k-1"', cancelled('once'));
      const again = await keyed('k-1', cancelled('once'));
      expect([first.status, again.status, again.headers['idempotent-replayed']]).toEqual([202, 202, 'true']);
      expect(again.body).toEqual(first.body);
      expect(intake.appends).toBe(before + 1);
      const refused = await keyed('k-2', cancelled('x', { id: 1 }));
      const kept = (await intake.quarantined()).length;
      expect((await keyed('k-2', cancelled('x', { id: 1 }))).body).toEqual(refused.body);
      expect(await intake.quarantined()).toHaveLength(kept);
    });

    it('refuses another payload, and a request while the first is being done', async () => {
      await keyed('k-3', cancelled('first'));
      expect(await keyed('k-3', cancelled('second'))).toMatchObject({
        status: 422,
        body: { type: 'urn:fineline:problem:idempotency-mismatch' },
      });
      const both = await Promise.all([keyed('k-4', cancelled('race')), keyed('k-4', cancelled('race'))]);
      const statuses = both.map(({ status, headers }) => (headers['idempotent-replayed'] ? 'replayed' : status)).sort();
      expect([
        [202, 409],
        [202, 'replayed'],
      ]).toContainEqual(statuses);
      expect((await keyed('\u00e9', cancelled('x'))).status).toBe(400);
    });
  });

  describe('carrier webhooks', () => {
    const body = readFileSync('libs/carriers/fixtures/easypost/creates-a-tracker__0.json');
    const sign = (bytes: Buffer, secret: string) =>
      [
        'X-Hmac-Signature',
        `hmac-sha256-hex=${createHmac('sha256', secret.normalize('NFKD')).update(bytes).digest('hex')}`,
      ] as const;

    it('takes signed trackers, each detail one scan with the same id every time', async () => {
      const path = `/v1/carriers/easypost/webhook/${await intake.endpoint('sécret')}`;
      const first = await intake.post(path, [JSON_TYPE, sign(body, 'sécret')], body);
      expect(first).toMatchObject({ status: 202, body: { accepted: 2, refused: 0 } });
      expect((await intake.post(path, [JSON_TYPE, sign(body, 'sécret')], body)).body).toEqual(first.body);
    });

    it('refuses a wrong or missing signature, another endpoint, an unknown carrier', async () => {
      const id = await intake.endpoint('one');
      const other = await intake.endpoint('two');
      const at = async (path: string, headers: Headers) =>
        (await intake.post(path, [JSON_TYPE, ...headers], body)).status;
      expect(await at(`/v1/carriers/easypost/webhook/${id}`, [])).toBe(401);
      expect(await at(`/v1/carriers/easypost/webhook/${id}`, [sign(body, 'invalid_secret')])).toBe(401);
      expect(await at(`/v1/carriers/easypost/webhook/${other}`, [sign(body, 'one')])).toBe(401);
      expect(await at('/v1/carriers/easypost/webhook/nowhere', [sign(body, 'one')])).toBe(404);
      expect(await at(`/v1/carriers/constructor/webhook/${id}`, [sign(body, 'one')])).toBe(404);
    });

    it('quarantines signed content it cannot read and still answers 202, so that the carrier does not send it for days', async () => {
      const path = `/v1/carriers/easypost/webhook/${await intake.endpoint('one')}`;
      for (const bytes of [Buffer.from('{'), Buffer.from('{"object":"Shipment"}')]) {
        expect((await intake.post(path, [JSON_TYPE, sign(bytes, 'one')], bytes)).status).toBe(202);
        const [newest] = await intake.quarantined();
        expect(newest).toMatchObject({ channel: 'easypost', tenantId: 'acme' });
      }
    });
  });

  describe('CSV', () => {
    it('takes rows by mapping, raw or multipart, and names the line of a bad one', async () => {
      const file = 'No,At\nABCD1234,2026-01-30 20:47:00\nx,never\n';
      const raw = await intake.post(
        `/v1/csv?map=${encodeURIComponent(csvMap())}`,
        [auth, ['Content-Type', 'text/csv']],
        file,
      );
      const part = (name: string, text: string, more = '') =>
        `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${text}\r\n`;
      const form = `${part('map', csvMap())}${part('file', file, '; filename="../../etc/scans.csv"')}--b--\r\n`;
      const multipart = await intake.post('/v1/csv', [auth, ['Content-Type', 'multipart/form-data; boundary=b']], form);
      expect(raw.status).toBe(207);
      expect(raw.body['results']).toEqual([
        expect.objectContaining({ status: 202, line: 2 }),
        expect.objectContaining({
          status: 422,
          line: 3,
          errors: expect.arrayContaining([expect.objectContaining({ pointer: '/data/occurredAt' })]),
        }),
      ]);
      expect(multipart.body).toEqual(raw.body);
    });

    it('refuses a mapping it cannot use', async () => {
      const send = (map: string) =>
        intake.post(`/v1/csv?map=${encodeURIComponent(map)}`, [auth, ['Content-Type', 'text/csv']], 'a\n1\n');
      for (const map of ['', '{', 'a: &a [*a]', 'mapping: X']) {
        expect(await send(map)).toMatchObject({ status: 422, body: { type: 'urn:fineline:problem:mapping-invalid' } });
      }
    });
  });

  it('counts by result, is alive and ready, and says nothing about its machinery', async () => {
    const page = await fetch(`http://127.0.0.1:${intake.port}/metrics`);
    const text = await page.text();
    expect(text).toMatch(/fineline_intake_events_total\{result="accepted"\} [1-9]/);
    expect(text).toMatch(/fineline_intake_events_total\{result="refused"\} [1-9]/);
    expect(text).not.toContain('acme');
    expect(page.headers.get('x-powered-by')).toBeNull();
    expect((await fetch(`http://127.0.0.1:${intake.port}/readyz`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${intake.port}/livez`)).status).toBe(200);
  });
});

describe('intake rate', () => {
  it('answers 429 with Retry-After to the tenant that sends too much, and to no other', async () => {
    const settings = { eventsPerSecond: 1, burstEvents: 3 };
    const intake = await RunningIntake.start('postgres', settings, { clock: clockNow() });
    const key = async (tenantId: string) =>
      ['Authorization', `Bearer ${await intake.key('ops', { tenantId })}`] as const;
    const [loud, quiet] = [await key('acme'), await key('quiet')];
    const send = (auth: readonly [string, string]) =>
      intake.post('/v1/events', [auth, BATCH], JSON.stringify([cancelled('a'), cancelled('b')]));
    expect((await send(loud)).status).toBe(202);
    expect(await send(loud)).toMatchObject({
      status: 429,
      contentType: 'application/problem+json',
      headers: { 'retry-after': '1' },
      body: { type: 'urn:fineline:problem:rate-limited', status: 429, title: 'Too Many Requests' },
    });
    expect((await send(quiet)).status).toBe(202);
    await intake.close();
  });

  it('refuses a tenant whose rate is spent without looking at what it sends', async () => {
    const settings = { eventsPerSecond: 1, burstEvents: 1 };
    const intake = await RunningIntake.start('postgres', settings, { clock: clockNow() });
    const auth = ['Authorization', `Bearer ${await intake.key('ops')}`] as const;
    expect((await intake.post('/v1/events', [auth, STRUCTURED], JSON.stringify(cancelled('a')))).status).toBe(202);
    expect((await intake.post('/v1/events', [auth, STRUCTURED], '{broken')).status).toBe(429);
    expect(await intake.quarantined()).toEqual([]);
    await intake.close();
  });
});

describe('intake and strangers', () => {
  const LIMIT = 5;
  let intake: RunningIntake;
  let queries: jest.SpiedFunction<ApiKeyStore['verify']>;
  const wrong = (n: number): string => `fl_test_${String(n).padStart(16, '0')}_${'0'.repeat(64)}`;
  const send = (key?: string, from?: string): Promise<Reply> =>
    intake.post(
      '/v1/events',
      [
        STRUCTURED,
        ...(key ? [['Authorization', `Bearer ${key}`] as const] : []),
        ...(from ? [['X-Forwarded-For', from] as const] : []),
      ],
      JSON.stringify(cancelled('a')),
    );
  const statuses = async (count: number, request: (n: number) => Promise<Reply>): Promise<number[]> => {
    const answers: number[] = [];
    for (let n = 0; n < count; n++) answers.push((await request(n)).status);
    return answers;
  };
  const guessed = [...Array<number>(LIMIT).fill(401), 429];

  const start = async (trustProxy?: TrustProxy): Promise<void> => {
    // The minute ends when a test says so, and no key is forgotten before.
    jest.spyOn(systemClock, 'now').mockReturnValue(Date.now());
    queries = jest.spyOn(ApiKeyStore.prototype, 'verify');
    intake = await RunningIntake.start('postgres', { strangersPerMinute: LIMIT }, { trustProxy });
  };
  afterEach(async () => {
    jest.restoreAllMocks();
    await intake.close();
  });

  it('ends guessing before the record is asked, for a minute, and spares who was known before', async () => {
    await start();
    const [known, newcomer] = [await intake.key('ops'), await intake.key('ops')];
    expect((await send(known)).status).toBe(202);
    queries.mockClear();
    expect(await statuses(LIMIT + 1, (n) => send(wrong(n)))).toEqual(guessed);
    expect(await send(newcomer)).toMatchObject({
      status: 429,
      contentType: 'application/problem+json',
      headers: { 'retry-after': '60' },
      body: { type: 'urn:fineline:problem:too-many-requests' },
    });
    expect(queries).toHaveBeenCalledTimes(LIMIT);
    // What is remembered of it is over: it is asked about again, and is no guess.
    passOn(5_001);
    expect((await send(known)).status).toBe(202);
    const metrics = await (await fetch(`http://127.0.0.1:${intake.port}/metrics`)).text();
    expect(metrics).toContain('fineline_intake_requests_refused_total{reason="address-limited"} 2');
    passOn(60_000);
    expect((await send(newcomer)).status).toBe(202);
  });

  it('takes good keys for no guess, one after the other and all at once', async () => {
    await start();
    for (let n = 0; n <= LIMIT; n++) expect((await send(await intake.key('ops'))).status).toBe(202);
    const key = await intake.key('ops');
    const replies = await Promise.all(Array.from({ length: 5 * LIMIT }, () => send(key)));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]));
  });

  it('refuses who shows nothing, and stops nobody there who has a key', async () => {
    await start();
    expect(await statuses(LIMIT + 1, () => send())).toEqual(guessed);
    expect((await send(await intake.key('ops'))).status).toBe(202);
  });

  it('counts guessed endpoints of carriers, and no call of one that is there', async () => {
    await start();
    const call = (id: string): Promise<Reply> => intake.post(`/v1/carriers/easypost/webhook/${id}`, [JSON_TYPE], '{}');
    const endpoint = await intake.endpoint('secret');
    expect(await statuses(2 * LIMIT, () => call(endpoint))).toEqual(Array(2 * LIMIT).fill(401));
    expect(await statuses(LIMIT + 1, (n) => call(`none-${n}`))).toEqual([...Array(LIMIT).fill(404), 429]);
  });

  it('counts for the address that a trusted proxy names, and takes none from a header otherwise', async () => {
    await start(1);
    expect(await statuses(LIMIT + 1, (n) => send(wrong(n), '192.0.2.1'))).toEqual(guessed);
    expect((await send(wrong(0), '192.0.2.2')).status).toBe(401);
    // Within one network anybody may have any address.
    expect(await statuses(LIMIT + 1, (n) => send(wrong(n), `2001:db8::${n}`))).toEqual(guessed);
    await intake.close();
    await start();
    expect(await statuses(LIMIT + 1, (n) => send(wrong(n), `192.0.2.${n}`))).toEqual(guessed);
  });

  function passOn(ms: number): void {
    jest.spyOn(systemClock, 'now').mockReturnValue(systemClock.now() + ms);
  }
});

describe('intake while much is being sent', () => {
  it('reads no more of a tenant than it has room for, and goes on when that is over', async () => {
    const settings = { bodies: { all: 10_000, ofTenant: 1_000 } };
    const intake = await RunningIntake.start('postgres', settings, { requestTimeoutMs: 600_000 });
    const key = async (tenantId: string) =>
      ['Authorization', `Bearer ${await intake.key('ops', { tenantId })}`] as const;
    const [acme, quiet] = [await key('acme'), await key('quiet')];
    const send = (auth: readonly [string, string], name: string) =>
      intake.post('/v1/events', [auth, STRUCTURED], JSON.stringify(cancelled(name)));
    const begun = Array.from({ length: 3 }, () => intake.begin('/v1/events', [acme, STRUCTURED], 400));
    await eventually(async () => {
      expect(await send(acme, 'a')).toMatchObject({
        status: 429,
        contentType: 'application/problem+json',
        headers: { 'retry-after': '1' },
        body: { type: 'urn:fineline:problem:no-room' },
      });
    });
    expect((await send(quiet, 'b')).status).toBe(202);
    for (const call of begun) call.destroy();
    await eventually(async () => (await send(acme, 'a')).status === 202);
    await intake.close();
  });
});

describe('intake beside a tenant that sends without pause', () => {
  const FLOOD = 200;

  it.each([
    ['takes', 1_000],
    ['refuses', 2],
  ])('answers another before most of the flood it %s', async (_name, burstEvents) => {
    const intake = await RunningIntake.start('postgres', { eventsPerSecond: 1, burstEvents }, { clock: clockNow() });
    intake.isLogInstant = true;
    const key = async (tenantId: string) =>
      ['Authorization', `Bearer ${await intake.key('ops', { tenantId })}`] as const;
    const [loud, quiet] = [await key('acme'), await key('quiet')];
    const answered: string[] = [];
    const send = async (auth: readonly [string, string], name: string) => {
      const { status } = await intake.post('/v1/events', [auth, STRUCTURED], JSON.stringify(cancelled(name)));
      answered.push(`${name} ${status}`);
    };
    const flood = () => Array.from({ length: FLOOD }, (_, index) => send(loud, `loud-${index}`));
    // The first time opens the connections and makes the keys known, so that the second time all of it arrives at once.
    await Promise.all([...flood(), send(quiet, 'quiet')]);
    answered.length = 0;
    await Promise.all([...flood(), send(quiet, 'quiet')]);
    expect(answered).toHaveLength(FLOOD + 1);
    expect(answered).toContain('quiet 202');
    expect(answered.indexOf('quiet 202')).toBeLessThan(FLOOD / 2);
    await intake.close();
  });
});

describe('intake while the log is slow', () => {
  const EVENTS = 30;

  it('holds a bounded part, refuses the rest with 503, says so in readiness, and keeps what it acknowledged', async () => {
    const intake = await RunningIntake.start('postgres', { appendTimeoutMs: 600_000 }, { maxWaitingBytes: 8_000 });
    const auth = ['Authorization', `Bearer ${await intake.key('ops')}`] as const;
    const readyz = async () => (await fetch(`http://127.0.0.1:${intake.port}/readyz`)).status;
    const send = (index: number) =>
      intake.post('/v1/events', [auth, STRUCTURED], JSON.stringify(cancelled(`slow-${index}`)));
    const lock = intake.dataSource.createQueryRunner();
    await lock.startTransaction();
    await lock.query('LOCK TABLE event_log IN EXCLUSIVE MODE');
    const sent = Array.from({ length: EVENTS }, (_, index) => send(index));
    const refused: unknown[] = [];
    for (const each of sent) void each.then((answer) => refused.push(answer));
    // Nothing is taken while the log is locked: what is answered now is refused.
    await eventually(async () => refused.length > EVENTS / 2 && (await readyz()) === 503);
    expect(refused[0]).toMatchObject({
      status: 503,
      contentType: 'application/problem+json',
      headers: { 'retry-after': '5' },
      body: { type: 'urn:fineline:problem:log.busy' },
    });
    await lock.rollbackTransaction();
    await lock.release();
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    const taken = statuses.filter((status) => status === 202).length;
    expect(new Set(statuses)).toEqual(new Set([202, 503]));
    expect(taken).toBeLessThan(EVENTS / 2);
    expect(await intake.stored(taken)).toHaveLength(taken);
    await eventually(async () => (await readyz()) === 200);
    expect((await send(EVENTS)).status).toBe(202);
    const metrics = await (await fetch(`http://127.0.0.1:${intake.port}/metrics`)).text();
    expect(metrics).toContain(`reason="log-unavailable"} ${EVENTS - taken}`);
    await intake.close();
  });
});

/** Stands: no rate fills up again and no key is forgotten however long a test takes. */
function clockNow(): ManualClock {
  return manualClock(new Date().toISOString());
}

function binary(more: Headers): Headers {
  const { data: _data, ...attributes } = cancelled('binary');
  return [
    JSON_TYPE,
    ...Object.entries(attributes).map(([name, value]) => [`ce-${name}`, String(value)] as const),
    ...more,
  ];
}

function csvMap(): string {
  return JSON.stringify({
    mapping: 'scans',
    zone: 'America/New_York',
    dates: 'YYYY-MM-DD HH:mm:ss',
    events: [
      {
        type: 'parcel.scanned',
        data: { trackingNumber: 'No', stage: { value: 'accepted' }, strength: { value: 'direct' }, occurredAt: 'At' },
      },
    ],
  });
}
