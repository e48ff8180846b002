import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Clock } from '#platform';
import { systemClock } from '#platform';
import type { EscalationJob, QueueServer } from '#queue';
import { NoticeStore, withService } from '#storage';
import type { ManualClock, TestDatabase } from '#testing';
import { createTestDatabase, eventually, localServices, manualClock, uniqueName } from '#testing';
import type { EscalateOptions } from './escalate-options.js';
import type { Stage } from './stage.fixture.js';
import { HOUR, TENANT, openStage } from './stage.fixture.js';

const RECIPIENTS: Readonly<Record<string, { warehouseId?: string; sellerId?: string }>> = {
  ops: {},
  w1: { warehouseId: 'w1' },
  w2: { warehouseId: 'w2' },
  s1: { sellerId: 's1' },
};
const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `o${index}`);
const redis = (): QueueServer => ({ kind: 'redis', url: localServices().redisUrl, prefix: uniqueName('escalate') });

let database: TestDatabase;
const stages: Stage[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const stage of stages.splice(0)) {
    await stage.queues.escalations.obliterate();
    await stage.queues.notices.obliterate();
    await stage.close();
  }
  const cleaner = await open(systemClock);
  await cleaner.rows('DELETE FROM deadline');
  for (const table of [
    'escalation',
    'escalation_announcement',
    'recipient',
    'rule_overlay',
    'decision',
    'parcel_link',
    'parcel',
    'shipment',
    'evidence',
    'evidence_key',
    'overtaken',
  ]) {
    await cleaner.rows(`DELETE FROM ${table}`);
  }
  await stages.pop()!.close();
});
afterAll(() => database.drop());

async function open(clock: Clock, options: Partial<EscalateOptions> = {}, server = redis()): Promise<Stage> {
  const stage = await openStage(database.url, server, clock, options);
  stages.push(stage);
  return stage;
}

/** Now, at a whole second, as deadlines are. */
function clockNow(): ManualClock {
  return manualClock(new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString());
}

const jobOf = async (stage: Stage): Promise<EscalationJob> => ({ tenantId: TENANT, escalationIds: await idsOf(stage) });
const stepsOf = async (stage: Stage): Promise<string[]> =>
  (await stage.rows<{ step: string }>('SELECT step FROM escalation ORDER BY escalation_id')).map(({ step }) => step);

