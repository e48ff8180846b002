import { TOPIC_SPECS } from '#contracts';
import { prefixedEventLog } from '#log';
import { KafkaEventLog, kafkaConnection } from '#log/kafka';
import { onShutdown, startProcess } from '#platform';
import { openAppDataSource } from '#storage';
import { createIntakeApp } from './intake-app.js';
import { intakeConfig, intakeSettings } from './intake.config.js';

const main = startProcess('intake', intakeConfig);
const { config, logger, readiness, metrics } = main;
const kafka = new KafkaEventLog({ ...kafkaConnection(config), clientId: 'fineline-intake', logger });
const log = prefixedEventLog(kafka, config.KAFKA_PREFIX);
const dataSource = await openAppDataSource(config.DATABASE_URL, {
  ...main,
});
await log.ensureTopics(TOPIC_SPECS);
const app = await createIntakeApp({
  dataSource,
  log,
  logger,
  readiness,
  metrics,
  settings: intakeSettings(config),
  trustProxy: config.TRUST_PROXY,
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
