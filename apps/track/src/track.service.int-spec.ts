import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TOPICS } from '#contracts';
import type { LogBatch, LogRecord } from '#log';
import { MAX_AHEAD_BY_DEFAULT, Metrics } from '#platform';
import type { DataSource, Transaction } from '#storage';
import { OffsetStore, openDataSource } from '#storage';
import { createTestDatabase, type TestDatabase } from '#testing';
import type { BatchOutcome, TrackedEvent } from '#tracking';
import { TrackingService } from '#tracking';
import { NOW, acceptance, logger, order, rulebooks } from './fixture.js';
import { TrackMetrics } from './track.metrics.js';
import { TRANSACTIONS_BY_DEFAULT } from './track.module.js';
import { TrackService } from './track.service.js';

const GROUP = 'fineline-track';

const NO_RELAY = { publishSoon: () => undefined };
const ONE = { ...TRANSACTIONS_BY_DEFAULT, atOnce: 1 };

/** Fails for certain orders as a bug would. */
class FragileTracking extends TrackingService {
  override applyBatch(transaction: Transaction, events: readonly TrackedEvent[], now: number): Promise<BatchOutcome> {
    const isBad = events.some(({ event }) => 'orderId' in event.data && event.data.orderId?.startsWith('bad'));
    if (isBad) throw new RangeError('no such day');
    return super.applyBatch(transaction, events, now);
  }
}