describe('taking steps', () => {
  it('takes each step once, however many sweep at the same time', async () => {
    const clock = clockNow();
    const one = await open(clock, { lotSize: 100 });
    const other = await open(clock, { lotSize: 100 });
    await one.placeOrders(many(1_500), clock.now() + 13 * HOUR);
    clock.advance(1.5 * HOUR);
    const [a, b] = await Promise.all([one.service.sweep.takeDue(), other.service.sweep.takeDue()]);
    expect(a + b).toBe(1_500);
    const [row] = await one.rows(
      `SELECT count(*)::int AS escalations, count(DISTINCT order_id)::int AS orders, min(step) AS first, max(step) AS last,
       (SELECT count(*)::int FROM decision WHERE kind = 'escalation-raised') AS decisions FROM escalation`,
    );
    expect(row).toEqual({ escalations: 1_500, orders: 1_500, first: 't-12h', last: 't-12h', decisions: 1_500 });
    expect(await one.service.sweep.takeDue()).toBe(0);
  });

  it('climbs the ladder step by step, to the breach', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.placeOrders(['o1'], clock.now() + 25 * HOUR);
    for (const hours of [0.5, 0.5, 6, 6, 1, 7, 1, 3.001]) {
      clock.advance(hours * HOUR);
      await stage.service.sweep.takeDue();
    }
    expect(await stepsOf(stage)).toEqual(['t-24h', 't-12h', 't-4h', 'breach']);
    expect(await stage.rows('SELECT DISTINCT late FROM escalation')).toEqual([{ late: false }]);
  });

  it('takes only the most urgent of several overdue steps and marks it late', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.placeOrders(['o1'], clock.now() + 30 * HOUR);
    clock.advance(27 * HOUR);
    expect(await stage.service.sweep.takeDue()).toBe(1);
    expect(await stage.rows('SELECT step, late FROM escalation')).toEqual([{ step: 't-4h', late: true }]);
    expect(await stage.service.sweep.takeDue()).toBe(0);
    const metric = await stage.metrics.registry.getSingleMetricAsString('fineline_escalate_steps_total');
    expect(metric).toContain('fineline_escalate_steps_total{step="t-4h",late="true"} 1');
  });

  it('does not call a step late that came before the order did', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.placeOrders(['o1'], clock.now() + 3 * HOUR);
    await stage.service.sweep.takeDue();
    expect(await stage.rows('SELECT step, late FROM escalation')).toEqual([{ step: 't-4h', late: false }]);
  });

  it('climbs the ladder of the contract that governs', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.layOver({ ladder: [{ hoursBefore: 48 }, { hoursBefore: 8 }, { hoursBefore: 0 }] });
    await stage.placeOrders(['o1'], clock.now() + 48 * HOUR);
    for (const hours of [0, 24, 12, 4, 4, 4.001]) {
      clock.advance(hours * HOUR);
      await stage.service.sweep.takeDue();
    }
    expect(await stepsOf(stage)).toEqual(['t-48h', 't-8h', 'breach']);
    expect(await stage.rows('SELECT DISTINCT late FROM escalation')).toEqual([{ late: false }]);
  });

  it('changes to the ladder of a contract that is signed on the way', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.placeOrders(['o1'], clock.now() + 23 * HOUR);
    await stage.service.sweep.takeDue();
    await stage.layOver({ ladder: [{ hoursBefore: 22 }, { hoursBefore: 2 }] });
    clock.advance(6 * HOUR);
    await stage.amend('o1', { warehouseId: 'w2' });
    for (const hours of [0, 5, 8, 2]) {
      clock.advance(hours * HOUR);
      await stage.service.sweep.takeDue();
    }
    expect(await stage.rows('SELECT step, late FROM escalation ORDER BY escalation_id')).toEqual([
      { step: 't-24h', late: false },
      { step: 't-22h', late: false },
      { step: 't-2h', late: false },
    ]);
  });

  it('does not call a step late that came before its deadline was moved', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.placeOrders(['o1'], clock.now() + 23 * HOUR);
    await stage.service.sweep.takeDue();
    clock.advance(6 * HOUR);
    await stage.amend('o1', { platformDeadlines: { shipBy: clock.now() + 3 * HOUR } });
    await stage.service.sweep.takeDue();
    expect(await stage.rows('SELECT step, late FROM escalation ORDER BY escalation_id')).toEqual([
      { step: 't-24h', late: false },
      { step: 't-4h', late: false },
    ]);
  });

  it('calls a breach late that was judged before it was taken', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.placeOrders(['o1'], clock.now() + 3 * HOUR);
    clock.advance(4 * HOUR);
    expect(await stage.service.upkeep.judgeChanging()).toBe(true);
    await stage.service.sweep.takeDue();
    expect(await stage.rows('SELECT step, late FROM escalation')).toEqual([{ step: 'breach', late: true }]);
  });

  it('fires on time between two sweeps', async () => {
    const clock = clockNow();
    const stage = await open(clock, { sweepIntervalMs: HOUR });
    await stage.placeOrders(['o1'], clock.now() + 4 * HOUR + 1_000);
    const asked = jest.spyOn(stage.service.sweep, 'nextWakeAt');
    await stage.service.start();
    // The first sweep is over and the next an hour away: what comes now is the timer's.
    await eventually(() => asked.mock.results.length > 0);
    expect(await asked.mock.results[0]!.value).toBe(clock.now() + 1_000);
    expect(await stepsOf(stage)).toEqual(['t-12h']);
    clock.advance(1_000);
    await eventually(async () => expect(await stepsOf(stage)).toEqual(['t-12h', 't-4h']));
    expect(await stage.rows(`SELECT raised_at FROM escalation WHERE step = 't-4h'`)).toEqual([
      { raised_at: new Date(clock.now()) },
    ]);
  });

  it('starts the ladder anew when the deadline moves, and withdraws the old steps', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.placeOrders(['o1'], clock.now() + 3 * HOUR);
    await stage.service.sweep.takeDue();
    await stage.rows(
      `UPDATE deadline SET due_at = due_at + interval '20 hours', next_step = 't-12h', next_step_at = due_at + interval '8 hours'`,
    );
    expect(await stage.service.upkeep.settleOvertaken()).toBe(1);
    expect(await stage.service.upkeep.settleOvertaken()).toBe(0);
    clock.advance(12 * HOUR);
    await stage.service.sweep.takeDue();
    expect(await stage.rows('SELECT step, status FROM escalation ORDER BY escalation_id')).toEqual([
      { step: 't-4h', status: 'withdrawn' },
      { step: 't-12h', status: 'open' },
    ]);
  });
});

