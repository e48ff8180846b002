import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { pino } from 'pino';
import { createEmptyDatabase, eventually, localServices, type TestDatabase, uniqueName } from '#testing';
import type { LogBatch, LogRecord } from '../event-log.js';
import { OffsetTable } from '../offset-table.fixture.js';
import { brokerScripts } from './broker.fixture.js';
import { KafkaEventLog } from './kafka-event-log.js';

const logger = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
/** A broker starts twice, and a group waits for its former members. */
const PATIENT = { timeoutMs: 150_000 };
const record = (value: string): LogRecord => ({ key: value, value: Buffer.from(value), headers: {} });

describe('KafkaEventLog in trouble', () => {
  let database: TestDatabase;
  let offsets: OffsetTable;
  const directory = mkdtempSync(path.join(tmpdir(), 'fineline-broker-'));

  beforeAll(async () => {
    database = await createEmptyDatabase();
    offsets = await new OffsetTable(database.url).create();
  });
  afterAll(async () => {
    await offsets.close();
    await database.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('loses and repeats nothing when the broker is killed, and goes on by itself when it is back', async () => {
    const { startKafka, freePorts } = await brokerScripts();
    const [port, controllerPort] = (await freePorts(2)) as [number, number];
    const cacheDir = path.join(process.cwd(), '.fineline', 'services');
    const start = () => startKafka({ cacheDir, directory, port, controllerPort });
    let broker = await start();
    const topic = uniqueName('scans');
    const group = uniqueName('track');
    const log = new KafkaEventLog({ brokers: [broker.brokers], clientId: 'test', logger });
    try {
      await log.ensureTopics([{ name: topic, partitions: 4 }]);
      const handle = (batch: LogBatch) => offsets.apply(group, batch);
      await log.consumer({ group, topics: [topic], offsets, handle }).start();
      await log.append(
        topic,
        Array.from({ length: 20 }, (_, n) => record(`before-${n}`)),
      );
      await eventually(async () => expect((await offsets.effects()).length).toBe(20));

      await broker.stop('SIGKILL');
      await eventually(async () => expect(await log.isReady()).toBe(false), PATIENT);
      broker = await start();
      // A rejected append may have been written all the same, so 'after' may be there more than once.
      await eventually(() => log.append(topic, [record('after')]), PATIENT);
      await eventually(async () => expect(await offsets.effects()).toContain('after'), PATIENT);
      const before = (await offsets.effects()).filter((value) => value !== 'after');
      expect(before.sort()).toEqual(Array.from({ length: 20 }, (_, n) => `before-${n}`).sort());
    } finally {
      await log.close();
      await broker.stop('SIGKILL');
    }
  }, 600_000);

  it('stops, unready, at a record whose compression it cannot read', async () => {
    const topic = uniqueName('foreign');
    const admin = new Kafka({ brokers: localServices().kafkaBrokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const configEntries = [{ name: 'compression.type', value: 'snappy' }];
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }], waitForLeaders: true });
    await admin.disconnect();
    const errors: string[] = [];
    const listening = pino({ level: 'error' }, { write: (line: string) => void errors.push(line) });
    const { kafkaBrokers } = localServices();
    const log = new KafkaEventLog({ brokers: kafkaBrokers, clientId: 'test', logger: listening });
    const consumer = log.consumer({
      group: uniqueName('track'),
      topics: [topic],
      offsets,
      handle: async () => undefined,
    });
    await consumer.start();
    await log.append(topic, [record('packed')]);
    await eventually(() => expect(errors.join()).toContain('compressed with Snappy'));
    expect(consumer.isReady()).toBe(false);
    await log.close();
  });
});
