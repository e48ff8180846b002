// The worker on real PostgreSQL and on both queue servers, over evidence that went through the real tracking.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventName, ParsedEvent } from '#contracts';
import { TOPICS, cloudEventType, parseCloudEvent } from '#contracts';
import { Metrics, createLogger } from '#platform';
import type { QueueServer, Queues } from '#queue';
import { createQueues } from '#queue';
import type { BacktestDraft, BacktestRow, DataSource, StoredReport } from '#storage';
import { BacktestStore, openDataSource, withService } from '#storage';
import type { TestDatabase } from '#testing';
import { createTestDatabase, eventually, fixedClock, localServices, uniqueName } from '#testing';
import { RulebookHolder, TrackingService } from '#tracking';
import { withBacktestDefaults } from './backtest-options.js';
import { BacktestService } from './backtest.service.js';

const TENANT = 'acme';
const AS_OF = Date.parse('2026-03-20T00:00:00Z');
const TEMU = readFileSync('rulebooks/temu-us.yaml', 'utf8');
/** More than any test takes. */
const SILENT_MS = 3_600_000;
/** 73 hours to the first scan instead of 48. */
const LONGER = TEMU.replace('unit: hours, amount: 48', 'unit: hours, amount: 73');
const rulebooks = RulebookHolder.fromFolder('rulebooks', (_, error) => {
  throw error;
});

function wire(type: EventName, id: string, time: string, data: object): object {
  const head = { specversion: '1.0', id, source: '/test', type: cloudEventType(type), tenantid: TENANT };
  return { ...head, time, datacontenttype: 'application/json', data };
}

/** Labelled on 2 March 17:00, accepted 60 hours later: too late for 48 hours, in time for 73. */
function lateOrder(orderId: string): object[] {
  const at = { placed: '2026-03-02T16:00:00Z', labelled: '2026-03-02T17:00:00Z', accepted: '2026-03-05T05:00:00Z' };
  const place = { country: 'US', region: 'NJ', timeZone: 'America/New_York' };
  const trackingNumber = `PKG${orderId}`;
  const order = {
    ...{ orderId, platform: 'temu', market: 'US', program: 'semi-managed', sellerId: 's1', currency: 'USD' },
    clocks: { placedAt: at.placed, paidAt: at.placed, confirmedAt: at.placed, releasedAt: at.placed },
    ...{ shipFrom: place, shipTo: place, lines: [{ lineId: '1', quantity: 1, unitPriceMinor: 3_750 }] },
  };
  const scan = { trackingNumber, stage: 'accepted', strength: 'direct', occurredAt: at.accepted };
  return [
    wire('order.placed', `p-${orderId}`, at.placed, order),
    wire('parcel.labelled', `l-${orderId}`, at.labelled, { orderId, trackingNumber, uploadedAt: at.labelled }),
    wire('parcel.scanned', `s-${orderId}`, at.accepted, scan),
  ];
}