describe('what time and scans do to escalations', () => {
  it('turns a passed deadline into a miss, settles its earlier steps and keeps the breach', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.placeOrders(['o1'], clock.now() + 3 * HOUR);
    await stage.service.sweep.takeDue();
    clock.advance(3 * HOUR + 2_000);
    await stage.service.sweep.takeDue();
    expect(await stage.service.upkeep.judgeChanging()).toBe(true);
    expect(await stage.service.upkeep.judgeChanging()).toBe(false);
    expect(await stage.rows('SELECT status FROM deadline')).toEqual([{ status: 'missed' }]);
    await stage.service.sweep.takeDue();
    expect(await stage.rows('SELECT step, status FROM escalation ORDER BY escalation_id')).toEqual([
      { step: 't-4h', status: 'missed' },
      { step: 'breach', status: 'open' },
    ]);
  });

  it('raises the expected fine of what is in the queue as time goes by, between the steps of the ladder too', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.placeOrders(['o1'], clock.now() + 13 * HOUR);
    clock.advance(HOUR);
    await stage.service.sweep.takeDue();
    const seen: number[] = [];
    for (let hour = 1; hour <= 8; hour += 1, clock.advance(HOUR)) {
      while (await stage.service.upkeep.judgeChanging());
      const [row] = await stage.rows<{ expected: number; isCurrent: boolean }>(
        `SELECT e.expected_minor::int AS expected, e.expected_minor = d.expected_minor AS "isCurrent" FROM escalation e
         JOIN deadline d USING (order_id)`,
      );
      expect(row!.isCurrent).toBe(true);
      seen.push(row!.expected);
    }
    // What settles what it judges leaves no note for others to do it again.
    expect(await stage.service.upkeep.settleOvertaken()).toBe(0);
    expect(await stepsOf(stage)).toEqual(['t-12h']);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(new Set(seen).size).toBeGreaterThan(1);
  });

  it('judges the others when one order cannot be judged', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.placeOrders(many(20), clock.now() + 3 * HOUR);
    await stage.rows(`UPDATE shipment SET state = '{"tenantId":"acme","orderId":"o7"}' WHERE order_id = 'o7'`);
    clock.advance(3 * HOUR + 2_000);
    for (let isMore = true; isMore;) isMore = await stage.service.upkeep.judgeChanging();
    expect(
      await stage.rows(
        `SELECT status, count(*)::int AS count, min(order_id) AS first FROM deadline GROUP BY status ORDER BY status`,
      ),
    ).toEqual([
      { status: 'missed', count: 19, first: 'o0' },
      { status: 'open', count: 1, first: 'o7' },
    ]);
  });

  it('settles a breach once somebody has acknowledged it, and not before', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.placeOrders(['o1', 'o2'], clock.now() + 3 * HOUR);
    clock.advance(3 * HOUR + 2_000);
    for (let isMore = true; isMore;) isMore = await stage.service.upkeep.judgeChanging();
    await stage.service.sweep.takeDue();
    await stage.rows(`UPDATE escalation SET status = 'acknowledged' WHERE order_id = 'o1'`);
    await stage.service.upkeep.settleOvertaken();
    expect(await stage.rows('SELECT order_id, step, status FROM escalation ORDER BY 1')).toEqual([
      { order_id: 'o1', step: 'breach', status: 'missed' },
      { order_id: 'o2', step: 'breach', status: 'open' },
    ]);
  });

  it('finds what nobody noted by looking at every live escalation', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.placeOrders(['o1', 'o2'], clock.now() + 3 * HOUR);
    await stage.service.sweep.takeDue();
    await stage.rows(`DELETE FROM deadline WHERE order_id = 'o1'`);
    await stage.rows('DELETE FROM overtaken');
    expect(await stage.service.upkeep.settleStale()).toBe(1);
    expect(await stage.rows('SELECT order_id, status FROM escalation ORDER BY 1')).toEqual([
      { order_id: 'o1', status: 'withdrawn' },
      { order_id: 'o2', status: 'open' },
    ]);
  });

  it('takes over the amount of an order that was amended', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.layOver({ penalty: { currency: 'order', amount: { percent: '50', of: 'order-value' } } });
    await stage.placeOrders(['o1'], clock.now() + 3 * HOUR);
    await stage.service.sweep.takeDue();
    await stage.amend('o1', { lines: [{ lineId: '1', quantity: 2, unitPriceMinor: 3_750 }] });
    const amounts = () => stage.rows('SELECT amount_minor FROM escalation');
    expect(await amounts()).toEqual([{ amount_minor: '1875' }]);
    expect(await stage.service.upkeep.settleOvertaken()).toBe(1);
    expect(await amounts()).toEqual([{ amount_minor: '3750' }]);
    expect(await stage.service.upkeep.settleStale()).toBe(0);
  });

  it('takes over what is expected once an event makes a miss less likely', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.placeOrders(['o1'], clock.now() + 3 * HOUR);
    await stage.service.sweep.takeDue();
    const expected = () => stage.rows('SELECT expected_minor::int AS expected FROM escalation');
    const [before] = await expected();
    await stage.label('o1', clock.now());
    expect(await stage.service.upkeep.settleOvertaken()).toBe(1);
    expect(await expected()).toEqual(await stage.rows('SELECT expected_minor::int AS expected FROM deadline'));
    expect(await expected()).not.toEqual([before]);
    expect(await stage.service.upkeep.settleStale()).toBe(0);
  });

  it('belongs to the warehouse and the seller the order went to, and tells those it left no more', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    for (const name of ['ops', 'w1', 's1']) await stage.addRecipient({ name, ...RECIPIENTS[name] });
    await stage.placeOrders(['o1', 'o2', 'o3'], clock.now() + 3 * HOUR);
    await stage.service.sweep.takeDue();
    await stage.service.processor.handle(await jobOf(stage), { jobId: 'j', attempt: 1 });
    await stage.amend('o1', { warehouseId: 'w2' });
    await stage.amend('o2', { sellerId: 's2' });
    expect(await stage.service.upkeep.settleOvertaken()).toBe(2);
    expect(
      await stage.rows(
        `SELECT order_id, e.seller_id, e.warehouse_id, array_agg(name ORDER BY name) FILTER (WHERE n.status = 'pending') AS told
         FROM escalation e JOIN notice n USING (escalation_id) JOIN recipient USING (recipient_id)
         GROUP BY escalation_id ORDER BY order_id`,
      ),
    ).toEqual([
      { order_id: 'o1', seller_id: 's1', warehouse_id: 'w2', told: ['ops', 's1'] },
      { order_id: 'o2', seller_id: 's2', warehouse_id: 'w1', told: ['ops', 'w1'] },
      { order_id: 'o3', seller_id: 's1', warehouse_id: 'w1', told: ['ops', 's1', 'w1'] },
    ]);
  });

  it('is told at once to the warehouse the order went to, and to none twice', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    for (const name of ['ops', 'w1', 'w2']) await stage.addRecipient({ name, ...RECIPIENTS[name] });
    await stage.placeOrders(['o1', 'o2'], clock.now() + 3 * HOUR);
    await stage.service.sweep.takeDue();
    await stage.service.relay.queueNew();
    const job = await jobOf(stage);
    await stage.service.processor.handle(job, { jobId: 'j', attempt: 1 });
    const passTo = async (warehouseId: string): Promise<unknown> => {
      clock.advance(1_000);
      await stage.amend('o1', { warehouseId });
      await stage.service.upkeep.settleOvertaken();
      expect(await stage.service.relay.queueNew()).toBe(1);
      await stage.service.processor.handle(job, { jobId: 'k', attempt: 1 });
      return stage.rows(
        `SELECT order_id, name, n.status FROM notice n JOIN escalation USING (escalation_id) JOIN recipient USING (recipient_id)
         ORDER BY order_id, name`,
      );
    };
    await stage.rows(
      `UPDATE notice SET status = 'sent' WHERE recipient_id = (SELECT recipient_id FROM recipient WHERE name = 'ops')`,
    );
    const others = ['ops', 'w1'].map((name) => ({ order_id: 'o2', name, status: name === 'ops' ? 'sent' : 'pending' }));
    const told = (w1: string, w2: string): unknown[] => [
      { order_id: 'o1', name: 'ops', status: 'sent' },
      { order_id: 'o1', name: 'w1', status: w1 },
      { order_id: 'o1', name: 'w2', status: w2 },
      ...others,
    ];
    expect(await passTo('w2')).toEqual(told('withdrawn', 'pending'));
    expect(await passTo('w1')).toEqual(told('pending', 'withdrawn'));
    await stage.rows(`UPDATE notice SET status = 'sent' WHERE status = 'pending'`);
    others[1]!.status = 'sent';
    expect(await passTo('w2')).toEqual(told('sent', 'pending'));
    expect(await passTo('w1')).toEqual(told('sent', 'withdrawn'));
  });

  it('finds a copy that an earlier release left behind', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.placeOrders(['o1', 'o2'], clock.now() + 3 * HOUR);
    await stage.service.sweep.takeDue();
    await stage.rows(`UPDATE escalation SET warehouse_id = NULL WHERE order_id = 'o1'`);
    expect(await stage.service.upkeep.settleStale()).toBe(1);
    expect(await stage.service.upkeep.settleStale()).toBe(0);
    expect(await stage.rows('SELECT DISTINCT warehouse_id FROM escalation')).toEqual([{ warehouse_id: 'w1' }]);
  });

  it('withdraws what is queued once the parcel is accepted', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.addRecipient({});
    await stage.placeOrders(['o1', 'o2'], clock.now() + 3 * HOUR);
    await stage.service.sweep.takeDue();
    const ids = await idsOf(stage);
    await stage.service.processor.handle({ tenantId: TENANT, escalationIds: ids }, { jobId: 'j', attempt: 1 });
    await stage.accept('o1', clock.now());
    await stage.service.upkeep.settleOvertaken();
    expect(
      await stage.rows(
        `SELECT e.order_id, e.status, n.status AS notice FROM escalation e JOIN notice n USING (escalation_id) ORDER BY 1`,
      ),
    ).toEqual([
      { order_id: 'o1', status: 'resolved', notice: 'withdrawn' },
      { order_id: 'o2', status: 'open', notice: 'pending' },
    ]);
    expect(await stage.rows(`SELECT order_id FROM decision WHERE kind = 'escalation-resolved'`)).toEqual([
      { order_id: 'o1' },
    ]);
  });

  it('makes no notice for a job that comes after the scan', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.addRecipient({});
    await stage.placeOrders(['o1'], clock.now() + 3 * HOUR);
    await stage.service.sweep.takeDue();
    await stage.accept('o1', clock.now());
    const ids = await idsOf(stage);
    await stage.service.processor.handle({ tenantId: TENANT, escalationIds: ids }, { jobId: 'j', attempt: 1 });
    expect(await stage.rows('SELECT status FROM escalation')).toEqual([{ status: 'resolved' }]);
    expect(await stage.rows('SELECT * FROM notice')).toEqual([]);
  });

  it('keeps a snooze over the next step, and opens both when it ends', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.addRecipient({});
    await stage.placeOrders(['o1'], clock.now() + 13 * HOUR);
    clock.advance(HOUR + 1_000);
    await stage.service.sweep.takeDue();
    const until = new Date(clock.now() + 9 * HOUR);
    await stage.rows(`UPDATE escalation SET status = 'snoozed', snoozed_until = $1, assigned_to = 'Li'`, [until]);
    clock.advance(8 * HOUR);
    await stage.service.sweep.takeDue();
    const kept = { status: 'snoozed', snoozed_until: until, assigned_to: 'Li' };
    const rows = () =>
      stage.rows('SELECT step, status, snoozed_until, assigned_to FROM escalation ORDER BY escalation_id');
    expect(await rows()).toEqual([
      { step: 't-12h', ...kept },
      { step: 't-4h', ...kept },
    ]);
    expect(await stage.service.relay.queueNew()).toBe(0);
    clock.advance(HOUR + 1_000);
    expect(await stage.service.upkeep.reopenSnoozed()).toBe(2);
    expect(await stage.service.relay.queueNew()).toBe(2);
    const ids = await idsOf(stage);
    await stage.service.processor.handle({ tenantId: TENANT, escalationIds: ids }, { jobId: 'j', attempt: 1 });
    expect(await stage.rows('SELECT step FROM notice JOIN escalation USING (escalation_id)')).toEqual([
      { step: 't-4h' },
    ]);
  });
});

