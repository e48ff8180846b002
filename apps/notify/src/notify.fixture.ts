// The stage on a database and a queue of its own, with notices of orders that went through the real tracking.
import type { ParsedEvent } from '#contracts';
import { TOPICS } from '#contracts';
import type { Clock } from '#platform';
import { Metrics, createLogger } from '#platform';
import type { Queues } from '#queue';
import { createQueues } from '#queue';
import type { DataSource, NewRecipient, QueueableNotice } from '#storage';
import {
  EscalationStore,
  NoticeStore,
  RecipientStore,
  TenantStore,
  changeEscalations,
  openDataSource,
  withService,
} from '#storage';
import { RulebookHolder, TrackingService } from '#tracking';
import { NoticeSender } from './notice-sender.js';
import { NoticesProcessor } from './notices.processor.js';
import type { NotifyOptions } from './notify-options.js';

export const TENANT = 'acme';
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const HOUR = 3_600_000;
const LEASE = 120_000;
/** What a test leaves behind; the tests of a file share one database. */
const WRITTEN = [
  'deadline',
  'escalation',
  'recipient',
  'rule_overlay',
  'decision',
  'shipment',
  'evidence',
  'evidence_key',
];

export interface Stage {
  readonly dataSource: DataSource;
  readonly queues: Queues;
  readonly processor: NoticesProcessor;
  addRecipient(recipient: Partial<NewRecipient>): Promise<string>;
  /** Escalates the orders at t-4h; answers the notices written for them. */
  escalate(orderIds: readonly string[]): Promise<QueueableNotice[]>;
  /** Everything that is live, as people do it on the page. */
  snooze(until: number): Promise<void>;
  /** Ends the snoozes that are over, as `escalate` does; answers the notices written for them. */
  endSnoozes(): Promise<QueueableNotice[]>;
  /** Puts due notices into the queue, as `escalate` does all the time. Answers how many. */
  relay(): Promise<number>;
  rows<Row = Record<string, unknown>>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** Stops the workers, empties the tables and lets go of every connection. */
  close(): Promise<void>;
}

// Read once: they are the largest part of opening a stage.
const rulebooks = RulebookHolder.fromFolder('rulebooks', (_tenant, error) => {
  throw error;
});

export async function openStage(
  databaseUrl: string,
  redisUrl: string,
  prefix: string,
  clock: Clock,
  channels: Pick<NotifyOptions, 'email' | 'webhook'> & Partial<NotifyOptions>,
): Promise<Stage> {
  const logger = createLogger('test', 'silent');
  const dataSource = await openDataSource(databaseUrl, { poolSize: 8 });
  const metrics = new Metrics();
  const queues = await createQueues({ kind: 'redis', url: redisUrl, prefix }, { logger, metrics });
  const options: NotifyOptions = {
    dataSource,
    queues,
    rulebooks,
    clock,
    logger,
    metrics,
    random: () => 0.5,
    ...channels,
  };
  const sender = new NoticeSender(options);
  const processor = new NoticesProcessor(options, sender);
  await queues.work('notices', processor.handle, { concurrency: 10 });
  const notices = new NoticeStore();
  await withService(dataSource, (transaction) =>
    new TenantStore().ensure(transaction, { tenantId: TENANT, name: 'Acme' }),
  );
  return {
    dataSource,
    queues,
    processor,
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
    escalate: (orderIds) => escalate(dataSource, new TrackingService(rulebooks), orderIds, clock.now()),
    snooze: (until) =>
      withService(dataSource, async (transaction) => {
        const live = await transaction.rows<{ id: string }>('SELECT escalation_id AS id FROM escalation');
        const ids = live.map(({ id }) => id);
        await changeEscalations(transaction, ids, { action: 'snooze', until }, 'Li', clock.now());
      }),
    endSnoozes: () =>
      withService(dataSource, async (transaction) => {
        const [store, now] = [new EscalationStore(), clock.now()];
        await store.reopen(transaction, now, 1_000);
        const ids = (await store.takeUnqueued(transaction, now, 1_000)).map(({ escalationId }) => escalationId);
        // Due at once: the tests put them into the queue by `relay`.
        return notices.dispatch(transaction, ids, now, now);
      }),
    relay: async () => {
      const now = clock.now();
      const due = await withService(dataSource, (transaction) => notices.takeDue(transaction, now, now + LEASE, 1_000));
      await queues.notices.add(due.map((notice) => jobOf(notice, now)));
      return due.length;
    },
    rows: (sql, parameters = []) => withService(dataSource, (transaction) => transaction.rows(sql, parameters)),
    // Workers first: one that still records an attempt would deadlock with the deletion of what it writes to.
    close: async () => {
      await queues.notices.obliterate();
      await queues.close();
      await sender.close();
      await withService(dataSource, async (transaction) => {
        for (const table of WRITTEN) await transaction.run(`DELETE FROM ${table}`);
      });
      await dataSource.destroy();
    },
  };
}

export function jobOf({ noticeId, recipientId, attempt, expectedMinor, currency }: QueueableNotice, round: number) {
  return {
    id: `n-${noticeId}-${attempt}-${round}`,
    payload: { noticeId, recipientId, attempt },
    expectedMinor,
    currency,
  };
}

async function escalate(
  dataSource: DataSource,
  tracking: TrackingService,
  orderIds: readonly string[],
  now: number,
): Promise<QueueableNotice[]> {
  const store = new EscalationStore();
  return withService(dataSource, async (transaction) => {
    const place = { topic: TOPICS.orders, partition: 0, offset: 0n };
    const tracked = orderIds
      .map((id) => placed(id, now + 3 * HOUR))
      .map((event) => ({ event, payload: Buffer.from('{}'), ...place }));
    await tracking.applyBatch(transaction, tracked, now);
    const due = await store.claimDue(transaction, now, orderIds.length);
    const taken = due.map((each) => ({ ...each, step: 't-4h', late: false, nextStep: null, nextStepAt: null }));
    await store.raise(transaction, taken, now);
    const rows = await transaction.rows<{ id: string }>(
      'SELECT escalation_id AS id FROM escalation WHERE order_id = ANY($1)',
      [orderIds],
    );
    const ids = rows.map(({ id }) => id);
    // Due at once: the tests put them into the queue by `relay`.
    return new NoticeStore().dispatch(transaction, ids, now, now);
  });
}

function placed(orderId: string, shipBy: number): ParsedEvent {
  const placedAt = shipBy - 48 * HOUR;
  return {
    tenantId: TENANT,
    source: '/test',
    id: `placed-${orderId}`,
    type: 'order.placed',
    time: placedAt,
    data: {
      orderId,
      platform: 'own-shop',
      market: 'US',
      sellerId: 's1',
      warehouseId: 'w1',
      clocks: { placedAt },
      platformDeadlines: { shipBy },
      currency: 'USD',
      lines: [{ lineId: '1', quantity: 1, unitPriceMinor: 3_750 }],
    },
  } as unknown as ParsedEvent;
}
