import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RulebookDocument } from '#domain';
import { RecomputeStore, withService } from '#storage';
import { eventually } from '#testing';
import {
  FragileTracking,
  SHIP_RULE,
  TENANT,
  TrackingBench,
  at,
  event,
  holderOf,
  placed,
  rulebookDocument,
  tracked,
  version,
} from './fixture.js';
import { RecomputeService } from './recompute-service.js';
import { TrackingService } from './tracking-service.js';

const AS_OF = at('2026-03-10T00:00:00Z');
const WAIVER = {
  waiverId: 'snow',
  ruleIds: ['SHIP'],
  from: at('2026-03-01T00:00:00Z'),
  until: at('2026-03-08T00:00:00Z'),
  effect: { kind: 'waive' as const },
  reason: 'snow storm',
};

describe('RecomputeService', () => {
  let bench: TrackingBench;
  let service: RecomputeService;
  beforeEach(async () => {
    bench = await TrackingBench.open(rulebookDocument([SHIP_RULE]));
    service = serviceWith(bench.holder);
    await service.publish(AS_OF);
    await finish();
  });
  afterEach(() => bench.close());

  function serviceWith(holder: TrackingBench['holder']): RecomputeService {
    return new RecomputeService(bench.dataSource, new TrackingService(holder), holder, { ordersPerChunk: 2 });
  }
  /** Runs until nothing is left; the number of orders judged. Transactions of other tests on the server can hold a task up. */
  async function finish(on = service): Promise<number> {
    let total = 0;
    await eventually(async () => {
      const { judged, hasMore } = await on.runChunk(AS_OF);
      total += judged;
      if (hasMore) return false;
      const open = await bench.query('SELECT 1 FROM recompute_task WHERE finished_at IS NULL');
      return open.length === 0;
    });
    return total;
  }
  const statuses = async (): Promise<string[]> => {
    const rows = await bench.query<{ status: string }>('SELECT status FROM deadline ORDER BY order_id');
    return rows.map(({ status }) => status);
  };
  const orders = ['o1', 'o2', 'o3', 'o4', 'o5'];

  it('applies a waiver to orders that were there, its revocation too, and each change is a decision', async () => {
    await bench.apply(
      orders.map((id) => placed(id)),
      AS_OF,
    );
    expect(await statuses()).toEqual(orders.map(() => 'missed'));
    await bench.apply([event('waiver.announced', WAIVER, { time: AS_OF })], AS_OF);
    expect(await finish()).toBe(5);
    expect(await statuses()).toEqual(orders.map(() => 'waived'));
    await bench.apply([event('waiver.announced', { ...WAIVER, revoked: true }, { time: AS_OF + 1 })], AS_OF);
    await finish();
    expect(await statuses()).toEqual(orders.map(() => 'missed'));
    const kinds = await bench.query<{ kind: string }>(
      `SELECT kind FROM decision WHERE order_id = 'o1' ORDER BY decision_id`,
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(['deadline-missed', 'deadline-waived', 'deadline-missed']);
  });

  it('ends the same whether the waiver or the orders came first', async () => {
    await bench.apply([event('waiver.announced', WAIVER, { time: AS_OF })], AS_OF);
    await bench.apply(
      orders.map((id) => placed(id)),
      AS_OF,
    );
    expect(await statuses()).toEqual(orders.map(() => 'waived'));
    expect(await finish()).toBe(5);
    expect(await statuses()).toEqual(orders.map(() => 'waived'));
  });

  it('narrows to what the waiver names', async () => {
    await bench.apply([placed('o1'), placed('o2', { sellerId: 'other' })], AS_OF);
    await bench.apply([event('waiver.announced', { ...WAIVER, sellerId: 'other' })], AS_OF);
    expect(await finish()).toBe(1);
    expect(await statuses()).toEqual(['missed', 'waived']);
  });

  it('judges an order again whose transaction had not seen the waiver when it was announced', async () => {
    // The first event of a week makes its table, and until that is committed everybody else waits for it.
    await bench.query('SELECT evidence_week($1)', [new Date(AS_OF)]);
    await withService(bench.dataSource, async (transaction) => {
      await bench.tracking.applyBatch(transaction, tracked([placed('late')]), AS_OF);
      await bench.apply([event('waiver.announced', WAIVER)], AS_OF);
      expect(await service.runChunk(AS_OF)).toEqual({ judged: 0, broughtBack: 0, setAside: 0, hasMore: false });
    });
    expect(await statuses()).toEqual(['missed']);
    await finish();
    expect(await statuses()).toEqual(['waived']);
  });

  it('puts a changed rulebook in force for stored orders, once, and doing it again changes nothing', async () => {
    await bench.apply(
      orders.map((id) => placed(id)),
      AS_OF,
    );
    const doubled = { ...SHIP_RULE, versions: [version({ version: '2', penalty: { amount: { fixed: '10.00' } } })] };
    const changed = serviceWith(holderOf(rulebookDocument([doubled])));
    expect(await changed.publish(AS_OF)).toEqual(['temu-us']);
    expect(await finish(changed)).toBe(5);
    const amounts = 'SELECT DISTINCT amount_minor, rule_version FROM deadline';
    expect(await bench.query(amounts)).toEqual([{ amount_minor: '1000', rule_version: '2' }]);
    const decisions = await bench.query('SELECT count(*) FROM decision');
    expect(await changed.publish(AS_OF)).toEqual([]);
    expect(await finish(changed)).toBe(0);
    expect(await bench.query('SELECT count(*) FROM decision')).toEqual(decisions);
  });

  it('passes over an order that cannot be judged: it is judged in an hour, the others and what comes after it now', async () => {
    const ids = ['bad1', ...orders];
    await bench.apply(
      ids.map((id) => placed(id)),
      AS_OF,
    );
    await bench.apply([event('waiver.announced', WAIVER)], AS_OF);
    const tracking = new FragileTracking(bench.holder);
    const fragile = new RecomputeService(bench.dataSource, tracking, bench.holder, { ordersPerChunk: 2 });
    let setAside = 0;
    await eventually(async () => {
      setAside += (await fragile.runChunk(AS_OF)).setAside;
      return (await bench.query('SELECT 1 FROM recompute_task WHERE finished_at IS NULL')).length === 0;
    });
    expect(setAside).toBe(1);
    expect(await statuses()).toEqual(['missed', ...orders.map(() => 'waived')]);
    expect(await bench.query('SELECT order_id FROM unjudged_order WHERE marked_at > now()')).toEqual([
      { order_id: 'bad1' },
    ]);
    await bench.query('UPDATE unjudged_order SET marked_at = now()');
    await bench.judgeLate(AS_OF);
    expect(await statuses()).toEqual(ids.map(() => 'waived'));
  });

  it('leaves a changed rulebook to processes that hold it', async () => {
    await bench.apply([placed('o1')], AS_OF);
    const before = service;
    const holder = holderOf(
      rulebookDocument([
        { ...SHIP_RULE, versions: [version({ version: '2', penalty: { amount: { fixed: '10.00' } } })] },
      ]),
    );
    const changed = serviceWith(holder);
    expect(await changed.publish(AS_OF)).toEqual(['temu-us']);
    const fingerprints = holder.fingerprints().map(({ fingerprint }) => fingerprint);
    const mayRun = (): Promise<unknown> =>
      withService(bench.dataSource, (transaction) => new RecomputeStore().claim(transaction, fingerprints));
    // A task first waits for what may not have seen its cause; once it may run it may for good.
    await eventually(async () => {
      expect((await before.runChunk(AS_OF)).judged).toBe(0);
      expect(await mayRun()).toMatchObject({ cause: 'rulebook temu-us' });
    });
    expect((await before.runChunk(AS_OF)).judged).toBe(0);
    expect(await finish(changed)).toBe(1);
    expect(await bench.query('SELECT amount_minor FROM deadline')).toEqual([{ amount_minor: '1000' }]);
  });

  it('goes on in the middle after a crash', async () => {
    await bench.apply(
      orders.map((id) => placed(id)),
      AS_OF,
    );
    await bench.apply([event('waiver.announced', WAIVER)], AS_OF);
    await eventually(async () => (await service.runChunk(AS_OF)).judged > 0);
    const task = 'SELECT orders_done, orders_changed, finished_at IS NULL AS open FROM recompute_task WHERE cause = $1';
    expect(await bench.query(task, ['waiver snow'])).toEqual([{ orders_done: '2', orders_changed: '2', open: true }]);
    expect(await finish(serviceWith(bench.holder))).toBe(3);
    expect(await bench.query(task, ['waiver snow'])).toEqual([{ orders_done: '5', orders_changed: '5', open: false }]);
  });

  it('gives a tenant its own contract, and keeps the rulebook of one whose overlay does not fit', async () => {
    const faults: string[] = [];
    const document: RulebookDocument = rulebookDocument([SHIP_RULE]);
    const holder = holderOf(document, (tenantId) => faults.push(tenantId));
    const overlay = {
      overlayId: 'x',
      tenantId: TENANT,
      ruleId: 'SHIP',
      patch: { penalty: { amount: { fixed: '7.00' } } },
      signedBy: 'Ops',
      signedAt: '2026-03-01',
      reason: 'contract',
    };
    const insert = `INSERT INTO rule_overlay (tenant_id, overlay_id, body, signed_by) VALUES ($1, $2, $3, 'Ops')`;
    await bench.query(insert, [TENANT, 'x', JSON.stringify(overlay)]);
    await bench.query(insert, ['odd', 'y', JSON.stringify({ ...overlay, tenantId: 'odd', ruleId: 'NONE' })]);
    const tracking = new TrackingService(holder);
    const own = placed('mine');
    const odd = { ...placed('odd'), tenantId: 'odd' };
    await withService(bench.dataSource, (transaction) => tracking.applyBatch(transaction, tracked([own, odd]), AS_OF));
    expect(await bench.query('SELECT tenant_id, amount_minor FROM deadline ORDER BY tenant_id')).toEqual([
      { tenant_id: TENANT, amount_minor: '700' },
      { tenant_id: 'odd', amount_minor: '500' },
    ]);
    expect(faults).toEqual(['odd']);
  });
});
