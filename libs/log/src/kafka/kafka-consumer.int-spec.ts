import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { pino } from 'pino';
import { createEmptyDatabase, eventually, localServices, type TestDatabase, uniqueName } from '#testing';
import { OffsetTable } from '../offset-table.fixture.js';
import { KafkaEventLog } from './kafka-event-log.js';

const logger = pino({ level: process.env.LOG_LEVEL ?? 'silent' });

let database: TestDatabase;
let offsets: OffsetTable;

beforeAll(async () => {
  database = await createEmptyDatabase();
  offsets = await new OffsetTable(database.url).create();
});
afterAll(async () => {
  await offsets.close();
  await database.drop();
});

it('tells Kafka where the group stands, at the latest when it leaves: lag tools read it there', async () => {
  const brokers = localServices().kafkaBrokers;
  const log = new KafkaEventLog({ brokers, clientId: 'test', logger });
  const [topic, group] = [uniqueName('scans'), uniqueName('track')];
  await log.ensureTopics([{ name: topic, partitions: 2 }]);
  const records = ['a', 'b', 'c', 'd', 'e'].map((key) => ({ key, value: Buffer.from(key), headers: {} }));
  await log.append(topic, records);
  await log.consumer({ group, topics: [topic], offsets, handle: (batch) => offsets.apply(group, batch) }).start();
  await eventually(async () => expect(await offsets.effects()).toHaveLength(records.length));
  await log.close();
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const [known] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  await admin.disconnect();
  const told = known!.partitions.map(({ offset }) => Math.max(0, Number(offset)));
  expect(told.reduce((sum, offset) => sum + offset, 0)).toBe(records.length);
});
