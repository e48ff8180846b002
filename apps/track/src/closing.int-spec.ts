import { afterAll, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { trackConfig } from './config.js';
import { TrackBench, acceptance, label, order } from './fixture.js';

const DAY_MS = 86_400_000;
let bench: TrackBench;
afterAll(() => bench.close());

it('closes orders that are over, brings back what a late event is about, and counts both', async () => {
  bench = await TrackBench.open('postgres');
  await bench.start();
  await bench.send([order('o1'), label('o1', 'PKG00001'), order('o2')]);
  await eventually(async () => expect(await bench.count('deadline')).toBe(2));
  // A correction that still runs holds orders; those are passed over until the next round, an hour later.
  await eventually(async () => {
    expect(await bench.count('recompute_task')).toBeGreaterThan(0);
    expect(await bench.count('recompute_task WHERE finished_at IS NULL')).toBe(0);
  });
  await bench.stop();

  const muchLater = Date.now() + 1_000 * DAY_MS;
  const metrics = await bench.start({ clock: { now: () => muchLater }, closedMs: 100 * DAY_MS });
  const counted = (change: string): Promise<void> =>
    eventually(async () =>
      expect(await metrics.registry.metrics()).toMatch(
        new RegExp(`fineline_track_closed_orders_total{change="${change}"} [12]\n`),
      ),
    );
  await eventually(async () => expect(await bench.count('closed_order')).toBe(2));
  expect(await bench.count('shipment')).toBe(0);
  await counted('closed');
  await bench.send([acceptance('PKG00001', '2026-03-03T10:00:00Z')]);
  await eventually(async () => expect(await bench.count('closed_order')).toBe(1));
  await counted('brought-back');
  // Just after a start it is not known what is left to read, so the order may be judged a little later than it is brought back.
  await eventually(async () =>
    expect(await bench.dataSource.query('SELECT order_id, status FROM deadline')).toEqual([
      { order_id: 'o1', status: 'met' },
    ]),
  );
});

it.each([
  ['0', true],
  ['99', false],
  ['100', true],
])('after %s days: %s', (days, isTaken) => {
  expect(trackConfig.shape.TRACK_CLOSED_DAYS.safeParse(days).success).toBe(isTaken);
});
