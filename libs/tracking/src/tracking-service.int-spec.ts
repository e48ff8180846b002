import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ParsedEvent } from '#contracts';
import { TOPICS, topicOf } from '#contracts';
import { EscalationStore, withService } from '#storage';
import { eventually } from '#testing';
import {
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
} from './fixture.js';

const AS_OF = at('2026-03-10T00:00:00Z');
const statuses = async (bench: TrackingBench, orderId: string): Promise<Record<string, string>> => {
  const rows = await bench.query<{ rule_id: string; status: string }>(
    'SELECT rule_id, status FROM deadline WHERE tenant_id = $1 AND order_id = $2',
    [TENANT, orderId],
  );
  return Object.fromEntries(rows.map(({ rule_id, status }) => [rule_id, status]));
};
const decisionsOf = async (bench: TrackingBench, orderId: string): Promise<string[]> => {
  const rows = await bench.query<{ text: string }>(
    `SELECT kind || ' ' || (body->>'ruleId') AS text FROM decision WHERE order_id = $1 ORDER BY decision_id`,
    [orderId],
  );
  return rows.map(({ text }) => text);
};

describe('TrackingService', () => {
  let bench: TrackingBench;
  beforeAll(async () => {
    bench = await TrackingBench.open();
  });
  afterAll(() => bench.close());

  it('opens deadlines, meets them, and writes nothing for what it knows already', async () => {
    const early = at('2026-03-02T16:00:00Z');
    await bench.apply([placed('o1'), labelled('o1', 'PKG10001', early)], early);
    expect(await statuses(bench, 'o1')).toEqual({ SHIP: 'open', SCAN: 'open' });
    const scan = scanned('PKG10001', at('2026-03-03T10:00:00Z'));
    await bench.apply([scan], at('2026-03-03T11:00:00Z'));
    expect(await statuses(bench, 'o1')).toEqual({ SHIP: 'met', SCAN: 'met' });
    const [again] = await bench.apply([scan], at('2026-03-03T12:00:00Z'));
    expect(again).toMatchObject({ fresh: 0, repeated: 1, evaluatedOrders: 0, changedDeadlines: 0 });
  });

  it('keeps an orphan scan until the label ties it to an order', async () => {
    await bench.apply([scanned('PKG20001', at('2026-03-03T10:00:00Z'))], AS_OF);
    await bench.apply([labelled('o2', 'PKG20001', at('2026-03-02T18:00:00Z'))], AS_OF);
    expect(await statuses(bench, 'o2')).toEqual({});
    await bench.apply([placed('o2')], AS_OF);
    expect(await statuses(bench, 'o2')).toEqual({ SHIP: 'met', SCAN: 'met' });
  });

  it('records that a late scan cured a miss', async () => {
    await bench.apply([placed('o3'), labelled('o3', 'PKG30001', at('2026-03-02T18:00:00Z'))], AS_OF);
    expect(await statuses(bench, 'o3')).toEqual({ SHIP: 'missed', SCAN: 'missed' });
    await bench.apply([scanned('PKG30001', at('2026-03-03T10:00:00Z'))], AS_OF);
    expect(await statuses(bench, 'o3')).toEqual({ SHIP: 'met', SCAN: 'met' });
    expect((await decisionsOf(bench, 'o3')).slice(2).sort()).toEqual([
      'deadline-reversed SCAN',
      'deadline-reversed SHIP',
    ]);
  });

  it('misses nothing in a backlog that the rest of it may prove met', async () => {
    const readUntil = at('2026-03-02T19:00:00Z');
    await bench.apply([placed('o10'), labelled('o10', 'PKG10010', at('2026-03-02T18:00:00Z'))], AS_OF, { readUntil });
    expect(await statuses(bench, 'o10')).toEqual({ SHIP: 'open', SCAN: 'open' });
    await bench.apply([scanned('PKG10010', at('2026-03-03T10:00:00Z'))], AS_OF, {
      readUntil: at('2026-03-03T11:00:00Z'),
    });
    expect(await statuses(bench, 'o10')).toEqual({ SHIP: 'met', SCAN: 'met' });
    expect((await decisionsOf(bench, 'o10')).sort()).toEqual([
      'deadline-met SCAN',
      'deadline-met SHIP',
      'deadline-opened SCAN',
      'deadline-opened SHIP',
    ]);
  });

  it('misses what the backlog has been read beyond, wakes for what it has not, and wakes nobody for history', async () => {
    const readUntil = at('2026-03-03T20:00:00Z');
    await bench.apply([placed('o11'), labelled('o11', 'PKG10011', at('2026-03-02T18:00:00Z'))], AS_OF, { readUntil });
    expect(await statuses(bench, 'o11')).toEqual({ SHIP: 'open', SCAN: 'missed' });
    const woken = `SELECT rule_id, next_step, wake_at <= $1 AS "isDue" FROM deadline WHERE order_id = 'o11' ORDER BY rule_id`;
    expect(await bench.query(woken, [new Date(AS_OF)])).toEqual([
      { rule_id: 'SCAN', next_step: null, isDue: null },
      { rule_id: 'SHIP', next_step: null, isDue: true },
    ]);
    // Once missed, it is judged at the present: the instant the log has been read to is before that.
    const amended = event('order.amended', { orderId: 'o11', changes: { warehouseId: 'tx' } });
    await bench.apply([amended], AS_OF, { readUntil: at('2026-03-02T20:00:00Z') });
    expect(await statuses(bench, 'o11')).toEqual({ SHIP: 'missed', SCAN: 'missed' });
  });

  it('takes a retracted scan back, also when the retraction came first', async () => {
    const scan = scanned('PKG40001', at('2026-03-03T10:00:00Z'), {}, 'scan-4');
    const retraction = scanned('PKG40001', at('2026-03-03T10:00:00Z'), {
      stage: 'unknown',
      strength: 'none',
      retracts: 'scan-4',
    });
    await bench.apply([placed('o4'), labelled('o4', 'PKG40001', at('2026-03-02T18:00:00Z')), retraction], AS_OF);
    await bench.apply([scan], AS_OF);
    expect(await statuses(bench, 'o4')).toEqual({ SHIP: 'missed', SCAN: 'missed' });
  });

  it('reports the same id with other contents, in one batch and in the next, and keeps the first', async () => {
    const first = placed('o5', { warehouseId: 'ca' }, 'twice');
    const other = placed('o5', { warehouseId: 'tx' }, 'twice');
    const [both] = await bench.apply([first, other, first], AS_OF);
    expect(both).toMatchObject({ fresh: 1, repeated: 1 });
    expect(both!.conflicting.map((conflict) => conflict.event)).toEqual([other]);
    const [later] = await bench.apply([other], AS_OF);
    expect(later!.conflicting).toHaveLength(1);
    expect(await bench.query('SELECT warehouse_id FROM shipment WHERE order_id = $1', ['o5'])).toEqual([
      { warehouse_id: 'ca' },
    ]);
  });

  it('removes a deadline whose rule no longer applies, and says so', async () => {
    await bench.apply([placed('o6')], AS_OF);
    const amended = event('order.amended', { orderId: 'o6', changes: { platform: 'elsewhere' } }, { time: AS_OF });
    await bench.apply([amended], AS_OF);
    expect(await statuses(bench, 'o6')).toEqual({});
    expect(await decisionsOf(bench, 'o6')).toEqual(['deadline-missed SHIP', 'deadline-withdrawn SHIP']);
  });

  it('keeps a taken step while due instant and status stay', async () => {
    const now = at('2026-03-02T16:00:00Z');
    await bench.apply([placed('o7')], now);
    await bench.query(`UPDATE deadline SET next_step = 'taken', next_step_at = NULL WHERE order_id = 'o7'`);
    await bench.apply([event('order.amended', { orderId: 'o7', changes: { warehouseId: 'tx' } })], now);
    const step = 'SELECT warehouse_id, next_step FROM deadline WHERE order_id = $1';
    expect(await bench.query(step, ['o7'])).toEqual([{ warehouse_id: 'tx', next_step: 'taken' }]);
    const clocks = { clocks: { placedAt: at('2026-03-02T15:30:00Z') } };
    await bench.apply([event('order.amended', { orderId: 'o7', changes: clocks })], now);
    expect(await bench.query(step, ['o7'])).toEqual([{ warehouse_id: 'tx', next_step: 't-24h' }]);
  });

  it('keeps a levied fine once, with its reversal beside it, and that of another platform with the same number', async () => {
    const data = {
      orderId: 'o8',
      platform: 'temu',
      chargeId: 'c1',
      amountMinor: 500,
      currency: 'USD',
      leviedAt: AS_OF,
    };
    await bench.apply([event('fine.levied', data), event('fine.levied', data)], AS_OF);
    await bench.apply([event('fine.levied', { ...data, reversal: true })], AS_OF);
    expect(await bench.query('SELECT reversal, amount_minor FROM levied_fine ORDER BY reversal')).toEqual([
      { reversal: false, amount_minor: '500' },
      { reversal: true, amount_minor: '500' },
    ]);
    await bench.apply([event('fine.levied', { ...data, platform: 'shein', orderId: 'o9', amountMinor: 700 })], AS_OF);
    expect(await bench.query('SELECT platform, amount_minor FROM levied_fine WHERE NOT reversal ORDER BY 1')).toEqual([
      { platform: 'shein', amount_minor: '700' },
      { platform: 'temu', amount_minor: '500' },
    ]);
  });
});