describe.each(['redis', 'postgres'] as const)('backtests on %s', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let queues: Queues;
  let service: BacktestService;
  let metrics: Metrics;
  const store = new BacktestStore();
  const tracking = new TrackingService(rulebooks);

  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource(database.url, { poolSize: 6 });
    const server: QueueServer =
      kind === 'redis'
        ? { kind, url: localServices().redisUrl, prefix: uniqueName('backtest') }
        : { kind, url: database.url, schema: uniqueName('backtest') };
    const logger = createLogger('test', 'silent');
    metrics = new Metrics();
    queues = await createQueues(server, { logger, metrics }, { attempts: 3, delayMs: 10 });
    const clock = fixedClock('2026-03-20T00:00:00Z');
    const options = { dataSource, queues, rulebooks, clock, logger, metrics, backtestPageSize: 4, backtestSweepMs: 20 };
    service = new BacktestService(withBacktestDefaults({ ...options, backtestSilentMs: SILENT_MS }));
  });
  afterEach(async () => {
    await service.stop();
    await queues.backtests.obliterate().catch(() => undefined);
    await queues.close();
    await dataSource.destroy();
    await database.drop();
  });

  async function happen(events: readonly object[]): Promise<void> {
    const read = events.map((event, index) => {
      const result = parseCloudEvent(event);
      if (!result.ok) throw new Error(JSON.stringify(result.faults));
      const place = { topic: TOPICS.orders, partition: 0, offset: BigInt(index) };
      return { event: result.event as ParsedEvent, payload: Buffer.from(JSON.stringify(event)), ...place };
    });
    await withService(dataSource, (tx) => tracking.applyBatch(tx, read, AS_OF));
  }
  async function ask(draft: BacktestDraft, more: { from?: number; until?: number } = {}): Promise<string> {
    const backtestId = uniqueName('backtest');
    const asked = { backtestId, tenantId: TENANT, draft, asOf: AS_OF, requestedBy: 'Ops', ...more };
    await withService(dataSource, (tx) => store.create(tx, asked));
    return backtestId;
  }
  const find = async (id: string): Promise<BacktestRow & { readonly report: StoredReport | null }> =>
    (await withService(dataSource, (tx) => store.find(tx, id)))!;
  const ended = (id: string, status: string): Promise<unknown> =>
    eventually(async () => expect(await find(id)).toMatchObject({ status }));
  /** What is committed is counted a moment later. */
  const countedOnce = (): Promise<void> =>
    eventually(async () =>
      expect(await metrics.registry.metrics()).toContain('fineline_escalate_backtests_total{outcome="done"} 1'),
    );
  const live = async (): Promise<unknown> => ({
    deadlines: await dataSource.query(`SELECT * FROM deadline ORDER BY order_id, rule_id, parcel_id`),
    shipments: await dataSource.query(`SELECT * FROM shipment ORDER BY order_id`),
    decisions: await dataSource.query(`SELECT count(*) FROM decision`),
    tasks: await dataSource.query(`SELECT count(*) FROM recompute_task`),
  });

  it('says which verdicts and fines a draft changes, and touches no live row', async () => {
    await happen([...lateOrder('A1'), ...lateOrder('A2'), ...lateOrder('A3')]);
    const before = await live();
    const id = await ask({ rulebook: LONGER });
    await service.start();
    await ended(id, 'done');
    const { report, progress, failure } = await find(id);
    expect({ progress, failure }).toEqual({ progress: 100, failure: null });
    expect(report).toMatchObject({ events: 9, unreadable: 0 });
    expect(report!.groups).toMatchObject([
      {
        ...{ ruleId: 'TEMU-US-4', sellerId: 's1', week: '2026-03-02', currency: 'USD', deadlines: 3, changed: 3 },
        verdicts: { 'missed -> met': 3 },
        missedBeforeMinor: 5_625,
        missedAfterMinor: 0,
      },
    ]);
    expect(report!.totals).toEqual([{ currency: 'USD', changed: 3, missedBeforeMinor: 5_625, missedAfterMinor: 0 }]);
    expect(await live()).toEqual(before);
    await countedOnce();
  });

  it('agrees with what live tracking says of the same orders', async () => {
    await happen(lateOrder('A1'));
    const id = await ask({ rulebook: LONGER });
    await service.start();
    await ended(id, 'done');
    const missed = await dataSource.query(
      `SELECT sum(amount_minor)::int AS minor FROM deadline WHERE rule_id = 'TEMU-US-4' AND status = 'missed'`,
    );
    expect(missed).toEqual([{ minor: (await find(id)).report!.totals[0]!.missedBeforeMinor }]);
  });

  it('finds nothing in a time without clock starts, and changes nothing with the published text', async () => {
    await happen(lateOrder('A1'));
    const [outside, same] = [
      await ask({ rulebook: LONGER }, { from: Date.parse('2026-03-09T00:00:00Z') }),
      await ask({ rulebook: TEMU }),
    ];
    await service.start();
    for (const id of [outside, same]) {
      await ended(id, 'done');
      expect((await find(id)).report).toMatchObject({ groups: [], totals: [] });
    }
  });

  it('tries out an overlay', async () => {
    await happen(lateOrder('A1'));
    const terms = { overlayId: 'x', tenantId: TENANT, ruleId: 'TEMU-US-4', reason: 'contract', signedBy: 'Ops' };
    const patch = { penalty: { amount: { fixed: '1.00' } } };
    const id = await ask({ overlay: { ...terms, patch, signedAt: '2026-03-01T00:00:00Z' } });
    await service.start();
    await ended(id, 'done');
    expect((await find(id)).report!.totals).toEqual([
      { currency: 'USD', changed: 1, missedBeforeMinor: 1_875, missedAfterMinor: 100 },
    ]);
  });

  it('is queued again when the queue lost it or its worker died, and ends once', async () => {
    await happen(lateOrder('A1'));
    const id = await ask({ rulebook: LONGER });
    expect(await service.sweep()).toBe(1);
    expect(await service.sweep()).toBe(0);
    const silent = (): Promise<unknown> =>
      dataSource.query(`UPDATE backtest SET touched_at = touched_at - $1 * interval '1 ms'`, [SILENT_MS]);
    await queues.backtests.obliterate();
    await silent();
    expect(await service.sweep()).toBe(1);
    const dead = (await withService(dataSource, (tx) => store.claim(tx, id, TENANT)))!;
    await service.start();
    await silent();
    await ended(id, 'done');
    expect(await withService(dataSource, (tx) => store.progress(tx, dead, 50))).toBe(false);
    await service.processor.handle({ backtestId: id, tenantId: TENANT }, { jobId: 'again', attempt: 1 });
    expect(await find(id)).toMatchObject({ status: 'done', progress: 100 });
    await countedOnce();
  });

  it('fails with its reason when the draft no longer fits, without trying again', async () => {
    const id = await ask({ rulebook: LONGER.replace('marketZone: ', 'marketZone: Moon/') });
    await service.start();
    await ended(id, 'failed');
    expect((await find(id)).failure).toContain('unknown time zone');
    expect((await queues.backtests.counts()).failed).toBe(0);
  });

  it('leaves out what can no longer be read and says how much', async () => {
    await happen(lateOrder('A1'));
    await dataSource.query(`UPDATE evidence SET payload = '{"specversion":"0.3"}' WHERE event_id = 's-A1'`);
    const id = await ask({ rulebook: LONGER });
    await service.start();
    await ended(id, 'done');
    expect((await find(id)).report).toMatchObject({ events: 2, unreadable: 1 });
  });
});
