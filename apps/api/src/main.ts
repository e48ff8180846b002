import { prefixedEventLog } from '#log';
import { KafkaEventLog, kafkaConnection } from '#log/kafka';
import { onShutdown, startProcess, systemClock } from '#platform';
import { openAppDataSource } from '#storage';
import { RulebookHolder, logsFaults } from '#tracking';
import { createApiApp } from './api-app.js';
import { apiConfig } from './api-config.js';

const main = startProcess('api', apiConfig);
const { config, logger, readiness, metrics } = main;
const dataSource = await openAppDataSource(config.DATABASE_URL, {
  ...main,
  poolSize: config.API_POOL_SIZE,
});
const kafka = new KafkaEventLog({ ...kafkaConnection(config), clientId: 'fineline-api', logger });
const log = prefixedEventLog(kafka, config.KAFKA_PREFIX);
const rulebooks = RulebookHolder.fromFolder(config.RULEBOOKS_DIR, logsFaults(logger));
const app = await createApiApp({
  ...{ dataSource, log, rulebooks, logger, readiness },
  clock: systemClock,
  metrics,
  sessionSecret: config.SESSION_SECRET,
  secureCookies: config.SECURE_COOKIES,
  webDir: config.WEB_DIR,
  intakeUrl: config.INTAKE_URL,
  trustProxy: config.TRUST_PROXY,
  requestsPerMinute: config.REQUESTS_PER_MINUTE,
  streamsPerTenant: config.STREAMS_PER_TENANT,
  changePollMs: config.CHANGE_POLL_MS,
  maxAheadMs: config.INTAKE_MAX_AHEAD_MS,
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
