// A running `track` for tests: its own database, topics and consumer group, on either log.
import { NestFactory } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { pino } from 'pino';
import type { EventName } from '#contracts';
import { TOPICS, cloudEventType, partitionKey, topicOf } from '#contracts';
import type { EventLog, LogRecord } from '#log';
import { EVENT_LOG_DDL, PostgresEventLog, prefixedEventLog } from '#log';
import { KafkaEventLog } from '#log/kafka';
import { HealthModule, Metrics, Readiness } from '#platform';
import type { DataSource } from '#storage';
import { openDataSource } from '#storage';
import type { TestDatabase } from '#testing';
import { createTestDatabase, localServices, uniqueName } from '#testing';
import { RulebookHolder } from '#tracking';
import type { TrackOptions } from './track.module.js';
import { TRANSACTIONS_BY_DEFAULT, TrackModule, trackServer } from './track.module.js';

export const TENANT = 'acme';
export const NOW = Date.parse('2026-03-10T00:00:00Z');
export const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });

export type LogKind = 'kafka' | 'postgres';

export function rulebooks(): RulebookHolder {
  return RulebookHolder.fromFolder('rulebooks', (_, error) => {
    throw error;
  });
}

export class TrackBench {
  private app: INestApplication | undefined;
  private constructor(
    private readonly database: TestDatabase,
    readonly dataSource: DataSource,
    private readonly prefix: string,
    private readonly kind: LogKind,
    private log: EventLog,
  ) {}

  static async open(kind: LogKind): Promise<TrackBench> {
    const database = await createTestDatabase();
    const dataSource = await openDataSource(database.url, { poolSize: 8 });
    await dataSource.query(EVENT_LOG_DDL);
    const bench = new TrackBench(database, dataSource, uniqueName('t'), kind, undefined as unknown as EventLog);
    bench.log = bench.openLog();
    await bench.log.ensureTopics(Object.values(TOPICS).map((name) => ({ name, partitions: 2 })));
    return bench;
  }

  /** A `track` process as far as Nest is concerned; `stop` it before starting the next. */
  async start(changes: Partial<TrackOptions> = {}): Promise<Metrics> {
    const metrics = new Metrics();
    const options = {
      dataSource: this.dataSource,
      log: this.log,
      rulebooks: rulebooks(),
      clock: { now: () => NOW },
      logger,
      transactions: { ...TRANSACTIONS_BY_DEFAULT, maxRecords: 50 },
      ...changes,
    };
    @Module({
      imports: [HealthModule.register(new Readiness(), metrics), TrackModule.register({ ...options, idleMs: 20 })],
    })
    class TestApp {}
    this.app = await NestFactory.create(TestApp, { logger: false });
    this.app.connectMicroservice({ strategy: trackServer(options) }, { inheritAppConfig: true });
    await this.app.init();
    await this.app.startAllMicroservices();
    return metrics;
  }

  async stop(): Promise<void> {
    await this.app?.close();
    this.app = undefined;
    await this.log.close();
    this.log = this.openLog();
  }

  async close(): Promise<void> {
    await this.app?.close();
    await this.log.close();
    await this.dataSource.destroy();
    await this.database.drop();
  }

  async send(records: readonly { topic: string; record: LogRecord }[]): Promise<void> {
    for (const { topic, record } of records) await this.log.append(topic, [record]);
  }

  async count(table: string): Promise<number> {
    const [row] = await this.dataSource.query<{ n: number }[]>(`SELECT count(*)::int AS n FROM ${table}`);
    return row!.n;
  }

  private openLog(): EventLog {
    const kafka = (): EventLog =>
      new KafkaEventLog({ brokers: localServices().kafkaBrokers, clientId: 'track-test', logger });
    const log = this.kind === 'kafka' ? kafka() : new PostgresEventLog({ database: this.database.url, logger });
    return prefixedEventLog(log, `${this.prefix}.`);
  }
}

/** A log record as intake writes it. `data` is in wire form: instants are RFC 3339. */
export function wire(
  name: EventName,
  data: Record<string, unknown>,
  id: string = uniqueName('e'),
): { topic: string; record: LogRecord } {
  const envelope = {
    specversion: '1.0',
    id,
    source: '/test',
    type: cloudEventType(name),
    time: '2026-03-02T15:00:00Z',
    tenantid: TENANT,
    datacontenttype: 'application/json',
    data,
  };
  return {
    topic: topicOf(name),
    record: {
      key: partitionKey(TENANT, name, data),
      value: Buffer.from(JSON.stringify(envelope)),
      headers: { 'content-type': 'application/cloudevents+json; charset=UTF-8' },
    },
  };
}

export function order(orderId: string, changes: object = {}, id?: string): ReturnType<typeof wire> {
  const data = {
    orderId,
    platform: 'elsewhere',
    market: 'US',
    sellerId: 'seller-1',
    clocks: { placedAt: '2026-03-02T15:00:00Z' },
    platformDeadlines: { shipBy: '2026-03-04T15:00:00Z' },
    currency: 'USD',
    lines: [{ lineId: '1', quantity: 1, unitPriceMinor: 3750 }],
    ...changes,
  };
  return wire('order.placed', data, id);
}

export function label(orderId: string, trackingNumber: string): ReturnType<typeof wire> {
  return wire('parcel.labelled', { orderId, trackingNumber, uploadedAt: '2026-03-02T16:00:00Z' });
}

export function acceptance(trackingNumber: string, occurredAt: string): ReturnType<typeof wire> {
  return wire('parcel.scanned', { trackingNumber, stage: 'accepted', strength: 'direct', occurredAt });
}
