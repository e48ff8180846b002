import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { pino } from 'pino';
import { AppError } from '#platform';
import { createEmptyDatabase, eventually, localServices, type TestDatabase, uniqueName } from '#testing';
import type { EventLog, LogBatch, LogConsumerOptions, LogGap, LogRecord } from './event-log.js';
import { headerProblem } from './headers.js';
import { KafkaEventLog } from './kafka/kafka-event-log.js';
import { OffsetTable } from './offset-table.fixture.js';
import { partitionFor } from './partition.js';
import { EVENT_LOG_DDL } from './postgres/event-log-ddl.js';
import { PostgresEventLog } from './postgres/postgres-event-log.js';

interface Adapter {
  name: string;
  prepare(url: string): Promise<void>;
  open(url: string): EventLog;
  /** Deletes what is below `offset`, as retention would. */
  expire(url: string, topic: string, partition: number, offset: bigint): Promise<void>;
}

const logger = pino({ level: process.env.LOG_LEVEL ?? 'silent' });

const kafkaAdapter: Adapter = {
  name: 'KafkaEventLog',
  prepare: async () => undefined,
  open: () => new KafkaEventLog({ brokers: localServices().kafkaBrokers, clientId: 'test', logger }),
  async expire(_url, topic, partition, offset) {
    const admin = new Kafka({ brokers: localServices().kafkaBrokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      // kafkajs 2.2 deletes records only of topics whose metadata it has loaded.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
    } finally {
      await admin.disconnect();
    }
  },
};

const postgresAdapter: Adapter = {
  name: 'PostgresEventLog',
  prepare: (url) => execute(url, EVENT_LOG_DDL),
  open: (url) => new PostgresEventLog({ database: url, logger }),
  expire: (url, topic, partition, offset) =>
    execute(
      url,
      `DELETE FROM event_log WHERE topic = '${topic}' AND partition = ${partition} AND "offset" < ${offset}`,
    ),
};

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

const record = (key: string, value: string): LogRecord => ({ key, value: Buffer.from(value), headers: {} });
const numbered = (key: string, count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => record(key, `${key}-${from + index}`));

describe.each([kafkaAdapter, postgresAdapter])('$name', (adapter) => {
  let database: TestDatabase;
  let offsets: OffsetTable;
  let log: EventLog;
  let topic: string;
  let group: string;
  const opened: EventLog[] = [];

  const open = () => {
    const one = adapter.open(database.url);
    opened.push(one);
    return one;
  };
  const consume = async (on: EventLog, overrides: Partial<LogConsumerOptions> = {}) => {
    const handle = (batch: LogBatch) => offsets.apply(group, batch);
    const retry = { initialDelayMs: 5, maxDelayMs: 20 };
    const consumer = on.consumer({ group, topics: [topic], offsets, handle, retry, ...overrides });
    await consumer.start();
    return consumer;
  };
  const expectEffects = (count: number) =>
    eventually(async () => {
      expect((await offsets.effects()).length).toBe(count);
      return offsets.effects();
    });

  beforeAll(async () => {
    database = await createEmptyDatabase();
    await adapter.prepare(database.url);
    offsets = await new OffsetTable(database.url).create();
  });
  beforeEach(async () => {
    await execute(database.url, 'TRUNCATE effect');
    topic = uniqueName('scans');
    group = uniqueName('track');
    log = open();
    await log.ensureTopics([{ name: topic, partitions: 4 }]);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });
  afterAll(async () => {
    await offsets.close();
    await database.drop();
  });

  it('keeps the order of each key, in batches that join up', async () => {
    const batches: LogBatch[] = [];
    const handle = async (batch: LogBatch) => {
      await offsets.apply(group, batch);
      batches.push(batch);
    };
    await Promise.all(['a', 'b', 'c'].map((key) => log.append(topic, numbered(key, 50))));
    await consume(log, { handle, maxBatch: 7 });
    await log.append(topic, numbered('a', 50, 50));
    const effects = await expectEffects(200);
    expect(effects.filter((value) => value?.startsWith('a-'))).toEqual(Array.from({ length: 100 }, (_, n) => `a-${n}`));
    expect(Math.max(...batches.map((batch) => batch.records.length))).toBe(7);
    for (const batch of batches) expect(batch.highWatermark).toBeGreaterThan(batch.lastOffset);
  });

  it('carries tombstones, empty values, repeated and binary headers, and the time of append', async () => {
    const rawHeaders = [
      ['source', Buffer.from('yamato')],
      ['hop', Buffer.from('1')],
      ['hop', Buffer.from('2')],
      ['seal', Buffer.from([0xff, 0x00])],
    ] as const;
    await log.append(topic, [
      { key: 'k', value: null, headers: { 'content-type': 'application/json' } },
      { key: 'k', value: Buffer.from([0, 255]), headers: {}, rawHeaders },
      { key: 'k', value: Buffer.alloc(0), headers: {} },
    ]);
    const received: LogBatch[] = [];
    await consume(log, { handle: async (batch) => void received.push(batch) });
    const [tombstone, binary, empty] = await eventually(() => {
      const records = received.flatMap((batch) => batch.records);
      expect(records.length).toBe(3);
      return records;
    });
    expect(tombstone).toMatchObject({ key: 'k', value: null, headers: { 'content-type': 'application/json' } });
    expect(headerProblem(tombstone!.rawHeaders)).toBeUndefined();
    expect(binary!.value).toEqual(Buffer.from([0, 255]));
    expect(binary!.headers).toEqual({ source: 'yamato' });
    expect(binary!.rawHeaders).toEqual(rawHeaders);
    expect(headerProblem(binary!.rawHeaders)).toBe('header hop occurs more than once');
    expect(empty!.value).toEqual(Buffer.alloc(0));
    expect(Math.abs(tombstone!.timestampMs - Date.now())).toBeLessThan(60_000);
  });

  it('goes on after a restart where the offsets in Postgres say', async () => {
    await log.append(topic, numbered('a', 10));
    const first = await consume(log);
    await expectEffects(10);
    await first.stop();
    await log.append(topic, numbered('a', 10, 10));
    await consume(open());
    expect(await expectEffects(20)).toEqual(Array.from({ length: 20 }, (_, n) => `a-${n}`));
  });

  it('starts from a stored offset that Kafka or an older owner never saw', async () => {
    await log.append(topic, numbered('a', 10));
    await offsets.moveTo(group, topic, partitionFor('a', 4), 6n);
    await consume(log);
    expect(await expectEffects(4)).toEqual(['a-6', 'a-7', 'a-8', 'a-9']);
  });

  it('tells who claims where each partition ends', async () => {
    await log.append(topic, numbered('a', 10));
    const claim = jest.spyOn(offsets, 'claim');
    await consume(log);
    await expectEffects(10);
    const told = new Map(claim.mock.calls.flatMap(([, , ends]) => [...ends]));
    expect(told).toEqual(new Map([0, 1, 2, 3].map((n) => [n, n === partitionFor('a', 4) ? 10n : 0n])));
  });

  it('drops the batch of a stale owner, claims again and applies every record once', async () => {
    let robbed = false;
    const handle = async (batch: LogBatch) => {
      if (!robbed) await offsets.claim(group, topic, new Map([[batch.partition, batch.highWatermark]]));
      robbed = true;
      await offsets.apply(group, batch);
    };
    await log.append(topic, numbered('a', 5));
    const consumer = await consume(log, { handle });
    expect(await expectEffects(5)).toEqual(['a-0', 'a-1', 'a-2', 'a-3', 'a-4']);
    await eventually(() => consumer.isReady());
  });

  it('tries a batch again for as long as its error is retryable', async () => {
    let failures = 0;
    const handle = async (batch: LogBatch) => {
      failures += 1;
      if (failures <= 12) throw new AppError('storage.unavailable', 'database away', { retryable: true });
      await offsets.apply(group, batch);
    };
    await log.append(topic, numbered('a', 3));
    await consume(log, { handle, retry: { attempts: 2, initialDelayMs: 1, maxDelayMs: 2 } });
    expect(await expectEffects(3)).toEqual(['a-0', 'a-1', 'a-2']);
  });

  it('halts a partition whose batch keeps failing, reads the others, and is not ready', async () => {
    await log.append(topic, [record('bad', 'poison'), ...numbered('a', 3), ...numbered('b', 3), ...numbered('c', 3)]);
    const tried: string[] = [];
    const handle = async (batch: LogBatch) => {
      const values = batch.records.map(({ value }) => String(value));
      if (values.includes('poison')) {
        tried.push('poison');
        throw new Error('a bug');
      }
      await offsets.apply(group, batch);
    };
    const consumer = await consume(log, { handle, retry: { attempts: 3, initialDelayMs: 1, maxDelayMs: 2 } });
    await eventually(() => tried.length === 3);
    await eventually(() => !consumer.isReady());
    expect(await log.isReady()).toBe(false);
    await log.append(topic, numbered('b', 1, 3));
    const others = ['a', 'b', 'c'].filter((key) => partitionFor(key, 4) !== partitionFor('bad', 4));
    expect(others.length).toBeGreaterThan(0);
    await eventually(async () => {
      const effects = await offsets.effects();
      for (const key of others) expect(effects).toContain(`${key}-2`);
    });
    expect(tried.length).toBe(3);
    expect(await offsets.effects()).not.toContain('poison');
  });

  it('loses and repeats nothing when it is stopped in the middle of batches', async () => {
    await log.append(
      topic,
      ['a', 'b', 'c', 'd'].flatMap((key) => numbered(key, 100)),
    );
    for (let round = 0; round < 3; round += 1) {
      const one = open();
      let entered = false;
      const handle = async (batch: LogBatch) => {
        entered = true;
        await offsets.apply(group, batch);
      };
      await consume(one, { handle, maxBatch: 5 });
      await eventually(() => entered);
      await one.close();
    }
    await consume(log, { maxBatch: 50 });
    const effects = await expectEffects(400);
    expect(new Set(effects).size).toBe(400);
  });

  it('shares the partitions between two consumers, and takes them back when one leaves', async () => {
    const seen = { first: new Set<number>(), second: new Set<number>() };
    const handleAs = (who: keyof typeof seen) => async (batch: LogBatch) => {
      await offsets.apply(group, batch);
      seen[who].add(batch.partition);
    };
    const keys = Array.from({ length: 40 }, (_, n) => `key${n}`);
    await consume(log, { handle: handleAs('first') });
    const second = open();
    await consume(second, { handle: handleAs('second') });
    let appended = 0;
    await eventually(async () => {
      await log.append(
        topic,
        keys.map((key) => record(key, `${key}-${appended}`)),
      );
      appended += 1;
      expect(seen.second.size).toBe(2);
    });
    await expectEffects(appended * keys.length);
    await second.close();
    await log.append(
      topic,
      keys.map((key) => record(key, 'after')),
    );
    const effects = await expectEffects((appended + 1) * keys.length);
    expect(effects.filter((value) => value === 'after').length).toBe(keys.length);
  });

  it('raises the alarm for records that expired unread, and goes on after them', async () => {
    const partition = partitionFor('a', 4);
    await log.append(topic, numbered('a', 10));
    await adapter.expire(database.url, topic, partition, 4n);
    const gaps: LogGap[] = [];
    await consume(log, { onGap: (gap) => gaps.push(gap) });
    expect(await expectEffects(6)).toEqual(['a-4', 'a-5', 'a-6', 'a-7', 'a-8', 'a-9']);
    expect(gaps).toEqual([{ topic, partition, fromOffset: 0n, toOffset: 4n }]);
  });

  it('halts rather than starting over when the log is shorter than the stored offset', async () => {
    await log.append(topic, numbered('a', 3));
    await offsets.moveTo(group, topic, 0, 500n);
    const consumer = await consume(log);
    await eventually(() => !consumer.isReady());
    expect(await log.isReady()).toBe(false);
  });

  it('is ready while it answers and leaves existing topics as they are', async () => {
    expect(await log.isReady()).toBe(true);
    await log.ensureTopics([
      { name: topic, partitions: 8 },
      { name: uniqueName('orders'), partitions: 1 },
    ]);
    const consumer = await consume(log);
    await eventually(() => consumer.isReady());
    expect(await log.isReady()).toBe(true);
  });
});
