import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ParsedEvent } from '#contracts';
import { TOPICS, topicOf } from '#contracts';
import { ClosingStore, RecomputeStore, withService } from '#storage';
import { eventually } from '#testing';
import {
  MUCH_LATER,
  SCAN_RULE,
  SHIP_RULE,
  TENANT,
  TrackingBench,
  at,
  event,
  labelled,
  placed,
  rulebookDocument,
  scanned,
  tracked,
  untilDone,
  version,
} from './fixture.js';
import { closingPolicy } from './order-closer.js';
import { RecomputeService } from './recompute-service.js';

const AS_OF = at('2026-03-10T00:00:00Z');
const hour = (n: number): number => at('2026-03-02T15:00:00Z') + n * 3_600_000;
const TABLES =
  'evidence, evidence_key, shipment, parcel, parcel_link, deadline, decision, levied_fine, recompute_task, escalation, unjudged_order';

/** Everything stored of every order, wherever it lies, without what depends on when and how often it was written. */
const EVERYTHING = `
SELECT json_build_object(
  'deadlines', (SELECT json_agg(to_jsonb(d) - 'ladder_since' - 'updated_at' ORDER BY order_id, rule_id, parcel_id) FROM (
    SELECT * FROM deadline UNION ALL
    SELECT d.* FROM closed_order, json_populate_recordset(NULL::deadline, body -> 'deadlines') d) d),
  'orders', (SELECT json_agg(to_jsonb(s) - 'generation' - 'updated_at' ORDER BY order_id) FROM (
    SELECT * FROM shipment UNION ALL
    SELECT s.* FROM closed_order, json_populate_record(NULL::shipment, body -> 'shipment') s) s),
  'parcels', (SELECT json_agg(to_jsonb(p) - 'generation' - 'updated_at' ORDER BY tracking_number) FROM (
    SELECT * FROM parcel UNION ALL
    SELECT * FROM (SELECT DISTINCT ON (p.tracking_number) p.*
      FROM closed_order, json_populate_recordset(NULL::parcel, body -> 'parcels') p ORDER BY p.tracking_number) p) p),
  'links', (SELECT json_agg(l ORDER BY tracking_number, order_id) FROM (
    SELECT * FROM parcel_link UNION ALL SELECT * FROM closed_link) l)) AS "all"`;

/** Orders that share parcels, a relabel, a retraction, late scans, a cancellation and a fine. */
function story(): ParsedEvent[] {
  return [
    placed('a'),
    placed('b', { sellerId: 'seller-2', lines: [{ lineId: '1', quantity: 1, unitPriceMinor: 900 }] }),
    placed('c', { warehouseId: 'ca' }),
    placed('d'),
    event('order.amended', { orderId: 'a', changes: { warehouseId: 'ca' } }, { id: 'am1', time: hour(2) }),
    labelled('a', 'PKGA0001', hour(4)),
    labelled('a', 'PKGA0002', hour(5)),
    labelled('b', 'PKGB0001', hour(4)),
    labelled('b', 'PKGA0001', hour(6)),
    event('parcel.relabelled', { orderId: 'c', trackingNumber: 'PKGC0002', replaces: 'PKGC0001', uploadedAt: hour(9) }),
    labelled('c', 'PKGC0001', hour(8)),
    event('order.cancelled', { orderId: 'd', cancelledAt: hour(60), by: 'seller' }),
    event('fine.levied', {
      orderId: 'b',
      platform: 'temu',
      chargeId: 'c1',
      amountMinor: 500,
      currency: 'USD',
      leviedAt: AS_OF,
    }),
    scanned('PKGA0001', hour(20)),
    scanned('PKGA0002', hour(27), { stage: 'in-transit', strength: 'implied' }),
    scanned('PKGB0001', hour(26), {}, 'wrong'),
    scanned('PKGB0001', hour(28), { stage: 'unknown', strength: 'none', retracts: 'wrong' }),
    scanned('PKGC0002', hour(40)),
  ];
}