describe('a step that comes again', () => {
  const toldOf = (stage: Stage): Promise<unknown[]> =>
    stage.rows(
      `SELECT step, e.status, late, array_agg(n.status || ' ' || reminder ORDER BY notice_id) AS notices
       FROM escalation e JOIN notice n USING (escalation_id) GROUP BY escalation_id ORDER BY escalation_id`,
    );
  const dispatch = async (stage: Stage): Promise<void> => {
    expect(await stage.service.relay.queueNew()).toBe(1);
    await stage.service.processor.handle(await jobOf(stage), { jobId: 'j', attempt: 1 });
  };

  it.each([
    ['a step', 2_000, 't-4h'],
    ['the breach', 3 * HOUR + 2_000, 'breach'],
  ])('is told anew where the proof that met it is taken back: %s', async (_, passed, step) => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.addRecipient({ steps: [step] });
    const proof = clock.now() + 1_000;
    await stage.placeOrders(['o1'], clock.now() + 3 * HOUR);
    clock.advance(passed);
    await stage.service.upkeep.judgeChanging();
    await stage.service.sweep.takeDue();
    await dispatch(stage);
    await stage.rows(`UPDATE notice SET status = 'sent'`);
    await stage.accept('o1', proof);
    await stage.service.upkeep.settleOvertaken();
    expect(await toldOf(stage)).toEqual([{ step, status: 'resolved', late: false, notices: ['sent 0'] }]);
    clock.advance(HOUR / 2);
    await stage.retract('o1', clock.now());
    expect(await stage.service.sweep.takeDue()).toBe(1);
    await dispatch(stage);
    expect(await toldOf(stage)).toEqual([{ step, status: 'open', late: false, notices: ['sent 0', 'pending 1'] }]);
    expect(await stage.rows(`SELECT kind FROM decision WHERE kind LIKE 'escalation-%' ORDER BY decision_id`)).toEqual([
      { kind: 'escalation-raised' },
      { kind: 'escalation-resolved' },
      { kind: 'escalation-raised' },
    ]);
  });

  it('opens again where its deadline has moved away and back, and is told to those who were not', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    for (const name of ['ops', 's1']) await stage.addRecipient({ name, ...RECIPIENTS[name] });
    const shipBy = clock.now() + 3 * HOUR;
    await stage.placeOrders(['o1'], shipBy);
    await stage.service.sweep.takeDue();
    await dispatch(stage);
    await stage.rows(`UPDATE notice SET status = 'sent' WHERE notice_id = (SELECT min(notice_id) FROM notice)`);
    await stage.rows(`UPDATE escalation SET assigned_to = 'Li'`);
    clock.advance(1_000);
    await stage.amend('o1', { platformDeadlines: { shipBy: shipBy + 90 * HOUR } });
    await stage.service.sweep.takeDue();
    await stage.service.upkeep.settleOvertaken();
    expect(await toldOf(stage)).toMatchObject([{ status: 'withdrawn', notices: ['sent 0', 'withdrawn 0'] }]);
    clock.advance(1_000);
    await stage.amend('o1', { platformDeadlines: { shipBy } });
    expect(await stage.service.sweep.takeDue()).toBe(1);
    await dispatch(stage);
    expect(await toldOf(stage)).toMatchObject([{ step: 't-4h', status: 'open', notices: ['sent 0', 'pending 0'] }]);
    expect(await stage.rows('SELECT assigned_to, settled_at FROM escalation')).toEqual([
      { assigned_to: 'Li', settled_at: null },
    ]);
    expect(await stage.service.sweep.takeDue()).toBe(0);
  });
});

