import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { TOPICS } from '#contracts';
import type { Metrics } from '#platform';
import { eventually } from '#testing';
import { FirstClaim } from './first-claim.js';
import { TrackBench, acceptance, label, order } from './fixture.js';

describe.each(['kafka', 'postgres'] as const)('track on %s', (kind) => {
  let bench: TrackBench;
  afterEach(async () => {
    jest.restoreAllMocks();
    await bench.close();
  });

  const deadlines = (): Promise<{ order_id: string; status: string }[]> =>
    bench.dataSource.query('SELECT order_id, status FROM deadline ORDER BY order_id');

  /** What is committed is counted a moment later. */
  const counted = (metrics: Metrics, line: string): Promise<void> =>
    eventually(async () => expect(await metrics.registry.metrics()).toContain(line));

  it('turns orders and scans into deadlines, publishes decisions, and counts', async () => {
    bench = await TrackBench.open(kind);
    const metrics = await bench.start();
    await bench.send([
      acceptance('PKG00001', '2026-03-03T10:00:00Z'),
      order('o1'),
      label('o1', 'PKG00001'),
      order('o2'),
    ]);
    await eventually(async () =>
      expect(await deadlines()).toEqual([
        { order_id: 'o1', status: 'met' },
        { order_id: 'o2', status: 'missed' },
      ]),
    );
    await eventually(async () => {
      expect(await bench.count('decision')).toBeGreaterThanOrEqual(2);
      expect(await bench.count('decision_announcement')).toBe(0);
    });
    await counted(metrics, 'fineline_track_events_total{result="applied"} 4');
  });

  it('reads a long backlog first and then judges each order once, for all that was read of it', async () => {
    bench = await TrackBench.open(kind);
    const ids = Array.from({ length: 40 }, (_, n) => `o${n}`);
    const number = (id: string): string => `PKG${id.padStart(6, '0')}`;
    await bench.send(
      ids.flatMap((id) => [order(id), label(id, number(id)), acceptance(number(id), '2026-03-03T10:00:00Z')]),
    );
    const metrics = await bench.start({ transactions: { maxRecords: 5, atOnce: 2, farBehind: 1 } });
    await eventually(async () => {
      expect((await deadlines()).map(({ status }) => status)).toEqual(ids.map(() => 'met'));
      expect(await bench.count('unjudged_order')).toBe(0);
    });
    await eventually(async () => {
      const text = await metrics.registry.metrics();
      const late = Number(/fineline_track_judged_late_orders_total (\d+)/.exec(text)?.[1]);
      expect(late).toBeGreaterThanOrEqual(30);
    });
    expect(await bench.count('decision')).toBeLessThan(2 * ids.length + 20);
  });

  it('goes on after a restart where its effects end: nothing twice, nothing lost', async () => {
    bench = await TrackBench.open(kind);
    await bench.start();
    await bench.send([order('o1'), order('o2')]);
    await eventually(async () => expect(await bench.count('evidence')).toBe(2));
    await bench.stop();
    await bench.send([order('o3'), order('o1', {}, 'o1-again')]);
    const metrics = await bench.start();
    await eventually(async () => expect(await bench.count('evidence')).toBe(4));
    await counted(metrics, 'fineline_track_events_total{result="applied"} 2');
    expect(await metrics.registry.metrics()).not.toContain('result="repeated"');
  });

  /** Runs `track` until it has read the events and stops it; far behind all the time, so that nothing is judged for a minute. */
  const readAndStop = async (events: Parameters<TrackBench['send']>[0]): Promise<void> => {
    await bench.start({ transactions: { maxRecords: 5, atOnce: 2, farBehind: 0 } });
    // The first start puts the rulebooks in force, which judges whatever is there.
    await eventually(async () => {
      expect(await bench.count('recompute_task')).toBeGreaterThan(0);
      expect(await bench.count('recompute_task WHERE finished_at IS NULL')).toBe(0);
    });
    await bench.send(events);
    await eventually(async () => expect(await bench.count('evidence')).toBe(events.length));
    await bench.stop();
    expect(await bench.count('unjudged_order')).toBeGreaterThan(0);
    expect([await deadlines(), await bench.count('decision')]).toEqual([[], 0]);
  };

  it('judges after a restart what it had only read when it stopped: all of it, each order once', async () => {
    bench = await TrackBench.open(kind);
    const ids = Array.from({ length: 12 }, (_, n) => `o${n}`);
    const number = (id: string): string => `PKG${id.padStart(6, '0')}`;
    await readAndStop(
      ids.flatMap((id) => [order(id), label(id, number(id)), acceptance(number(id), '2026-03-03T10:00:00Z')]),
    );
    const metrics = await bench.start();
    await eventually(async () =>
      expect(await metrics.registry.metrics()).toContain(`fineline_track_judged_late_orders_total ${ids.length}\n`),
    );
    expect((await deadlines()).map(({ status }) => status)).toEqual(ids.map(() => 'met'));
    expect(await bench.count('unjudged_order')).toBe(0);
    expect(await metrics.registry.metrics()).not.toContain('fineline_track_events_total{');
  });

  it('judges none of that before it has its partitions: who stopped it may have left the proof unread', async () => {
    bench = await TrackBench.open(kind);
    await readAndStop([order('o1')]);
    const asked = jest.spyOn(FirstClaim.prototype, 'isMade');
    const other = bench.dataSource.createQueryRunner();
    await other.startTransaction();
    // Claims wait for it, looks at what is left to read do not.
    await other.query('LOCK TABLE log_offset IN SHARE MODE');
    const starting = bench.start();
    // Two rounds of late judgement, two of judging again.
    await eventually(() => asked.mock.results.length >= 4);
    const answers = asked.mock.results.slice(0, 4).map(({ value }) => value as Promise<boolean>);
    expect(await Promise.all(answers)).toEqual([false, false, false, false]);
    expect([await deadlines(), await bench.count('unjudged_order')]).toEqual([[], 1]);
    await other.commitTransaction();
    await other.release();
    await starting;
    await eventually(async () => expect(await deadlines()).toEqual([{ order_id: 'o1', status: 'missed' }]));
  });

  it('quarantines what it cannot read, with tenant and reason, and reads on', async () => {
    bench = await TrackBench.open(kind);
    await bench.start();
    const raw = (value: Buffer | null, headers: Record<string, string> = {}) => ({
      topic: TOPICS.orders,
      record: { key: 'acme/o1', value, headers },
    });
    await bench.send([
      order('o1', {}, 'same'),
      raw(Buffer.from('{"specversion":')),
      raw(null),
      raw(Buffer.from([0xff, 0xfe])),
      raw(Buffer.from('[]')),
      order('o1', { currency: 'dollars' }),
      order('o1', { warehouseId: 'elsewhere' }, 'same'),
      order('o1', {}, 'last'),
    ]);
    await eventually(async () => expect(await bench.count('evidence')).toBe(2));
    const held = await bench.dataSource.query<{ tenant_id: string; reason: string }[]>(
      'SELECT tenant_id, reason FROM quarantine ORDER BY "offset"',
    );
    expect(held.map(({ tenant_id }) => tenant_id)).toEqual(Array(6).fill('acme'));
    expect(held.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('is not JSON'),
      expect.stringContaining('tombstone'),
      expect.stringContaining('not UTF-8'),
      expect.stringContaining('must be a JSON object'),
      expect.stringContaining('/data/currency'),
      expect.stringContaining('accepted before with other contents'),
    ]);
  });
});