/** Three orders that share a parcel, a split, a relabel, a retraction, amendments and a cancellation. */
function story(): ParsedEvent[] {
  const hour = (n: number): number => at('2026-03-02T15:00:00Z') + n * 3_600_000;
  return [
    placed('a', { shipTo: { postalCode: '10001' } }),
    placed('b', {
      shipTo: { postalCode: '10001-1234' },
      sellerId: 'seller-2',
      lines: [{ lineId: '1', quantity: 1, unitPriceMinor: 900 }],
    }),
    placed('c', { warehouseId: 'ca' }),
    event('order.amended', { orderId: 'a', changes: { warehouseId: 'ca' } }, { id: 'am1', time: hour(2) }),
    event('order.amended', { orderId: 'a', changes: { warehouseId: 'tx' } }, { id: 'am2', time: hour(1) }),
    event(
      'order.amended',
      { orderId: 'a', changes: { shipTo: { postalCode: '60601' } } },
      { id: 'am3', time: hour(3) },
    ),
    event('order.split', { orderId: 'a', parcels: 2, decidedAt: hour(3) }, { id: 'split' }),
    labelled('a', 'PKGA0001', hour(4)),
    labelled('a', 'PKGA0002', hour(5)),
    labelled('b', 'PKGB0001', hour(4)),
    labelled('b', 'PKGA0001', hour(6)),
    event('parcel.relabelled', { orderId: 'c', trackingNumber: 'PKGC0002', replaces: 'PKGC0001', uploadedAt: hour(9) }),
    labelled('c', 'PKGC0001', hour(8)),
    event('order.cancelled', { orderId: 'c', cancelledAt: hour(60), by: 'buyer' }),
    scanned('PKGA0001', hour(20)),
    scanned('PKGA0002', hour(27), { stage: 'in-transit', strength: 'implied' }),
    scanned('PKGB0001', hour(26), {}, 'wrong'),
    scanned('PKGB0001', hour(28), { stage: 'unknown', strength: 'none', retracts: 'wrong' }),
    scanned('PKGC0002', hour(40)),
    scanned('PKGC0001', hour(30), { stage: 'label-created', strength: 'none' }),
  ];
}

