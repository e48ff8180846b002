// A running intake on real servers, for tests: its own database, its own topics, keys of every role.
import type { ClientRequest } from 'node:http';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mediaType } from '#contracts';
import type { EventLog, LogRecord } from '#log';
import { EVENT_LOG_DDL, PostgresEventLog } from '#log';
import { KafkaEventLog } from '#log/kafka';
import type { Clock, TrustProxy } from '#platform';
import { Metrics, createLogger } from '#platform';
import {
  ApiKeyStore,
  CarrierEndpointStore,
  QuarantineStore,
  TenantStore,
  asPerson,
  openDataSource,
  withService,
} from '#storage';
import type { DataSource, QuarantineDetail, QuarantineEntry } from '#storage';
import { createTestDatabase, eventually, localServices, uniqueName } from '#testing';
import { createIntakeApp } from './intake-app.js';
import type { IntakeSettings } from './intake.config.js';
import { intakeSettings } from './intake.config.js';

export type Log = 'kafka' | 'postgres';
export type Headers = readonly (readonly [string, string])[];

export interface Reply {
  readonly status: number;
  /** Without parameters. */
  readonly contentType: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Record<string, unknown>;
}

export interface Stored {
  readonly topic: string;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly event: Record<string, unknown>;
}

export interface Surroundings {
  readonly maxWaitingBytes?: number;
  readonly clock?: Clock;
  readonly requestTimeoutMs?: number;
  readonly trustProxy?: TrustProxy;
}

const logger = createLogger('intake-test', 'silent');
const OPS = { tenantId: 'acme', role: 'ops', name: 'test' } as const;

export class RunningIntake {
  /** While set, the log fails with it. */
  failure: Error | undefined;
  /** Set where only intake itself is looked at: the log takes everything at once and keeps nothing. */
  isLogInstant = false;
  appends = 0;

  private constructor(
    readonly port: number,
    readonly dataSource: DataSource,
    private readonly log: EventLog,
    private readonly prefix: string,
    private readonly stop: () => Promise<void>,
  ) {}

  static async start(
    kind: Log,
    settings: Partial<IntakeSettings> = {},
    { maxWaitingBytes, ...surroundings }: Surroundings = {},
  ): Promise<RunningIntake> {
    const database = await createTestDatabase();
    const dataSource = await openDataSource(database.url, { poolSize: 4 });
    await dataSource.query(EVENT_LOG_DDL);
    const log = openLog(kind, database.url, maxWaitingBytes);
    const prefix = `${uniqueName('intake')}.`;
    const topics = ['fineline.orders.v1', 'fineline.scans.v1'];
    await log.ensureTopics(topics.map((name) => ({ name: prefix + name, partitions: 2 })));
    const self: { running?: RunningIntake } = {};
    const facade = {
      append: (topic: string, records: LogRecord[]) => self.running!.append(topic, records),
      isReady: () => log.isReady(),
    };
    const app = await createIntakeApp({
      dataSource,
      log: facade as EventLog,
      logger,
      metrics: new Metrics(),
      settings: { ...intakeSettings(), ...settings },
      ...surroundings,
    });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    self.running = new RunningIntake(port, dataSource, log, prefix, async () => {
      await app.close();
      await log.close();
      await dataSource.destroy();
      await database.drop();
    });
    for (const tenantId of ['acme', 'quiet'])
      await self.running.service((tx) => new TenantStore().ensure(tx, { tenantId, name: tenantId }));
    return self.running;
  }

  private async append(topic: string, records: LogRecord[]): Promise<void> {
    if (this.failure) throw this.failure;
    this.appends += 1;
    if (this.isLogInstant) return;
    await this.log.append(this.prefix + topic, records);
  }

  service<Result>(work: Parameters<typeof withService<Result>>[1]): Promise<Result> {
    return withService(this.dataSource, work);
  }

  key(role: 'ops' | 'seller' | 'warehouse', more: object = {}): Promise<string> {
    const scope = {
      ...(role === 'seller' && { sellerId: 's-1' }),
      ...(role === 'warehouse' && { warehouseId: 'nj-1' }),
    };
    return this.service((tx) =>
      new ApiKeyStore().create(tx, { tenantId: 'acme', name: role, role, ...scope, ...more }),
    );
  }

  endpoint(secret: string): Promise<string> {
    return this.service((tx) =>
      new CarrierEndpointStore().create(tx, { tenantId: 'acme', carrier: 'easypost', secret }),
    );
  }

  /** Newest first. */
  quarantined(): Promise<QuarantineEntry[]> {
    return asPerson(this.dataSource, OPS, (tx) => new QuarantineStore().list(tx, { limit: 1_000 }));
  }

  quarantineDetail(quarantineId: string): Promise<QuarantineDetail | undefined> {
    return asPerson(this.dataSource, OPS, (tx) => new QuarantineStore().get(tx, quarantineId));
  }

  /** Sends bytes exactly as given: header names may repeat. */
  post(path: string, headers: Headers, body: string | Buffer = ''): Promise<Reply> {
    const bytes = Buffer.from(body);
    const raw = [...headers, ['Host', 'intake'] as const, ['Content-Length', String(bytes.length)] as const].flat();
    return new Promise((resolve, reject) => {
      const call = httpRequest(
        { host: '127.0.0.1', port: this.port, path, method: 'POST', headers: raw as never },
        (response) => {
          let text = '';
          response.on('data', (piece) => (text += String(piece)));
          response.on('end', () => {
            const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text };
            resolve({
              status: response.statusCode ?? 0,
              contentType: mediaType(response.headers['content-type'] ?? '').essence,
              headers: response.headers,
              body: json,
            });
          });
        },
      );
      call.on('error', reject);
      call.end(bytes);
    });
  }

  /** Begins a request and sends nothing of its body of `bytes`. */
  begin(path: string, headers: Headers, bytes: number): ClientRequest {
    const raw = [...headers, ['Host', 'intake'] as const, ['Content-Length', String(bytes)] as const].flat();
    const call = httpRequest({ host: '127.0.0.1', port: this.port, path, method: 'POST', headers: raw as never });
    call.on('error', () => undefined);
    call.flushHeaders();
    return call;
  }

  /** Everything in the log, once it holds at least `count` records. */
  async stored(count: number): Promise<Stored[]> {
    const found: Stored[] = [];
    const consumer = this.log.consumer({
      group: uniqueName('reader'),
      topics: ['fineline.orders.v1', 'fineline.scans.v1'].map((topic) => this.prefix + topic),
      offsets: {
        claim: async (_group, _topic, ends) =>
          [...ends.keys()].map((partition) => ({ partition, nextOffset: 0n, epoch: 1n })),
      },
      handle: async ({ topic, records }) => {
        for (const { key, headers, value } of records) {
          const event = JSON.parse(String(value)) as Record<string, unknown>;
          found.push({ topic: topic.slice(this.prefix.length), key, headers, event });
        }
      },
    });
    await consumer.start();
    await eventually(() => found.length >= count);
    await consumer.stop();
    return found;
  }

  close(): Promise<void> {
    return this.stop();
  }
}

function openLog(kind: Log, url: string, maxWaitingBytes: number | undefined): EventLog {
  if (kind === 'postgres') return new PostgresEventLog({ database: url, logger, maxWaitingBytes });
  return new KafkaEventLog({ brokers: localServices().kafkaBrokers, clientId: 'intake-test', logger, maxWaitingBytes });
}
