// Every stage in one process: the log as a table, BullMQ on PostgreSQL. The one place where apps meet; each is still the module its own
// process runs.
import 'reflect-metadata';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import express from 'express';
import type { RequestHandler } from 'express';
import { TOPIC_SPECS } from '#contracts';
import { EVENT_LOG_DDL, PostgresEventLog } from '#log';
import { HealthModule, Metrics, NestLogger, Readiness } from '#platform';
import { createQueues } from '#queue';
import type { Queues } from '#queue';
import { migrate, openDataSource } from '#storage';
import type { DataSource } from '#storage';
import { RulebookHolder, logsFaults } from '#tracking';
import { createApiApp } from '../../api/src/api-app.js';
import { EscalateService } from '../../escalate/src/escalate.service.js';
import { BacktestModule } from '../../escalate/src/backtest/backtest.module.js';
import { EscalateModule } from '../../escalate/src/escalate.module.js';
import { createIntakeApp, takeConnectionsFirst } from '../../intake/src/intake-app.js';
import { intakeSettings } from '../../intake/src/intake.config.js';
import { NotifyModule } from '../../notify/src/notify.module.js';
import { BackgroundLoop } from '../../track/src/background-loop.js';
import { TrackModule, trackServer } from '../../track/src/track.module.js';
import { trimLog } from './log-retention.js';
import type { StandaloneOptions } from './standalone.js';

/** What the stages share in this process. */
interface Shared {
  readonly dataSource: DataSource;
  readonly log: PostgresEventLog;
  readonly queues: Queues;
  readonly rulebooks: RulebookHolder;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
}

/** Every stage, running. */
export interface Stages extends Shared {
  /** Address of the page and of intake. */
  readonly url: string;
  /** Ends them in the order in which they need each other; the database is still there. */
  stop(): Promise<void>;
}

/** As Kafka keeps its topics by default. */
const KEEP_LOG_MS = 7 * 86_400_000;
/** How often old records of the log are looked for. */
const RETENTION_MS = 3_600_000;

/** Starts every stage on a database; resolves when they take events and serve the page. */
export async function startStages(databaseUrl: string, options: StandaloneOptions): Promise<Stages> {
  const { onStage: say = () => undefined, keepLogMs = KEEP_LOG_MS } = options;
  say('preparing the record');
  const shared = await openShared(databaseUrl, options);
  say('starting the stages');
  const pipeline = await startPipeline(shared, options);
  const page = await openPage(shared, options);
  const round = (): Promise<boolean> => trimLog(shared.dataSource, keepLogMs);
  const retention = new BackgroundLoop({ name: 'log retention', idleMs: RETENTION_MS, logger: options.logger, round });
  retention.start();
  return {
    ...shared,
    url: page.url,
    stop: async () => {
      shared.readiness.drain();
      await retention.stop();
      await pipeline.get(EscalateService).stop(); // it feeds the queues
      await shared.queues.close(); // then the workers: they use everything else
      await page.close();
      await pipeline.close();
      await shared.log.close();
      await shared.dataSource.destroy();
    },
  };
}

async function openShared(url: string, { logger, rulebooksDir }: StandaloneOptions): Promise<Shared> {
  await migrate(url);
  const metrics = new Metrics().withProcessMetrics();
  // While stopping, the server may end before the last idle connection has closed: that is no news.
  const readiness = new Readiness();
  const onPoolError = (error: Error): void => {
    if (!readiness.isDraining) logger.warn({ err: error }, 'an idle connection was lost');
  };
  const dataSource = await openDataSource(url, { applicationName: 'fineline-standalone', poolSize: 24, onPoolError });
  await dataSource.query(EVENT_LOG_DDL);
  const log = new PostgresEventLog({ database: url, logger });
  await log.ensureTopics(TOPIC_SPECS);
  const queues = await createQueues({ kind: 'postgres', url }, { logger, metrics });
  const rulebooks = RulebookHolder.fromFolder(rulebooksDir, logsFaults(logger));
  return { dataSource, log, queues, rulebooks, metrics, readiness };
}

@Module({})
class PipelineApp {}

async function startPipeline(shared: Shared, options: StandaloneOptions): Promise<INestApplication> {
  const { clock, logger, webhooks } = options;
  const email = { ...options.mail, timeoutMs: 15_000 };
  const { sweepIntervalMs = 1_000, requeueAfterMs = 60_000, lateAfterMs = 60_000 } = options;
  const common = { ...shared, clock, logger };
  const root = {
    module: PipelineApp,
    imports: [
      HealthModule.register(shared.readiness, shared.metrics),
      TrackModule.register({ ...common, maxAheadMs: INTAKE.maxAheadMs }),
      EscalateModule.register({ ...common, sweepIntervalMs, requeueAfterMs, lateAfterMs }),
      BacktestModule.register(common),
      NotifyModule.register({
        ...common,
        email,
        webhook: { policy: webhooks, timeoutMs: 15_000, now: Date.now },
        pageUrl: options.pageUrl,
        leaseMs: 2 * requeueAfterMs,
      }),
    ],
  };
  const app = await NestFactory.create(root, { logger: new NestLogger(logger) });
  app.connectMicroservice({ strategy: trackServer(shared) }, { inheritAppConfig: true });
  await app.init();
  await app.startAllMicroservices();
  return app;
}

const API_LIMITS = { requestsPerMinute: 1_200, streamsPerTenant: 100, changePollMs: 500 };
const INTAKE = intakeSettings();
const INTAKE_ROUTE = /^\/v1\/(events|csv|carriers)(\/|$)/;

/** The api with its page and intake, on one port. */
async function openPage(shared: Shared, options: StandaloneOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { clock, logger, trustProxy, webDir, sessionSecret, secureCookies } = options;
  const intake = await createIntakeApp({ ...shared, logger, clock, trustProxy, settings: INTAKE });
  const api = await createApiApp({
    ...shared,
    ...API_LIMITS,
    maxAheadMs: INTAKE.maxAheadMs,
    clock,
    logger,
    trustProxy,
    webDir,
    sessionSecret,
    secureCookies,
  });
  await Promise.all([intake.init(), api.init()]);
  const front = express();
  front.disable('x-powered-by');
  // Not its Express alone: what comes before that (turns, refusals, headers) is for requests that come this way too.
  const [toIntake] = (intake.getHttpServer() as Server).listeners('request') as RequestListener[];
  front.use((request, response, next) => (INTAKE_ROUTE.test(request.path) ? toIntake!(request, response) : next()));
  front.use(api.getHttpAdapter().getInstance() as RequestHandler);
  const server = createServer(front);
  takeConnectionsFirst(server, intake);
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(options.port, options.host, resolve),
  );
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections(); // change streams never end by themselves
      await Promise.all([api.close(), intake.close()]);
    },
  };
}