const isWaiting = (bench: TrackingBench): Promise<boolean> =>
  eventually(async () => {
    const waiting = await bench.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return waiting.length > 0;
  });

describe('two owners of one shipment', () => {
  const scannedAt = at('2026-03-03T10:00:00Z');
  it.each([
    ['first', []],
    ['second', [scanned('PKG90001', at('2026-03-02T20:00:00Z'), { stage: 'label-created', strength: 'none' })]],
  ])('a label waits for the %s scan of its number to be committed, then counts it', async (_, before) => {
    const bench = await TrackingBench.open();
    await bench.apply([placed('o9'), ...before], AS_OF);
    let label: Promise<unknown> = Promise.resolve();
    await withService(bench.dataSource, async (transaction) => {
      await bench.tracking.applyBatch(transaction, tracked([scanned('PKG90001', scannedAt)]), AS_OF);
      label = bench.apply([labelled('o9', 'PKG90001', at('2026-03-02T18:00:00Z'))], AS_OF);
      await isWaiting(bench);
    });
    await label;
    expect(await statuses(bench, 'o9')).toEqual({ SHIP: 'met', SCAN: 'met' });
    await bench.close();
  });
});

/** As `SCAN_RULE`, of numbers that no order to another place had before. */
const OWN_NUMBER_RULE = {
  ...SCAN_RULE,
  versions: SCAN_RULE.versions.map((version) => ({
    ...version,
    satisfiedBy: {
      event: 'accepted' as const,
      valid: [{ test: 'number-not-reused' as const, days: 30, elsewhere: true }],
    },
  })),
};

