// A stage of ours behind HTTP in a process of its own: `kind` says which. Tells its parent the port and the keys, runs until told
// to stop; reports its CPU and memory when asked.
import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { TOPIC_SPECS } from '#contracts';
import { prefixedEventLog } from '#log';
import { KafkaEventLog } from '#log/kafka';
import { Metrics, Readiness, createLogger, systemClock } from '#platform';
import type { DataSource } from '#storage';
import { ApiKeyStore, TenantStore, openDataSource, withService } from '#storage';
import { RulebookHolder } from '#tracking';
import { createApiApp } from '../../apps/api/src/api-app.js';
import { createIntakeApp } from '../../apps/intake/src/intake-app.js';
import type { IntakeSettings } from '../../apps/intake/src/intake.config.js';
import { intakeSettings } from '../../apps/intake/src/intake.config.js';
import type { Figures } from './rounds.js';

interface ServerTask {
  readonly kind: 'intake' | 'api';
  readonly databaseUrl: string;
  readonly brokers: string;
  /** One key each; ops of the tenant unless a seller is named. */
  readonly people: readonly { readonly tenantId: string; readonly sellerId?: string }[];
  /** Before the names of topics. */
  readonly prefix?: string;
  readonly limits?: Partial<Pick<IntakeSettings, 'eventsPerSecond' | 'burstEvents'>>;
}

const task = JSON.parse(process.argv[2]!) as ServerTask;
const logger = createLogger('bench', 'error');
const dataSource = await openDataSource(task.databaseUrl, { poolSize: 8 });
const kafka = new KafkaEventLog({ brokers: task.brokers.split(','), clientId: 'bench', logger });
const log = prefixedEventLog(kafka, task.prefix ?? '');
await log.ensureTopics(TOPIC_SPECS);
const app = await (task.kind === 'intake' ? intake() : api());
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address() as AddressInfo;
const keys: string[] = [];
for (const person of task.people) keys.push(await newKey(dataSource, person));
process.send!({ port, keys });
process.on('message', (what) => void (what === 'stop' ? stop() : process.send!(usage())));

function intake(): Promise<NestExpressApplication> {
  // Unless the task says so, the limit of a tenant is not what is measured.
  const settings = { ...intakeSettings(), eventsPerSecond: 1e9, burstEvents: 1e9, ...task.limits };
  return createIntakeApp({ dataSource, log, logger, settings });
}

function api(): Promise<NestExpressApplication> {
  const rulebooks = RulebookHolder.fromFolder('rulebooks', (_tenant, error) => {
    throw error;
  });
  return createApiApp({
    ...{ dataSource, log, rulebooks, clock: systemClock, logger },
    ...{ readiness: new Readiness(), metrics: new Metrics() },
    sessionSecret: 'a secret for the bench of at least thirty-two characters',
    secureCookies: false,
    requestsPerMinute: 0,
    streamsPerTenant: 10,
    changePollMs: 1_000,
    maxAheadMs: intakeSettings().maxAheadMs,
  });
}

function newKey(source: DataSource, { tenantId, sellerId }: ServerTask['people'][number]): Promise<string> {
  return withService(source, async (transaction) => {
    await new TenantStore().ensure(transaction, { tenantId, name: tenantId });
    const role = sellerId ? 'seller' : 'ops';
    return new ApiKeyStore().create(transaction, { tenantId, sellerId, name: 'bench', role });
  });
}

async function stop(): Promise<void> {
  await app.close();
  await log.close();
  await dataSource.destroy();
  process.send!(usage(), () => process.exit(0));
}

function usage(): Figures {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakRssMb: Math.round(maxRSS / 1024) };
}