describe('closed orders', () => {
  let bench: TrackingBench;
  beforeAll(async () => {
    bench = await TrackingBench.open();
  });
  afterAll(() => bench.close());
  beforeEach(() => empty(bench));

  it('come back before anything is folded: closing at any point, any order and repetition, judged late or not, end in the same rows', async () => {
    const events = story();
    await bench.apply(events, AS_OF);
    const expected = await everything(bench);
    const arrival = fc.record({
      events: fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
      size: fc.integer({ min: 1, max: 8 }),
      closings: fc.array(fc.boolean(), { minLength: events.length * 2, maxLength: events.length * 2 }),
      late: fc.array(fc.boolean(), { minLength: events.length * 2, maxLength: events.length * 2 }),
    });
    let closed = 0;
    await fc.assert(
      fc.asyncProperty(arrival, async ({ events: arrived, size, closings, late }) => {
        await empty(bench);
        for (let from = 0; from < arrived.length; from += size) {
          await bench.apply(arrived.slice(from, from + size), AS_OF, { judgeLater: late[from] });
          if (closings[from]) closed += await bench.closeOrders();
        }
        await bench.judgeLate(AS_OF);
        expect(await everything(bench)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
    expect(closed).toBeGreaterThan(50);
  }, 600_000);

  it('end in the same rows with two owners and somebody who closes at the same time', async () => {
    const events = [...story(), ...story().map(again)];
    await bench.apply(events, AS_OF);
    const expected = await everything(bench);
    const arrived = [TOPICS.orders, TOPICS.scans].map((topic) => events.filter(({ type }) => topicOf(type) === topic));
    let closed = 0;
    for (let run = 0; run < 15; run++) {
      await empty(bench);
      const judgeLater = run % 3 > 0;
      let owners = arrived.length;
      const applied = arrived.map(async (own, which) => {
        const turned = run % 2 === which ? [...own].reverse() : own;
        for (const each of turned) await untilDone(() => bench.apply([each], AS_OF, { judgeLater }));
        owners -= 1;
      });
      const closing = (async () => {
        while (owners > 0) await untilDone(async () => (closed += await bench.closeOrders()));
      })();
      const judging = (async () => {
        while (owners > 0) await untilDone(() => bench.judgeLate(AS_OF));
      })();
      await Promise.all([...applied, closing, judging]);
      await bench.judgeLate(AS_OF);
      expect(await everything(bench)).toEqual(expected);
    }
    expect(closed).toBeGreaterThan(50);
  }, 600_000);

  it('leave no row among the open ones, and take every order that uses their numbers along, there and back', async () => {
    const events = story();
    await bench.apply(events, AS_OF);
    const before = await everything(bench);
    expect(await bench.closeOrders()).toBe(4);
    expect(await openRows(bench)).toBe(0);
    expect(await everything(bench)).toEqual(before);
    const [outcome] = await bench.apply([scanned('PKGB0001', hour(50))], AS_OF);
    expect(outcome).toMatchObject({ broughtBack: 2, evaluatedOrders: 1 });
    expect(await bench.query('SELECT order_id FROM shipment ORDER BY 1')).toEqual([
      { order_id: 'a' },
      { order_id: 'b' },
    ]);
  });

  it('come back as they were closed before deadlines kept since when their ladder runs', async () => {
    await bench.apply([placed('a'), labelled('a', 'PKGA0001', hour(4)), scanned('PKGA0001', hour(20))], AS_OF);
    const before = await bench.deadlines();
    expect(await bench.closeOrders()).toBe(1);
    await bench.query(`UPDATE closed_order SET body = replace(body::text, '"ladder_since"', '"first_seen_at"')::json`);
    const [outcome] = await bench.apply([scanned('PKGA0001', hour(30), { stage: 'in-transit' })], AS_OF);
    expect(outcome).toMatchObject({ broughtBack: 1 });
    expect(await bench.deadlines()).toEqual(before);
  });

  it('are not looked for by events that were applied before', async () => {
    const events = [placed('a'), labelled('a', 'PKGA0001', hour(4))];
    await bench.apply(events, AS_OF);
    await bench.closeOrders();
    const [again] = await bench.apply(events, AS_OF);
    expect(again).toMatchObject({ repeated: 2, broughtBack: 0 });
    expect(await openRows(bench)).toBe(0);
  });

  it.each([
    ['a deadline is open', `UPDATE deadline SET status = 'open' WHERE order_id = 'a'`],
    ['a step is to come', `UPDATE deadline SET next_step = 's', next_step_at = now() WHERE order_id = 'a'`],
    ['an amount still grows', `UPDATE deadline SET next_change_at = now() WHERE order_id = 'a'`],
    ['a deadline was due too lately', `UPDATE deadline SET due_at = '2100-01-01' WHERE order_id = 'a'`],
    ['it was changed too lately', `UPDATE shipment SET updated_at = '2100-01-01' WHERE order_id = 'a'`],
    [
      'its parcel was scanned too lately',
      `UPDATE parcel SET last_scan_at = '2100-01-01' WHERE tracking_number = 'PKGA0002'`,
    ],
    [
      'somebody has yet to act',
      `INSERT INTO escalation (tenant_id, order_id, rule_id, due_at, step, platform, amount_minor, expected_minor, currency, raised_at)
       VALUES ('${TENANT}', 'a', 'SHIP', now(), 'breach', 'temu', 1, 1, 'USD', now())`,
    ],
  ])('stay, with those that share their parcels, while %s', async (_, change) => {
    await bench.apply(story(), AS_OF);
    await bench.query(change);
    expect(await bench.closeOrders()).toBe(2);
    expect(await bench.query('SELECT order_id FROM shipment ORDER BY 1')).toEqual([
      { order_id: 'a' },
      { order_id: 'b' },
    ]);
  });

  it('note no change of exposure and no overtaken escalation when they leave and when they return', async () => {
    await bench.apply(story(), AS_OF);
    await bench.query('UPDATE deadline SET warned_at = now(), warned_minor = 1');
    await bench.query('TRUNCATE exposure_change, overtaken');
    await bench.closeOrders();
    await bench.apply([scanned('PKGA0001', hour(21), { stage: 'in-transit', strength: 'implied' })], AS_OF);
    expect(await bench.query('SELECT FROM exposure_change UNION ALL SELECT FROM overtaken')).toEqual([]);
  });

  it('are judged again by a late waiver that covers their clocks, and left alone by one that does not and by a rate', async () => {
    const recompute = new RecomputeService(bench.dataSource, bench.tracking, bench.holder);
    const waiver = (waiverId: string, from: number, changes: object = {}): ParsedEvent =>
      event('waiver.announced', {
        waiverId,
        ruleIds: ['SHIP'],
        platform: 'temu',
        from,
        until: from + 5 * 3_600_000,
        effect: { kind: 'waive' },
        reason: 'storm',
        ...changes,
      });
    await bench.apply([placed('a'), placed('e', { sellerId: 'seller-3' })], AS_OF);
    expect(await bench.closeOrders()).toBe(2);
    await bench.apply([waiver('w1', hour(9_000)), waiver('w2', hour(-1), { sellerId: 'seller-9' })], AS_OF);
    await withService(bench.dataSource, (tx) =>
      new RecomputeStore().request(tx, { tenantId: TENANT, cause: 'rate', scope: { shopId: 'seller-1' } }),
    );
    // Transactions of others on the server can hold a task up.
    await eventually(async () => {
      while ((await recompute.runChunk(AS_OF)).hasMore);
      return (await bench.query('SELECT FROM recompute_task WHERE finished_at IS NULL')).length === 0;
    });
    expect(await openRows(bench)).toBe(0);
    await bench.apply([waiver('w3', hour(-1), { sellerId: 'seller-1' })], AS_OF);
    await eventually(async () =>
      expect(await recompute.runChunk(AS_OF)).toEqual({ judged: 1, broughtBack: 1, setAside: 0, hasMore: true }),
    );
    expect(await bench.query('SELECT order_id, status FROM deadline')).toEqual([{ order_id: 'a', status: 'waived' }]);
  });

  it('are waited for while they are being closed, and are not closed while a batch has them', async () => {
    await bench.apply([placed('a'), labelled('a', 'PKGA0001', hour(4))], AS_OF);
    const store = new ClosingStore();
    let late: Promise<unknown> = Promise.resolve();
    await withService(bench.dataSource, async (transaction) => {
      const orders = [{ tenantId: TENANT, orderId: 'a' }];
      expect(await store.lock(transaction, orders, await store.ties(transaction, orders))).toEqual(new Set());
      late = bench.apply([scanned('PKGA0001', hour(20))], AS_OF);
      await eventually(async () => (await bench.query(WAITING)).length > 0);
      await store.close(transaction, orders, MUCH_LATER);
    });
    await late;
    expect(await statuses(bench)).toEqual(['met', 'met']);
    await withService(bench.dataSource, async (transaction) => {
      await bench.tracking.applyBatch(transaction, tracked([scanned('PKGA0001', hour(22))]), AS_OF);
      expect(await bench.closeOrders()).toBe(0);
    });
    expect(await bench.closeOrders()).toBe(1);
  });

  it('stay closed when they are closed between two looks of a correction that does not reach them', async () => {
    const recompute = new RecomputeService(bench.dataSource, bench.tracking, bench.holder);
    const tasks = new RecomputeStore();
    await bench.apply([placed('a')], AS_OF);
    await withService(bench.dataSource, (tx) =>
      tasks.request(tx, { tenantId: TENANT, cause: 'rulebook', scope: { since: hour(-1) } }),
    );
    await withService(bench.dataSource, (tx) => tasks.setBarriers(tx));
    await eventually(async () => (await bench.query(MAY_RUN)).length > 0);
    const store = new ClosingStore();
    let correction: Promise<unknown> = Promise.resolve();
    await withService(bench.dataSource, async (transaction) => {
      const orders = [{ tenantId: TENANT, orderId: 'a' }];
      await store.lock(transaction, orders, []);
      correction = recompute.runChunk(AS_OF);
      await eventually(async () => (await bench.query(WAITING)).length > 0);
      await store.close(transaction, orders, MUCH_LATER);
    });
    expect(await correction).toEqual({ judged: 1, broughtBack: 0, setAside: 0, hasMore: true });
    expect(await openRows(bench)).toBe(0);
  });

  it('are brought back once by two batches at the same time', async () => {
    const parts = ['PKGA0001', 'PKGA0002'];
    await bench.apply([placed('a'), ...parts.map((number, n) => labelled('a', number, hour(4 + n)))], AS_OF);
    await bench.closeOrders();
    let other: Promise<unknown> = Promise.resolve();
    await withService(bench.dataSource, async (transaction) => {
      await bench.tracking.applyBatch(transaction, tracked([scanned(parts[0]!, hour(20))]), AS_OF);
      other = bench.apply([scanned(parts[1]!, hour(21))], AS_OF);
      await eventually(async () => (await bench.query(WAITING)).length > 0);
    });
    await other;
    expect(await statuses(bench)).toEqual(['met', 'met', 'met']);
    expect(await bench.query('SELECT FROM closed_order UNION ALL SELECT FROM closed_link')).toEqual([]);
  });
});

describe('what still counts', () => {
  const text = { en: 'x', zh: 'x' };
  const rate = {
    id: 'R',
    title: text,
    metric: 'late',
    windows: [{ kind: 'rolling-months' as const, months: 12 }],
    zone: 'utc' as const,
    counts: { numerator: 'missed' as const, unit: 'orders' as const, rule: 'SHIP' },
    bands: [],
    sources: ['S'],
    confidence: 'quoted-official' as const,
  };
  const points = { id: 'P', metric: 'points', title: text, zone: 'utc' as const, milestones: [] };
  const pointed = version({
    effects: [{ kind: 'points', balance: 'P', values: { points: 2 }, text }],
  });

  it('is what the rates of a platform look back over, and misses that cost points', async () => {
    const document = rulebookDocument([{ ...SHIP_RULE, versions: [pointed] }, SCAN_RULE], {
      rates: [rate],
      points: [{ ...points, sources: ['S'], confidence: 'quoted-official' }],
    });
    const bench = await TrackingBench.open(document);
    const now = at('2026-08-01T12:00:00Z');
    const policy = closingPolicy(bench.holder.base, now, now - 100 * 86_400_000);
    expect(policy.platforms).toEqual([{ platform: 'temu', before: at('2025-07-31T00:00:00Z') }]);
    expect(policy.keptRuleIds).toEqual(['SHIP']);
    await bench.apply([placed('met'), labelled('met', 'PKGM0001', hour(1)), placed('missed')], AS_OF);
    await bench.apply([scanned('PKGM0001', hour(2))], AS_OF);
    expect(await bench.closeOrders()).toBe(1);
    expect(await bench.query('SELECT order_id FROM closed_order')).toEqual([{ order_id: 'met' }]);
    await bench.close();
  });
});

/** The same told once more by somebody else: another event, no news. */
function again(each: ParsedEvent): ParsedEvent {
  return { ...each, source: '/again' };
}

const WAITING = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;

const MAY_RUN = `SELECT 1 FROM recompute_task WHERE finished_at IS NULL AND barrier <= pg_snapshot_xmin(pg_current_snapshot())`;

async function empty(bench: TrackingBench): Promise<void> {
  await bench.query(`TRUNCATE ${TABLES}, closed_order, closed_link CASCADE`);
}

async function everything(bench: TrackingBench): Promise<unknown> {
  const [row] = await bench.query<{ all: unknown }>(EVERYTHING);
  return row!.all;
}

async function statuses(bench: TrackingBench): Promise<string[]> {
  const rows = await bench.query<{ status: string }>('SELECT status FROM deadline');
  return rows.map(({ status }) => status);
}

async function openRows(bench: TrackingBench): Promise<number> {
  const [row] = await bench.query<{ n: number }>(
    `SELECT (SELECT count(*) FROM shipment) + (SELECT count(*) FROM parcel) + (SELECT count(*) FROM parcel_link)
       + (SELECT count(*) FROM deadline) AS n`,
  );
  return Number(row!.n);
}