describe('orders that share a number', () => {
  it('are judged again when one of them turns out to go elsewhere', async () => {
    const bench = await TrackingBench.open(rulebookDocument([OWN_NUMBER_RULE]));
    const shipTo = { country: 'US', postalCode: '10001' };
    const amended = (to: object, time: string): ParsedEvent =>
      event('order.amended', { orderId: 's1', changes: { shipTo: to } }, { time: at(time) });
    await bench.apply(
      [
        labelled('s1', 'PKGS0001', at('2026-03-02T16:00:00Z')),
        labelled('s2', 'PKGS0001', at('2026-03-02T17:00:00Z')),
        placed('s2', { shipTo }),
        scanned('PKGS0001', at('2026-03-02T20:00:00Z')),
      ],
      AS_OF,
    );
    expect(await statuses(bench, 's2')).toEqual({ SCAN: 'missed' });
    await bench.apply([placed('s1', { shipTo })], AS_OF);
    expect(await bench.judgeLate(AS_OF)).toBe(1);
    expect(await statuses(bench, 's2')).toEqual({ SCAN: 'met' });
    await bench.apply([amended({ postalCode: '60601' }, '2026-03-02T18:00:00Z')], AS_OF);
    await bench.judgeLate(AS_OF);
    expect(await statuses(bench, 's2')).toEqual({ SCAN: 'missed' });
    expect(await statuses(bench, 's1')).toEqual({ SCAN: 'met' });
    await bench.close();
  });

  it('are judged by where the other goes also while that is being learnt, in a backlog', async () => {
    const bench = await TrackingBench.open(rulebookDocument([OWN_NUMBER_RULE]));
    const shipTo = { country: 'US', postalCode: '10001' };
    await bench.apply(
      [
        placed('r1', { shipTo }),
        labelled('r1', 'PKGR0001', at('2026-03-02T16:00:00Z')),
        placed('r2', { shipTo }),
        scanned('PKGR0001', at('2026-03-02T20:00:00Z')),
      ],
      AS_OF,
    );
    let label: Promise<unknown> = Promise.resolve();
    await withService(bench.dataSource, async (transaction) => {
      const moved = event('order.amended', { orderId: 'r1', changes: { shipTo: { postalCode: '60601' } } });
      await bench.tracking.applyBatch(transaction, tracked([{ ...moved, time: at('2026-03-02T18:00:00Z') }]), AS_OF);
      label = bench.apply([labelled('r2', 'PKGR0001', at('2026-03-02T17:00:00Z'))], AS_OF, { judgeLater: true });
      await isWaiting(bench);
      await bench.judgeLate(AS_OF);
    });
    await label;
    await bench.judgeLate(AS_OF);
    expect(await statuses(bench, 'r2')).toEqual({ SCAN: 'missed' });
    await bench.close();
  });
});

describe('order of arrival', () => {
  it('never shows in the deadlines: any permutation, any repetition, any cut into batches, two owners at once, any backlog, judged late or not', async () => {
    const bench = await TrackingBench.open(rulebookDocument([SHIP_RULE, OWN_NUMBER_RULE]));
    const events = story();
    await bench.apply(events, AS_OF);
    const expected = JSON.stringify(await bench.deadlines());
    expect(JSON.parse(expected)).toHaveLength(8);
    const arrival = fc.record({
      events: fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
      size: fc.integer({ min: 1, max: 12 }),
      /** Hours behind the present at which each batch is judged. */
      behind: fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 8 }),
      /** Whether what each batch touches is judged later. */
      late: fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
    });
    let judgedLate = 0;
    await fc.assert(
      fc.asyncProperty(arrival, async ({ events: arrived, size, behind, late }) => {
        await bench.query(
          'TRUNCATE evidence, evidence_key, shipment, parcel, parcel_link, deadline, decision, levied_fine, recompute_task, unjudged_order',
        );
        await Promise.all(
          [TOPICS.orders, TOPICS.scans].map(async (topic) => {
            const own = arrived.filter(({ type }) => topicOf(type) === topic);
            for (let from = 0; from < own.length; from += size) {
              const readUntil = AS_OF - behind[(from / size) % behind.length]! * 3_600_000;
              const judgeLater = late[(from / size) % late.length]!;
              await untilDone(() => applied(bench, own.slice(from, from + size), { readUntil, judgeLater }));
              if (!judgeLater) await untilDone(async () => (judgedLate += await bench.judgeLate(AS_OF)));
            }
          }),
        );
        judgedLate += await bench.judgeLate(AS_OF);
        await wake(bench);
        expect(JSON.stringify(await bench.deadlines())).toBe(expected);
      }),
      { numRuns: 40 },
    );
    expect(judgedLate).toBeGreaterThan(50);
    await bench.close();
  }, 600_000);
});

/** What time has changed since the instant an order was judged at, as `escalate` does it. */
async function wake(bench: TrackingBench): Promise<void> {
  await withService(bench.dataSource, async (transaction) => {
    const due = await new EscalationStore().lockChanging(transaction, AS_OF, 100);
    await bench.tracking.reevaluate(transaction, due, AS_OF);
  });
}

function applied(
  bench: TrackingBench,
  events: ParsedEvent[],
  options: { readUntil: number; judgeLater: boolean },
): Promise<unknown> {
  return withService(bench.dataSource, (tx) => bench.tracking.applyBatch(tx, tracked(events), AS_OF, options));
}