describe('a snooze of what was told', () => {
  it('is followed by another notice, once, also when the queue loses it', async () => {
    const clock = clockNow();
    const stage = await open(clock, { requeueAfterMs: 30_000 });
    await stage.addRecipient({});
    await stage.placeOrders(['o1', 'o2'], clock.now() + 3 * HOUR);
    await stage.service.sweep.takeDue();
    await stage.service.relay.queueNew();
    const job = { tenantId: TENANT, escalationIds: await idsOf(stage) };
    await stage.service.processor.handle(job, { jobId: 'j', attempt: 1 });
    await stage.rows(`UPDATE notice SET status = 'sent'`);
    await stage.rows(`UPDATE escalation SET status = 'snoozed', snoozed_until = $1`, [new Date(clock.now() + HOUR)]);
    await stage.accept('o2', clock.now());
    clock.advance(HOUR);
    await stage.service.upkeep.settleOvertaken();
    expect(await stage.service.relay.requeueLost()).toBe(0);
    expect(await stage.service.upkeep.reopenSnoozed()).toBe(1);
    expect(await stage.service.relay.queueNew()).toBe(1);
    await stage.queues.escalations.obliterate();
    clock.advance(31_000);
    expect(await stage.service.relay.requeueLost()).toBe(1);
    await stage.service.processor.handle(job, { jobId: 'k', attempt: 1 });
    await stage.service.processor.handle(job, { jobId: 'l', attempt: 1 });
    expect(
      await stage.rows(
        'SELECT order_id, n.status, reminder FROM notice n JOIN escalation USING (escalation_id) ORDER BY 1, notice_id',
      ),
    ).toEqual([
      { order_id: 'o1', status: 'sent', reminder: 0 },
      { order_id: 'o1', status: 'pending', reminder: 1 },
      { order_id: 'o2', status: 'sent', reminder: 0 },
    ]);
  });
});

