import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload } from '@nestjs/microservices';
import pg from 'pg';
import { pino } from 'pino';
import { AppError, NestLogger } from '#platform';
import { createEmptyDatabase, eventually, localServices, type TestDatabase, uniqueName } from '#testing';
import type { EventLog, LogBatch } from './event-log.js';
import { EventLogServer, OnLogBatch } from './event-log-server.js';
import { KafkaEventLog } from './kafka/kafka-event-log.js';
import { OffsetTable } from './offset-table.fixture.js';
import { EVENT_LOG_DDL } from './postgres/event-log-ddl.js';
import { PostgresEventLog } from './postgres/postgres-event-log.js';

const logger = pino({ level: 'silent' });
const topic = uniqueName('scans');
const group = uniqueName('track');

class Failures {
  readonly left: Error[] = [];
}

@Controller()
class TrackController {
  constructor(
    @Inject(OffsetTable) private readonly offsets: OffsetTable,
    @Inject(Failures) private readonly failures: Failures,
  ) {}

  @OnLogBatch(topic)
  async onScans(@Payload() batch: LogBatch): Promise<void> {
    const failure = this.failures.left.shift();
    if (failure) throw failure;
    await this.offsets.apply(group, batch);
  }
}

describe('EventLogServer', () => {
  let database: TestDatabase;
  let offsets: OffsetTable;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    offsets = await new OffsetTable(database.url).create();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(EVENT_LOG_DDL);
    await client.end();
  });
  afterEach(async () => {
    await offsets.close();
    await database.drop();
  });

  const logs: [string, () => EventLog][] = [
    ['Kafka', () => new KafkaEventLog({ brokers: localServices().kafkaBrokers, clientId: 'test', logger })],
    ['Postgres', () => new PostgresEventLog({ database: database.url, logger })],
  ];
  it.each(logs)(
    'feeds Nest handlers from %s, and their errors reach the consumer unchanged',
    async (_name, openLog) => {
      const log = openLog();
      await log.ensureTopics([{ name: topic, partitions: 2 }]);
      const failures = new Failures();
      // More retryable failures than `attempts` allows for others: only passes when `retryable` survives Nest.
      const away = () => new AppError('storage.unavailable', 'database away', { retryable: true });
      failures.left.push(away(), away(), away(), away());

      @Module({
        controllers: [TrackController],
        providers: [
          { provide: OffsetTable, useValue: offsets },
          { provide: Failures, useValue: failures },
        ],
      })
      class TrackModule {}

      const retry = { attempts: 2, initialDelayMs: 1, maxDelayMs: 2 };
      const strategy = new EventLogServer({ log, group, offsets, retry });
      const app = await NestFactory.createMicroservice(TrackModule, { strategy, logger: new NestLogger(logger) });
      await app.listen();
      await log.append(topic, [{ key: 'a', value: Buffer.from('one'), headers: {} }]);
      await eventually(async () => expect(await offsets.effects()).toEqual(['one']));
      expect(failures.left).toEqual([]);
      expect(strategy.isReady()).toBe(true);
      await app.close();
      await log.close();
    },
  );

  it('refuses two handlers for one topic, and request handlers', () => {
    const server = new EventLogServer({
      log: new PostgresEventLog({ database: database.url, logger }),
      group,
      offsets,
    });
    const handler = async () => undefined;
    server.addHandler('scans', handler as never, true);
    expect(() => server.addHandler('scans', handler as never, true)).toThrow('two handlers for scans');
    expect(() => server.addHandler('orders', handler as never, false)).toThrow('no replies');
  });

  it('halts, rather than going on, when a plain event pattern hides an error', async () => {
    @Controller()
    class Plain {
      @EventPattern<string>(topic)
      async onScans(@Payload() _batch: LogBatch): Promise<void> {
        throw new AppError('storage.unavailable', 'database away', { retryable: true });
      }
    }
    @Module({ controllers: [Plain] })
    class PlainModule {}
    const log = new PostgresEventLog({ database: database.url, logger });
    await log.ensureTopics([{ name: topic, partitions: 1 }]);
    const strategy = new EventLogServer({ log, group, offsets, retry: { attempts: 1 } });
    const app = await NestFactory.createMicroservice(PlainModule, { strategy, logger: new NestLogger(logger) });
    await app.listen();
    await log.append(topic, [{ key: 'a', value: null, headers: {} }]);
    await eventually(() => !strategy.isReady());
    await app.close();
    await log.close();
  });
});
