import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthModule, NestLogger, onShutdown, startProcess, systemClock } from '#platform';
import { createQueues } from '#queue';
import { openAppDataSource } from '#storage';
import { RulebookHolder, logsFaults } from '#tracking';
import { notifyConfig } from './notify-config.js';
import { NotifyModule } from './notify.module.js';

const main = startProcess('notify', notifyConfig);
const { config, logger, readiness, metrics } = main;

const rulebooks = RulebookHolder.fromFolder(config.RULEBOOKS_DIR, logsFaults(logger));
const dataSource = await openAppDataSource(config.DATABASE_URL, {
  ...main,
  poolSize: 10,
});
const server = { kind: 'redis', url: config.REDIS_URL, prefix: config.QUEUE_PREFIX } as const;
const queues = await createQueues(server, { logger, metrics });
const policy = {
  allowHttp: config.ALLOW_INSECURE_WEBHOOKS,
  ports: config.ALLOW_INSECURE_WEBHOOKS ? [...config.WEBHOOK_PORTS, 80] : config.WEBHOOK_PORTS,
  exempt: config.WEBHOOK_ALLOWED_HOSTS,
};

@Module({
  imports: [
    HealthModule.register(readiness, metrics),
    NotifyModule.register({
      dataSource,
      queues,
      rulebooks,
      clock: systemClock,
      logger,
      metrics,
      email: { smtpUrl: config.SMTP_URL, from: config.MAIL_FROM, timeoutMs: 15_000 },
      webhook: { policy, timeoutMs: config.WEBHOOK_TIMEOUT_MS, now: Date.now },
      pageUrl: config.PAGE_URL,
      concurrency: config.NOTIFY_CONCURRENCY,
    }),
  ],
})
class NotifyApp {}

const app = await NestFactory.create(NotifyApp, { logger: new NestLogger(logger) });
readiness.add({ name: 'database', check: async () => (await dataSource.query('SELECT 1')).length === 1 });
readiness.add({ name: 'queue', check: () => queues.isReady() });
onShutdown({
  logger,
  readiness,
  graceMs: config.SHUTDOWN_GRACE_MS,
  steps: [
    // Workers first: a notice on its way needs the channels the application closes.
    { name: 'queues', run: () => queues.close() },
    { name: 'app', run: () => app.close() },
    { name: 'database', run: () => dataSource.destroy() },
  ],
});
await app.listen(config.HTTP_PORT, config.HTTP_HOST);
logger.info({ url: await app.getUrl() }, 'notifying');