describe('without the queue', () => {
  it('goes on to settle what is met, and opens what was snoozed', async () => {
    const clock = clockNow();
    const stage = await open(clock, { sweepIntervalMs: 20 });
    await stage.placeOrders(['o1', 'o2'], clock.now() + 3 * HOUR);
    await stage.service.sweep.takeDue();
    await stage.rows(`UPDATE escalation SET status = 'snoozed', snoozed_until = to_timestamp(0) WHERE order_id = 'o2'`);
    await stage.service.start();
    stages.splice(stages.indexOf(stage), 1);
    await stage.queues.close();
    await stage.accept('o1', clock.now());
    await eventually(async () =>
      expect(await stage.rows('SELECT order_id, status FROM escalation ORDER BY 1')).toEqual([
        { order_id: 'o1', status: 'resolved' },
        { order_id: 'o2', status: 'open' },
      ]),
    );
    await stage.close();
  });
});

describe('whom to tell', () => {
  it('tells ops, the seller and the warehouse of the order, as their filters say, once each', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    const told = await Promise.all([
      stage.addRecipient({ name: 'ops' }),
      stage.addRecipient({ name: 'seller', sellerId: 's1', steps: ['t-4h', 'breach'] }),
      stage.addRecipient({ name: 'warehouse', warehouseId: 'w1', channel: 'webhook', minimumMinor: '1' }),
    ]);
    await stage.addRecipient({ name: 'other seller', sellerId: 's2' });
    await stage.addRecipient({ name: 'other warehouse', warehouseId: 'w2' });
    await stage.addRecipient({ name: 'breach only', steps: ['breach'] });
    await stage.addRecipient({ name: 'large fines', minimumMinor: '1000000' });
    const disabled = await stage.addRecipient({ name: 'gone' });
    await stage.rows('UPDATE recipient SET disabled_at = now() WHERE recipient_id = $1', [disabled]);
    await stage.placeOrders(['o1'], clock.now() + 3 * HOUR);
    await stage.service.sweep.takeDue();
    const job = { tenantId: TENANT, escalationIds: await idsOf(stage) };
    await stage.service.processor.handle(job, { jobId: 'j', attempt: 1 });
    await stage.service.processor.handle(job, { jobId: 'j', attempt: 1 });
    const rows = await stage.rows<{ id: string }>('SELECT recipient_id AS id FROM notice');
    expect(rows.map(({ id }) => id).sort()).toEqual(told.sort());
    expect((await stage.queues.notices.counts()).waiting).toBe(3);
  });
});

