// A running API on a database of its own, for tests: keys of every role, a clock that stands, events through the real tracking.
import type { AddressInfo } from 'node:net';
import type { ParsedEvent } from '#contracts';
import { TOPICS, cloudEventType, topicOf } from '#contracts';
import { EVENT_LOG_DDL, PostgresEventLog } from '#log';
import { Metrics, Readiness, createLogger } from '#platform';
import type { DataSource, Identity } from '#storage';
import { ApiKeyStore, EscalationStore, TenantStore, openDataSource, withService } from '#storage';
import type { ManualClock, TestDatabase } from '#testing';
import { createTestDatabase, manualClock } from '#testing';
import { RulebookHolder, TrackingService } from '#tracking';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApiApp } from './api-app.js';
import type { ApiOptions } from './api-options.js';

export const NOW = '2026-03-03T15:00:00Z';
const HOUR_MS = 3_600_000;
const logger = createLogger('api-test', 'silent');

export interface Reply<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export class RunningApi {
  private nextOffset = 0n;
  private nextEvent = 0;

  private constructor(
    readonly app: NestExpressApplication,
    readonly dataSource: DataSource,
    readonly clock: ManualClock,
    readonly log: PostgresEventLog,
    private readonly database: TestDatabase,
    private readonly tracking: TrackingService,
  ) {}

  static async start(settings: Partial<ApiOptions> = {}): Promise<RunningApi> {
    const database = await createTestDatabase();
    const dataSource = await openDataSource(database.url, { poolSize: 8 });
    await dataSource.query(EVENT_LOG_DDL);
    const log = new PostgresEventLog({ database: database.url, logger });
    await log.ensureTopics([TOPICS.orders, TOPICS.scans].map((name) => ({ name, partitions: 2 })));
    const clock = manualClock(NOW);
    const rulebooks = RulebookHolder.fromFolder('rulebooks', (_, error) => {
      throw error;
    });
    const app = await createApiApp({
      ...{ dataSource, log, rulebooks, clock, logger },
      readiness: new Readiness(),
      metrics: new Metrics(),
      sessionSecret: 'a secret for tests of at least thirty-two characters',
      secureCookies: false,
      requestsPerMinute: 0,
      streamsPerTenant: 3,
      changePollMs: 50,
      maxAheadMs: 24 * HOUR_MS,
      ...settings,
    });
    await app.listen(0, '127.0.0.1');
    return new RunningApi(app, dataSource, clock, log, database, new TrackingService(rulebooks));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.app.getHttpServer().address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.log.close();
    await this.dataSource.destroy();
    await this.database.drop();
  }

  /** A key of a tenant, which is made when it is new. */
  key(identity: Identity, scopes?: readonly string[]): Promise<string> {
    const { tenantId } = identity;
    return withService(this.dataSource, async (transaction) => {
      await new TenantStore().ensure(transaction, { tenantId, name: `${tenantId} Inc.`, timeZone: 'America/New_York' });
      return new ApiKeyStore().create(transaction, { ...identity, scopes }, 'test');
    });
  }

  /** Applies events as `track` would, at the clock's time. */
  async happen(tenantId: string, ...facts: readonly Fact[]): Promise<void> {
    for (const fact of facts) {
      const event = this.event(tenantId, fact);
      const { id, type, data } = event;
      const payload = Buffer.from(JSON.stringify({ id, type: cloudEventType(type), data }));
      const read = { event, payload, topic: topicOf(type), partition: 0, offset: this.nextOffset++ };
      await withService(this.dataSource, (transaction) =>
        this.tracking.applyBatch(transaction, [read], this.clock.now()),
      );
    }
  }

  /** Raises every step that is due at the clock's time. Answers how many. */
  raiseDue(): Promise<number> {
    const store = new EscalationStore();
    const now = this.clock.now();
    return withService(this.dataSource, async (transaction) => {
      const due = await store.claimDue(transaction, now, 1_000);
      const steps = due.map((deadline) => ({ ...deadline, step: stepAt(deadline.dueAt, now), late: false }));
      await store.raise(
        transaction,
        steps.map((step) => ({ ...step, nextStep: null, nextStepAt: null })),
        now,
      );
      return due.length;
    });
  }

  get<Body>(path: string, key: string): Promise<Reply<Body>> {
    return this.call<Body>(path, { headers: { Authorization: `Bearer ${key}` } });
  }

  post<Body>(path: string, key: string, body: unknown): Promise<Reply<Body>> {
    const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
    return this.call<Body>(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async call<Body>(path: string, init: RequestInit): Promise<Reply<Body>> {
    const response = await fetch(this.url + path, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : undefined) as Body };
  }

  private event(tenantId: string, [type, data, time]: Fact): ParsedEvent {
    const id = `e-${this.nextEvent++}`;
    return { tenantId, source: '/test', id, type, time, receivedAt: time + 60_000, data } as ParsedEvent;
  }
}

export type Fact = readonly [type: ParsedEvent['type'], data: object, time: number];

function stepAt(dueAt: number, now: number): string {
  const hours = (dueAt - now) / HOUR_MS;
  if (hours <= 0) return 'breach';
  return hours <= 4 ? 't-4h' : hours <= 12 ? 't-12h' : 't-24h';
}

interface OrderOf {
  readonly platform?: string;
  readonly sellerId?: string;
  readonly warehouseId?: string;
  readonly unitPriceMinor?: number;
}

/** An order of one line placed at `at`; Temu US from a warehouse in New Jersey unless said otherwise. */
export function placed(orderId: string, at: number, order: OrderOf = {}): Fact {
  const { platform = 'temu', sellerId = 'seller-1', warehouseId = 'NJ-1', unitPriceMinor = 3_750 } = order;
  const data = {
    ...{ orderId, platform, market: 'US', sellerId, shopId: sellerId, warehouseId, currency: 'USD' },
    program: platform === 'temu' ? 'semi-managed' : undefined,
    clocks: { placedAt: at, paidAt: at, confirmedAt: at, releasedAt: at },
    shipFrom: { country: 'US', region: 'NJ', city: 'Edison', timeZone: 'America/New_York' },
    shipTo: { country: 'US', region: 'TX', city: 'Dallas', timeZone: 'America/Chicago' },
    lines: [{ lineId: '1', sku: 'MUG', quantity: 1, unitPriceMinor }],
  };
  return ['order.placed', data, at];
}

export function labelled(orderId: string, trackingNumber: string, at: number): Fact {
  return ['parcel.labelled', { orderId, trackingNumber, carrier: 'ups', uploadedAt: at, labelCreatedAt: at }, at];
}

export function scanned(trackingNumber: string, at: number, stage = 'accepted'): Fact {
  const data = {
    trackingNumber,
    stage,
    strength: 'direct',
    occurredAt: at,
    timeZone: 'America/New_York',
    rawText: 'Picked up',
  };
  return ['parcel.scanned', data, at];
}
