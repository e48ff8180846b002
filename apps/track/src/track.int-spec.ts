import { afterEach, describe, expect, it } from '@jest/globals';
import { TOPICS } from '#contracts';
import { eventually } from '#testing';
import { TrackBench, acceptance, label, order } from './fixture.js';

describe.each(['kafka', 'postgres'] as const)('track on %s', (kind) => {
  let bench: TrackBench;
  afterEach(() => bench.close());

  const deadlines = (): Promise<{ order_id: string; status: string }[]> =>
    bench.dataSource.query('SELECT order_id, status FROM deadline ORDER BY order_id');

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
    expect(await metrics.registry.metrics()).toContain('fineline_track_events_total{result="applied"} 4');
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
    const text = await metrics.registry.metrics();
    const late = Number(/fineline_track_judged_late_orders_total (\d+)/.exec(text)?.[1]);
    expect(late).toBeGreaterThanOrEqual(30);
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
    const text = await metrics.registry.metrics();
    expect(text).toContain('fineline_track_events_total{result="applied"} 2');
    expect(text).not.toContain('result="repeated"');
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
