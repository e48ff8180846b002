import { TOPIC_SPECS } from '#contracts';
import { KafkaEventLog, prefixedEventLog } from '#log';
import { Metrics, Readiness, createLogger, loadConfig, onShutdown } from '#platform';
import { openDataSource } from '#storage';
import { createIntakeApp } from './intake-app.js';
import { intakeConfig, intakeSettings } from './intake.config.js';

const config = loadConfig('intake', intakeConfig);
const logger = createLogger('intake', config.LOG_LEVEL);
const readiness = new Readiness();
const kafka = new KafkaEventLog({ brokers: config.KAFKA_BROKERS, clientId: 'fineline-intake', logger });
const log = prefixedEventLog(kafka, config.KAFKA_PREFIX);
const dataSource = await openDataSource(config.DATABASE_URL, {
  applicationName: 'fineline-intake',
  onPoolError: (error) => logger.warn({ err: error }, 'database connection lost'),
});
await log.ensureTopics(TOPIC_SPECS);
const app = await createIntakeApp({
  dataSource,
  log,
  logger,
  readiness,
  metrics: new Metrics().withProcessMetrics(),
  settings: intakeSettings(config),
  requestTimeoutMs: config.INTAKE_REQUEST_TIMEOUT_MS,
});
await app.listen(config.HTTP_PORT, config.HTTP_HOST);
logger.info({ url: await app.getUrl() }, 'intake is listening');

onShutdown({
  logger,
  readiness,
  graceMs: config.SHUTDOWN_GRACE_MS,
  steps: [
    { name: 'http', run: () => app.close() },
    { name: 'log', run: () => log.close() },
    { name: 'record', run: () => dataSource.destroy() },
  ],
});
