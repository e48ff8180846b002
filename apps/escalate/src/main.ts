import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthModule, NestLogger, onShutdown, startProcess, systemClock } from '#platform';
import { createQueues } from '#queue';
import { openAppDataSource } from '#storage';
import { RulebookHolder, logsFaults } from '#tracking';
import { BacktestModule } from './backtest/backtest.module.js';
import { escalateConfig } from './escalate-config.js';
import { EscalateModule } from './escalate.module.js';

const main = startProcess('escalate', escalateConfig);
const { config, logger, readiness, metrics } = main;

const rulebooks = RulebookHolder.fromFolder(config.RULEBOOKS_DIR, logsFaults(logger));
const dataSource = await openAppDataSource(config.DATABASE_URL, {
  ...main,
  // One connection for each job, and five for the loops, a backtest and readiness.
  poolSize: config.ESCALATE_CONCURRENCY + 5,
});
const server = { kind: 'redis', url: config.REDIS_URL, prefix: config.QUEUE_PREFIX } as const;
const queues = await createQueues(server, { logger, metrics });

@Module({
  imports: [
    HealthModule.register(readiness, metrics),
    BacktestModule.register({ dataSource, queues, rulebooks, clock: systemClock, logger, metrics }),
    EscalateModule.register({
      dataSource,
      queues,
      rulebooks,
      clock: systemClock,
      logger,
      metrics,
      sweepIntervalMs: config.ESCALATE_SWEEP_INTERVAL_MS,
      lotSize: config.ESCALATE_LOT_SIZE,
      requeueAfterMs: config.ESCALATE_REQUEUE_AFTER_MS,
      concurrency: config.ESCALATE_CONCURRENCY,
      backlogRecords: config.ESCALATE_BACKLOG_RECORDS,
      maxHoldMs: config.ESCALATE_MAX_HOLD_MS,
    }),
  ],
})
class EscalateApp {}

const app = await NestFactory.create(EscalateApp, { logger: new NestLogger(logger) });
readiness.add({ name: 'database', check: async () => (await dataSource.query('SELECT 1')).length === 1 });
readiness.add({ name: 'queue', check: () => queues.isReady() });
onShutdown({
  logger,
  readiness,
  graceMs: config.SHUTDOWN_GRACE_MS,
  steps: [
    { name: 'app', run: () => app.close() },
    { name: 'queues', run: () => queues.close() },
    { name: 'database', run: () => dataSource.destroy() },
  ],
});
await app.listen(config.HTTP_PORT, config.HTTP_HOST);
logger.info({ url: await app.getUrl() }, 'escalating');