describe('TrackService', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let offsets: OffsetStore;
  const holder = rulebooks();

  const serviceOn = (tracking: TrackingService): TrackService =>
    new TrackService(
      dataSource,
      offsets,
      tracking,
      new TrackMetrics(new Metrics()),
      { now: () => NOW },
      logger,
      NO_RELAY,
      ONE,
      MAX_AHEAD_BY_DEFAULT,
    );
  /** Of partitions in which nothing is left. */
  const endsOf = (...partitions: number[]) => new Map(partitions.map((partition) => [partition, 0n]));
  const claim = async (): Promise<bigint> => (await offsets.claim(GROUP, TOPICS.orders, endsOf(0)))[0]!.epoch;
  const batch = (epoch: bigint, firstOffset: bigint, ...records: LogRecord[]): LogBatch => ({
    topic: TOPICS.orders,
    partition: 0,
    epoch,
    firstOffset,
    lastOffset: firstOffset + BigInt(records.length) - 1n,
    highWatermark: 100n,
    records: records.map((record, index) => ({
      ...record,
      offset: firstOffset + BigInt(index),
      timestampMs: NOW,
      rawKey: Buffer.from(record.key),
      rawHeaders: Object.entries(record.headers).map(([name, value]) => [name, Buffer.from(value)] as const),
    })),
  });
  const orders = async (): Promise<string[]> => {
    const rows = await dataSource.query<{ order_id: string }[]>('SELECT order_id FROM shipment ORDER BY order_id');
    return rows.map(({ order_id }) => order_id);
  };
  const nextOffset = async (): Promise<string> => {
    const [row] = await dataSource.query<{ next_offset: string }[]>('SELECT next_offset FROM log_offset');
    return row!.next_offset;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource(database.url);
    offsets = new OffsetStore(dataSource);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });
  beforeEach(() =>
    dataSource.query(
      'TRUNCATE evidence, evidence_key, shipment, parcel, deadline, decision, quarantine, log_offset, unjudged_order',
    ),
  );

  it('refuses a batch it has applied: the offset has moved on', async () => {
    const service = serviceOn(new TrackingService(holder));
    const read = batch(await claim(), 0n, order('o1').record);
    await service.track(read);
    await expect(service.track(read)).rejects.toMatchObject({ name: 'StaleOwnerError', retryable: false });
    expect(await nextOffset()).toBe('1');
  });

  it('lets no zombie commit: an owner that lost its partition changes nothing', async () => {
    const zombie = serviceOn(new TrackingService(holder));
    const lost = await claim();
    const owned = await claim();
    await expect(zombie.track(batch(lost, 0n, order('o1').record))).rejects.toMatchObject({ name: 'StaleOwnerError' });
    expect([await orders(), await nextOffset()]).toEqual([[], '0']);
    await serviceOn(new TrackingService(holder)).track(batch(owned, 0n, order('o1').record));
    expect(await orders()).toEqual(['o1']);
  });

  it('judges nothing while a partition that was just claimed may hold the proof', async () => {
    const [claimed] = await offsets.claim(GROUP, TOPICS.orders, endsOf(0));
    await offsets.claim(GROUP, TOPICS.scans, new Map([[0, 1n]]));
    const service = serviceOn(new TrackingService(holder));
    const readToItsEnd = (firstOffset: bigint, id: string): LogBatch => ({
      ...batch(claimed!.epoch, firstOffset, order(id).record),
      highWatermark: firstOffset + 1n,
    });
    const told = () => dataSource.query('SELECT order_id FROM decision');
    await service.track(readToItsEnd(0n, 'o1'));
    expect([await told(), await dataSource.query('SELECT order_id FROM unjudged_order')]).toEqual([
      [],
      [{ order_id: 'o1' }],
    ]);
    await offsets.claim(GROUP, TOPICS.scans, endsOf(0));
    await service.track(readToItsEnd(1n, 'o2'));
    expect(await told()).toEqual([{ order_id: 'o2' }]);
  });

  it('applies what waits of several partitions in one transaction', async () => {
    const claims = await offsets.claim(GROUP, TOPICS.orders, endsOf(0, 1));
    const read = claims.map(({ partition, epoch }) => ({
      ...batch(epoch, 0n, order(`o${partition}`).record),
      partition,
    }));
    const service = serviceOn(new TrackingService(holder));
    await Promise.all(read.map((each) => service.track(each)));
    expect(await orders()).toEqual(['o0', 'o1']);
    expect(await dataSource.query('SELECT count(DISTINCT xmin::text)::int AS transactions FROM shipment')).toEqual([
      { transactions: 1 },
    ]);
  });

  it('lets a partition that has another owner fail alone, and the others it waited with go on', async () => {
    const lost = await claim();
    const claims = await offsets.claim(GROUP, TOPICS.orders, endsOf(0, 1));
    const good = { ...batch(claims[1]!.epoch, 0n, order('o1').record), partition: 1 };
    const service = serviceOn(new TrackingService(holder));
    const results = await Promise.allSettled([service.track(batch(lost, 0n, order('o0').record)), service.track(good)]);
    expect(results).toMatchObject([
      { status: 'rejected', reason: { name: 'StaleOwnerError' } },
      { status: 'fulfilled' },
    ]);
    expect(await orders()).toEqual(['o1']);
  });

  it('judges at the instant the log has been read to while there is more of it, else at the present', async () => {
    const service = serviceOn(new TrackingService(holder));
    const epoch = await claim();
    const readAt = (read: LogBatch, appendedAt: string, highWatermark: bigint): LogBatch => {
      const records = read.records.map((record) => ({ ...record, timestampMs: Date.parse(appendedAt) }));
      return { ...read, records, highWatermark };
    };
    const status = (): Promise<unknown[]> =>
      dataSource.query('SELECT order_id, status FROM deadline ORDER BY order_id');
    await service.track(readAt(batch(epoch, 0n, order('o1').record), '2026-03-02T15:00:01Z', 2n));
    expect(await status()).toEqual([{ order_id: 'o1', status: 'open' }]);
    await service.track(readAt(batch(epoch, 1n, order('o2').record), '2026-03-02T15:00:02Z', 2n));
    expect(await status()).toEqual([
      { order_id: 'o1', status: 'open' },
      { order_id: 'o2', status: 'missed' },
    ]);
  });

  it('only reads while it is far behind, and judges what it touches once it no longer is', async () => {
    const service = serviceOn(new TrackingService(holder));
    const epoch = await claim();
    const judged = (): Promise<unknown[]> => dataSource.query('SELECT DISTINCT order_id FROM deadline ORDER BY 1');
    const marked = (): Promise<unknown[]> => dataSource.query('SELECT order_id FROM unjudged_order ORDER BY 1');
    await service.track({ ...batch(epoch, 0n, order('o1').record, order('o2').record), highWatermark: 10_002n });
    expect([await orders(), await judged()]).toEqual([['o1', 'o2'], []]);
    expect(await marked()).toEqual([{ order_id: 'o1' }, { order_id: 'o2' }]);
    await service.track({ ...batch(epoch, 2n, order('o3').record), highWatermark: 10_002n });
    expect(await judged()).toEqual([{ order_id: 'o3' }]);
    expect(await marked()).toHaveLength(2);
  });

  it('parks a record it fails on alone, applies its neighbours, and stands at the end of the batch', async () => {
    const service = serviceOn(new FragileTracking(holder));
    const records = ['o1', 'o2', 'bad1', 'o3', 'o4', 'bad2', 'o5'].map((id) => order(id).record);
    await service.track(batch(await claim(), 0n, ...records));
    expect(await orders()).toEqual(['o1', 'o2', 'o3', 'o4', 'o5']);
    expect(await nextOffset()).toBe('7');
    expect(await dataSource.query('SELECT "offset", reason FROM quarantine ORDER BY "offset"')).toEqual([
      { offset: '2', reason: 'could not be applied: no such day' },
      { offset: '5', reason: 'could not be applied: no such day' },
    ]);
  });

  it('puts aside what has yet to happen, as intake does; what intake let in is believed though our clock is behind', async () => {
    const service = serviceOn(new TrackingService(holder));
    const at = (ms: number): string => new Date(NOW + ms).toISOString();
    const scan = (number: string, occurredAt: string, recordedtime?: string): LogRecord => {
      const { record } = acceptance(number, occurredAt);
      const event = { ...(JSON.parse(String(record.value)) as object), ...(recordedtime && { recordedtime }) };
      return { ...record, value: Buffer.from(JSON.stringify(event)) };
    };
    const day = 86_400_000;
    await service.track(
      batch(await claim(), 0n, scan('PKG1', at(day)), scan('PKG2', at(day + 1)), scan('PKG3', at(day + 1), at(1))),
    );
    expect(await dataSource.query('SELECT tracking_number FROM evidence ORDER BY 1')).toEqual([
      { tracking_number: 'PKG1' },
      { tracking_number: 'PKG3' },
    ]);
    expect(await dataSource.query('SELECT "offset", faults FROM quarantine')).toMatchObject([
      {
        offset: '1',
        faults: [{ pointer: '/data/occurredAt', detail: `is in the future (latest accepted: ${at(day)})` }],
      },
    ]);
  });

  it('puts aside whatever bytes a foreign producer sends, however many in a row, and reads on', async () => {
    const service = serviceOn(new TrackingService(holder));
    const nul = 'a\0b';
    // As Avro with a schema registry begins; and headers of a CloudEvent in binary mode.
    const strange = Array.from({ length: 6 }, (_, n): LogRecord[] => [
      { key: `acme/${n}`, value: Buffer.from('\0\0\0\0\x07order'), headers: {} },
      {
        key: `${nul}/${n}`,
        value: Buffer.from('{}'),
        headers: { ce_specversion: '1.0', ce_tenantid: nul, [`ce_${nul}`]: nul },
      },
    ]).flat();
    await service.track(batch(await claim(), 0n, ...strange, order('o1').record));
    expect(await orders()).toEqual(['o1']);
    expect(await nextOffset()).toBe('13');
    const [held] = await dataSource.query<{ n: number }[]>('SELECT count(*)::int AS n FROM quarantine');
    expect(held!.n).toBe(12);
  });

  it('stops the partition when everything fails: that is no bad record but a bad program', async () => {
    const service = serviceOn(new FragileTracking(holder));
    const records = Array.from({ length: 20 }, (_, index) => order(`bad${index}`).record);
    await expect(service.track(batch(await claim(), 0n, ...records))).rejects.toThrow('no such day');
    expect(await nextOffset()).toBe('10');
  });

  it('tells a database that is away from a bad record', async () => {
    const gone = await openDataSource(database.url, { poolSize: 1 });
    const metrics = new TrackMetrics(new Metrics());
    const service = new TrackService(
      gone,
      offsets,
      new TrackingService(holder),
      metrics,
      { now: () => NOW },
      logger,
      NO_RELAY,
      ONE,
      MAX_AHEAD_BY_DEFAULT,
    );
    await gone.query('SET statement_timeout = 1');
    const read = batch(await claim(), 0n, ...Array.from({ length: 50 }, (_, n) => order(`o${n}`).record));
    await expect(service.track(read)).rejects.toMatchObject({ retryable: true });
    expect(await nextOffset()).toBe('0');
    await gone.destroy();
  });
});