describe('what is expected when somebody is told', () => {
  it.each([
    ['a step', HOUR, 'open', 234, 250],
    ['the breach', 13 * HOUR + 1_000, 'missed', 234, 450],
  ])('is judged at %s itself', async (_, passed, status, before, minimum) => {
    const clock = clockNow();
    const stage = await open(clock);
    const told = await stage.addRecipient({ minimumMinor: String(minimum) });
    await stage.placeOrders(['o1'], clock.now() + 13 * HOUR);
    clock.advance(passed);
    await stage.service.sweep.takeDue();
    expect(await stage.rows('SELECT expected_minor::int AS expected FROM escalation')).toEqual([{ expected: before }]);
    await stage.service.processor.handle(await jobOf(stage), { jobId: 'j', attempt: 1 });
    expect(
      await stage.rows(
        `SELECT recipient_id, d.status, e.expected_minor = d.expected_minor AS "isPresent" FROM deadline d
         JOIN escalation e USING (order_id) JOIN notice USING (escalation_id)`,
      ),
    ).toEqual([{ recipient_id: told, status, isPresent: true }]);
    expect(await stage.service.upkeep.judgeChanging()).toBe(false);
  });

  it('is what it was where an order cannot be judged, which holds up nobody', async () => {
    const clock = clockNow();
    const stage = await open(clock);
    await stage.addRecipient({});
    await stage.placeOrders(['o1', 'o2'], clock.now() + 13 * HOUR);
    await stage.rows(`UPDATE shipment SET state = '{"tenantId":"acme","orderId":"o2"}' WHERE order_id = 'o2'`);
    clock.advance(HOUR);
    await stage.service.sweep.takeDue();
    await stage.service.processor.handle(await jobOf(stage), { jobId: 'j', attempt: 1 });
    expect(await stage.rows('SELECT order_id FROM notice JOIN escalation USING (escalation_id) ORDER BY 1')).toEqual([
      { order_id: 'o1' },
      { order_id: 'o2' },
    ]);
  });
});

