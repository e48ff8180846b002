// The stage on a database and a queue of its own, with orders that went through the real tracking.
import type { ParsedEvent } from '#contracts';
import { TOPICS } from '#contracts';
import type { OrderPatch, RuleOverlay } from '#domain';
import type { Clock } from '#platform';
import { Metrics, createLogger } from '#platform';
import type { QueueServer, Queues } from '#queue';
import { createQueues } from '#queue';
import type { DataSource, NewRecipient } from '#storage';
import { RecipientStore, RulebookStore, TenantStore, openDataSource, withService } from '#storage';
import { RulebookHolder, TrackingService } from '#tracking';
import type { EscalateOptions } from './escalate-options.js';
import { withDefaults } from './escalate-options.js';
import { EscalateService } from './escalate.service.js';

export const TENANT = 'acme';
export const HOUR = 3_600_000;

export interface Stage {
  readonly dataSource: DataSource;
  readonly queues: Queues;
  readonly service: EscalateService;
  readonly metrics: Metrics;
  /** Orders of seller `s1` and warehouse `w1`, to be accepted by `shipBy`, placed two days before. */
  placeOrders(orderIds: readonly string[], shipBy: number): Promise<void>;
  /** The order's parcel has a label. */
  label(orderId: string, at: number): Promise<void>;
  /** The carrier accepts the order's parcel. */
  accept(orderId: string, at: number): Promise<void>;
  /** The carrier takes that back. */
  retract(orderId: string, at: number): Promise<void>;
  /** The order is changed at the clock's instant. */
  amend(orderId: string, changes: OrderPatch): Promise<void>;
  /** The tenant signs a contract about the deadline of its orders. */
  layOver(patch: RuleOverlay['patch']): Promise<void>;
  addRecipient(recipient: Partial<NewRecipient>): Promise<string>;
  rows<Row = Record<string, unknown>>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

// Read once: they are the largest part of opening a stage.
const rulebooks = RulebookHolder.fromFolder('rulebooks', (_tenant, error) => {
  throw error;
});

export async function openStage(
  databaseUrl: string,
  queueServer: QueueServer,
  clock: Clock,
  options: Partial<EscalateOptions> = {},
): Promise<Stage> {
  const logger = createLogger('test', 'fatal');
  const metrics = new Metrics();
  const dataSource = await openDataSource(databaseUrl, { poolSize: 6 });
  const queues = await createQueues(queueServer, { logger, metrics }, { attempts: 3, delayMs: 10 });
  const settings = withDefaults({ dataSource, queues, rulebooks, clock, logger, metrics, ...options });
  const service = new EscalateService(settings);
  const tracking = new TrackingService(rulebooks);
  let offset = 0n;
  const apply = (events: readonly ParsedEvent[]): Promise<unknown> =>
    withService(dataSource, (transaction) => {
      const place = { topic: TOPICS.orders, partition: 0 };
      const payload = (event: ParsedEvent): Buffer => Buffer.from(JSON.stringify(event));
      const tracked = events.map((event) => ({ event, payload: payload(event), ...place, offset: offset++ }));
      return tracking.applyBatch(transaction, tracked, clock.now());
    });
  await withService(dataSource, (transaction) =>
    new TenantStore().ensure(transaction, { tenantId: TENANT, name: 'Acme' }),
  );
  return {
    dataSource,
    queues,
    service,
    metrics,
    placeOrders: async (orderIds, shipBy) => void (await apply(orderIds.map((id) => placed(id, shipBy)))),
    label: async (orderId, at) => void (await apply([labelled(orderId, at)])),
    accept: async (orderId, at) => void (await apply([labelled(orderId, at), accepted(orderId, at)])),
    retract: async (orderId, at) => void (await apply([retracted(orderId, at)])),
    amend: async (orderId, changes) => void (await apply([amended(orderId, changes, clock.now())])),
    layOver: (patch) =>
      withService(dataSource, (transaction) => new RulebookStore().addOverlay(transaction, overlay(patch))),
    addRecipient: (recipient) =>
      withService(dataSource, (transaction) =>
        new RecipientStore().create(transaction, {
          tenantId: TENANT,
          name: 'Operations',
          channel: 'email',
          address: 'ops@acme.test',
          ...recipient,
        }),
      ),
    rows: (sql, parameters = []) => withService(dataSource, (transaction) => transaction.rows(sql, parameters)),
    close: async () => {
      await service.stop();
      await queues.close();
      await dataSource.destroy();
    },
  };
}

function placed(orderId: string, shipBy: number): ParsedEvent {
  const placedAt = shipBy - 48 * HOUR;
  return event('order.placed', `placed-${orderId}`, placedAt, {
    orderId,
    platform: 'own-shop',
    market: 'US',
    sellerId: 's1',
    warehouseId: 'w1',
    clocks: { placedAt },
    platformDeadlines: { shipBy },
    currency: 'USD',
    lines: [{ lineId: '1', quantity: 1, unitPriceMinor: 3_750 }],
  });
}

function amended(orderId: string, changes: OrderPatch, at: number): ParsedEvent {
  return event('order.amended', `amended-${orderId}-${at}`, at, { orderId, changes });
}

function overlay(patch: RuleOverlay['patch']): RuleOverlay {
  const signed = { signedBy: 'Ops', signedAt: '2026-01-01T00:00:00Z', reason: 'contract' };
  return { overlayId: 'own', tenantId: TENANT, ruleId: 'OWN-DEADLINE', patch, ...signed };
}

function labelled(orderId: string, at: number): ParsedEvent {
  const data = { orderId, trackingNumber: `T-${orderId}`, uploadedAt: at - 1_000 };
  return event('parcel.labelled', `labelled-${orderId}`, at - 1_000, data);
}

function accepted(orderId: string, at: number): ParsedEvent {
  const scan = { trackingNumber: `T-${orderId}`, stage: 'accepted', strength: 'direct', occurredAt: at };
  return event('parcel.scanned', `accepted-${orderId}`, at, scan);
}

function retracted(orderId: string, at: number): ParsedEvent {
  const scan = { trackingNumber: `T-${orderId}`, stage: 'unknown', strength: 'none', occurredAt: at };
  return event('parcel.scanned', `retracted-${orderId}`, at, { ...scan, retracts: `accepted-${orderId}` });
}

function event(type: ParsedEvent['type'], id: string, time: number, data: object): ParsedEvent {
  return { tenantId: TENANT, source: '/test', id, type, time, data } as unknown as ParsedEvent;
}
