import { createLogger, loadConfig, onShutdown, systemClock } from '#platform';
import { standaloneConfig } from './standalone-config.js';
import { startStandalone } from './standalone.js';

const config = loadConfig('standalone', standaloneConfig);
const logger = createLogger('standalone', config.LOG_LEVEL);
const standalone = await startStandalone({
  home: config.FINELINE_HOME,
  rulebooksDir: config.RULEBOOKS_DIR,
  webDir: config.WEB_DIR,
  host: config.HTTP_HOST,
  port: config.HTTP_PORT,
  trustProxy: config.TRUST_PROXY,
  sessionSecret: config.SESSION_SECRET,
  secureCookies: config.SECURE_COOKIES,
  clock: systemClock,
  logger,
  pageUrl: config.PAGE_URL,
  mail: { smtpUrl: config.SMTP_URL, from: config.MAIL_FROM },
  webhooks: { allowHttp: false, ports: config.WEBHOOK_PORTS, exempt: config.WEBHOOK_ALLOWED_HOSTS },
  keepLogMs: config.LOG_KEEP_DAYS * 86_400_000,
  onStage: (stage) => logger.info(stage),
});
onShutdown({
  logger,
  readiness: standalone.readiness,
  graceMs: config.SHUTDOWN_GRACE_MS,
  steps: [{ name: 'standalone', run: () => standalone.stop() }],
});
// For `fineline tenants`, `keys` and `recipients`; the server listens on the loopback interface only.
logger.info({ url: standalone.url, DATABASE_URL: standalone.databaseUrl }, 'running');