describe('what is to be queued', () => {
  it('is noted once per lot, and no longer once everybody is told', async () => {
    const clock = clockNow();
    const stage = await open(clock, { requeueAfterMs: 30_000 });
    await stage.placeOrders(many(30), clock.now() + 3 * HOUR);
    await stage.service.sweep.takeDue();
    const noted = () =>
      stage.rows('SELECT queued_at, cardinality(escalation_ids) AS escalations FROM escalation_announcement');
    expect(await noted()).toEqual([{ queued_at: null, escalations: 30 }]);
    expect(await stage.service.relay.queueNew()).toBe(30);
    expect(await stage.service.relay.queueNew()).toBe(0);
    const [first, ...rest] = await idsOf(stage);
    await stage.service.processor.handle({ tenantId: TENANT, escalationIds: rest }, { jobId: 'j', attempt: 1 });
    clock.advance(31_000);
    expect(await stage.service.relay.requeueLost()).toBe(1);
    expect(await noted()).toEqual([{ queued_at: new Date(clock.now()), escalations: 1 }]);
    await stage.service.processor.handle({ tenantId: TENANT, escalationIds: [first!] }, { jobId: 'k', attempt: 1 });
    clock.advance(31_000);
    expect(await stage.service.relay.requeueLost()).toBe(0);
    expect(await noted()).toEqual([]);
  });
});

describe.each(['redis', 'postgres'] as const)('losing the queue (%s)', (kind) => {
  it('delivers every notice all the same, and once', async () => {
    const clock = clockNow();
    const server: QueueServer = kind === 'redis' ? redis() : { kind, url: database.url, schema: uniqueName('queue') };
    const stage = await open(clock, { requeueAfterMs: 30_000, lotSize: 50 }, server);
    await stage.addRecipient({ name: 'ops' });
    await stage.addRecipient({ name: 'seller', sellerId: 's1' });
    await stage.placeOrders(many(150), clock.now() + 3 * HOUR);
    await stage.service.sweep.takeDue();
    expect(await stage.service.relay.queueNew()).toBe(150);
    await stage.queues.escalations.obliterate();
    expect(await stage.service.relay.requeueLost()).toBe(0);
    clock.advance(31_000);
    expect(await stage.service.relay.requeueLost()).toBe(150);
    await stage.queues.work('escalations', stage.service.processor.handle, { concurrency: 3 });
    await eventually(async () => (await stage.queues.notices.counts()).waiting === 300);
    await stage.queues.notices.obliterate();
    expect(await stage.service.relay.queueNotices()).toBe(0);
    clock.advance(31_000);
    for (let queued = 50; queued === 50;) queued = await stage.service.relay.queueNotices();
    for (let round = 0; round < 4; round++) {
      clock.advance(31_000); // late jobs are still there, and nobody takes them: each waits once
      for (let queued = 50; queued === 50;) queued = await stage.service.relay.queueNotices();
    }
    expect((await stage.queues.notices.counts()).waiting).toBe(300);

    const delivered: string[] = [];
    await stage.queues.work('notices', async ({ noticeId, attempt }) => void (await deliver(noticeId, attempt)), {
      concurrency: 5,
    });
    await eventually(async () => {
      const { waiting, active } = await stage.queues.notices.counts();
      return waiting + active === 0;
    });
    expect(new Set(delivered).size).toBe(300);
    expect(delivered).toHaveLength(300);

    async function deliver(noticeId: string, attempt: number): Promise<void> {
      const store = new NoticeStore();
      const claimed = await withService(stage.dataSource, (transaction) =>
        store.claim(transaction, noticeId, attempt, clock.now() + HOUR),
      );
      delivered.push(...claimed.map((notice) => notice.noticeId));
    }
  });
});

async function idsOf(stage: Stage): Promise<string[]> {
  const rows = await stage.rows<{ id: string }>('SELECT escalation_id AS id FROM escalation ORDER BY escalation_id');
  return rows.map(({ id }) => id);
}
