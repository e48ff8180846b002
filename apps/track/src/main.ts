import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import { TOPIC_SPECS } from '#contracts';
import { prefixedEventLog } from '#log';
import { KafkaEventLog, kafkaConnection } from '#log/kafka';
import { HealthModule, NestLogger, onShutdown, startProcess, systemClock } from '#platform';
import { openAppDataSource } from '#storage';
import { RulebookHolder, logsFaults } from '#tracking';
import { trackConfig } from './config.js';
import { TRANSACTIONS_BY_DEFAULT, TrackModule, connectionsFor, trackServer } from './track.module.js';

const main = startProcess('track', trackConfig);
const { config, logger, readiness, metrics } = main;

const transactions = {
  ...TRANSACTIONS_BY_DEFAULT,
  maxRecords: config.TRACK_BATCH_SIZE,
  atOnce: config.TRACK_TRANSACTIONS_AT_ONCE,
};
const dataSource = await openAppDataSource(config.DATABASE_URL, {
  ...main,
  poolSize: connectionsFor(transactions),
});
const kafka = new KafkaEventLog({ ...kafkaConnection(config), clientId: 'fineline-track', logger });
const log = prefixedEventLog(kafka, config.KAFKA_PREFIX);
await log.ensureTopics(TOPIC_SPECS);
const rulebooks = RulebookHolder.fromFolder(config.RULEBOOKS_DIR, logsFaults(logger));

@Module({
  imports: [
    HealthModule.register(readiness, metrics),
    TrackModule.register({
      dataSource,
      log,
      rulebooks,
      clock: systemClock,
      logger,
      transactions,
      maxAheadMs: config.INTAKE_MAX_AHEAD_MS,
      rateRefreshMs: config.TRACK_RATE_REFRESH_MS,
      closedMs: config.TRACK_CLOSED_DAYS > 0 ? config.TRACK_CLOSED_DAYS * 86_400_000 : undefined,
      retention: {
        keepMs: config.TRACK_KEEP_DAYS > 0 ? config.TRACK_KEEP_DAYS * 86_400_000 : undefined,
        archiveFolder: config.TRACK_ARCHIVE_DIR,
      },
    }),
  ],
})
class TrackApp {}

const app = await NestFactory.create(TrackApp, { logger: new NestLogger(logger) });
const server = trackServer({ log, dataSource, transactions });
app.connectMicroservice({ strategy: server }, { inheritAppConfig: true });
readiness.add({ name: 'database', check: async () => (await dataSource.query('SELECT 1')).length === 1 });
readiness.add({ name: 'log', check: async () => server.isReady() && (await log.isReady()) });
onShutdown({
  logger,
  readiness,
  graceMs: config.SHUTDOWN_GRACE_MS,
  steps: [
    { name: 'app', run: () => app.close() },
    { name: 'log', run: () => log.close() },
    { name: 'database', run: () => dataSource.destroy() },
  ],
});
await app.listen(config.HTTP_PORT, config.HTTP_HOST);
await app.startAllMicroservices();
logger.info({ url: await app.getUrl() }, 'tracking');
