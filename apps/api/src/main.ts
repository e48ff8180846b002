import { KafkaEventLog, prefixedEventLog } from '#log';
import { Metrics, Readiness, createLogger, loadConfig, onShutdown, systemClock } from '#platform';
import { openDataSource } from '#storage';
import { RulebookHolder } from '#tracking';
import { createApiApp } from './api-app.js';
import { apiConfig } from './api-config.js';

const config = loadConfig('api', apiConfig);
const logger = createLogger('api', config.LOG_LEVEL);
const readiness = new Readiness();
const dataSource = await openDataSource(config.DATABASE_URL, {
  applicationName: 'fineline-api',
  poolSize: config.API_POOL_SIZE,
  onPoolError: (error) => logger.warn({ err: error }, 'database connection lost'),
});
const kafka = new KafkaEventLog({ brokers: config.KAFKA_BROKERS, clientId: 'fineline-api', logger });
const log = prefixedEventLog(kafka, config.KAFKA_PREFIX);
const rulebooks = RulebookHolder.fromFolder(config.RULEBOOKS_DIR, (tenant, error) =>
  logger.error({ tenant, err: error }, 'the overlays of a tenant do not fit the rulebooks'),
);
const app = await createApiApp({
  ...{ dataSource, log, rulebooks, logger, readiness },
  clock: systemClock,
  metrics: new Metrics().withProcessMetrics(),
  sessionSecret: config.SESSION_SECRET,
  secureCookies: config.SECURE_COOKIES,
  webDir: config.WEB_DIR,
  intakeUrl: config.INTAKE_URL,
  requestsPerMinute: config.REQUESTS_PER_MINUTE,
  streamsPerTenant: config.STREAMS_PER_TENANT,
  changePollMs: config.CHANGE_POLL_MS,
});
await app.listen(config.HTTP_PORT, config.HTTP_HOST);
logger.info({ url: await app.getUrl() }, 'the API is listening');

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
