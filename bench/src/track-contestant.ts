// The real pipeline as the track process runs it: its module, its transport, its background loops, every rulebook loaded.
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TOPIC_SPECS } from '#contracts';
import type { EventLog } from '#log';
import { PostgresEventLog } from '#log';
import { KafkaEventLog } from '#log/kafka';
import { HealthModule, Metrics, Readiness, createLogger } from '#platform';
import { openDataSource } from '#storage';
import type { DataSource } from '#storage';
import { RulebookHolder } from '#tracking';
import {
  TRANSACTIONS_BY_DEFAULT,
  TrackModule,
  connectionsFor,
  trackServer,
} from '../../apps/track/src/track.module.js';
import type { Figures } from './rounds.js';

export interface TrackSettings {
  readonly log: 'kafka' | 'postgres';
  readonly brokers: string;
  readonly databaseUrl: string;
  /** Records to wait for. */
  readonly events: number;
  /** The instant every order is judged at, UTC epoch milliseconds: the same in each round, so that the fines are too. */
  readonly asOf: number;
}

/** Consumes `events` records of both topics; seconds from the first batch until the last is committed and every order is judged. */
export async function runTrack({ log: kind, brokers, databaseUrl, events, asOf }: TrackSettings): Promise<Figures> {
  const logger = createLogger('bench-track', 'warn');
  const dataSource = await openDataSource(databaseUrl, { poolSize: connectionsFor(TRANSACTIONS_BY_DEFAULT) });
  const inner =
    kind === 'kafka'
      ? new KafkaEventLog({ brokers: brokers.split(','), clientId: 'bench-track', logger })
      : new PostgresEventLog({ database: databaseUrl, logger });
  await inner.ensureTopics(TOPIC_SPECS);
  const watch = new Watch(inner, events);
  const rulebooks = RulebookHolder.fromFolder('rulebooks', (_tenant, error) => {
    throw error;
  });
  const options = { dataSource, log: watch.log, rulebooks, clock: { now: () => asOf }, logger };

  @Module({ imports: [HealthModule.register(new Readiness(), new Metrics()), TrackModule.register(options)] })
  class BenchApp {}
  const app = await NestFactory.create(BenchApp, { logger: false });
  app.connectMicroservice({ strategy: trackServer(options) }, { inheritAppConfig: true });
  await app.init();
  await app.startAllMicroservices();
  const startedAt = await watch.finished;
  while (await isUnjudged(dataSource)) await new Promise((resolve) => setTimeout(resolve, 50));
  const seconds = (performance.now() - startedAt) / 1000;
  await app.close();
  await inner.close();
  await dataSource.destroy();
  return { seconds, batches: watch.batches };
}

async function isUnjudged(dataSource: DataSource): Promise<boolean> {
  const [row] = await dataSource.query<{ is: boolean }[]>('SELECT EXISTS (SELECT FROM unjudged_order) AS "is"');
  return row!.is;
}

/** Counts what the consumer has committed. */
class Watch {
  batches = 0;
  readonly log: EventLog;
  /** When the first batch came, once the last is committed. */
  readonly finished: Promise<number>;

  constructor(inner: EventLog, events: number) {
    let startedAt = 0;
    let seen = 0;
    let finish: (startedAt: number) => void;
    this.finished = new Promise((resolve) => (finish = resolve));
    this.log = {
      append: (topic, records) => inner.append(topic, records),
      ensureTopics: (topics) => inner.ensureTopics(topics),
      isReady: () => inner.isReady(),
      close: () => inner.close(),
      consumer: (options) =>
        inner.consumer({
          ...options,
          handle: async (batch) => {
            startedAt ||= performance.now();
            await options.handle(batch);
            this.batches += 1;
            if ((seen += batch.records.length) >= events) finish(startedAt);
          },
        }),
    };
  }
}
