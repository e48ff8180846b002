// How fresh a warehouse's scans are: noted with each batch, seen by whose parcels they are.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Identity } from '#storage';
import { FeedStore, asPerson, warehouseFeeds, withService } from '#storage';
import { TENANT, TrackingBench, at, labelled, placed, scanned } from './fixture.js';

const NOW = at('2026-03-02T16:00:00Z');
const minute = (n: number): number => NOW + n * 60_000;
const iso = (instant: number): string => new Date(instant).toISOString();

describe('warehouse feeds', () => {
  let bench: TrackingBench;
  beforeEach(async () => {
    bench = await TrackingBench.open();
  });
  afterEach(() => bench.close());

  const feeds = (identity: Partial<Identity> = {}): Promise<unknown> =>
    asPerson(bench.dataSource, { tenantId: TENANT, role: 'ops', name: 'Somebody', ...identity }, warehouseFeeds);
  const feed = (warehouseId: string, lastScanAt: number | null, openDeadlines: number): object => ({
    warehouseId,
    lastScanAt: lastScanAt === null ? null : iso(lastScanAt),
    openDeadlines,
  });

  it('are the latest scan of what one may see, with the deadlines that wait', async () => {
    await bench.apply(
      [
        placed('a'),
        placed('b', { sellerId: 'seller-2' }),
        placed('c', { warehouseId: 'ca' }),
        placed('d', { warehouseId: undefined }),
        labelled('a', 'PKGA0001', minute(1)),
        labelled('b', 'PKGB0001', minute(1)),
      ],
      NOW,
    );
    expect(await feeds()).toEqual([feed('ca', null, 1), feed('nj', null, 4)]);
    const claimed = { stage: 'handed-over-unconfirmed' as const, strength: 'claimed' as const };
    await bench.apply([scanned('PKGA0001', minute(10), claimed), scanned('PKGB0001', minute(30), claimed)], NOW);
    expect(await feeds()).toEqual([feed('ca', null, 1), feed('nj', minute(30), 4)]);
    expect(await feeds({ role: 'warehouse', warehouseId: 'nj' })).toEqual([feed('nj', minute(30), 4)]);
    expect(await feeds({ role: 'seller', sellerId: 'seller-1' })).toEqual([
      feed('ca', null, 1),
      feed('nj', minute(10), 2),
    ]);
    expect(await feeds({ role: 'seller' })).toEqual([]);
    expect(await feeds({ tenantId: 'other' })).toEqual([]);
  });

  it('know a scan that came before its label, keep the latest, and are written once a minute', async () => {
    await bench.apply([scanned('PKGA0001', minute(10), { stage: 'in-transit', strength: 'implied' })], NOW);
    await bench.apply([placed('a'), placed('b')], NOW);
    expect(await feeds()).toEqual([feed('nj', null, 2)]);
    await bench.apply([labelled('a', 'PKGA0001', minute(1))], NOW);
    const seen = async (): Promise<unknown> => bench.query('SELECT last_scan_at FROM warehouse_feed');
    expect(await seen()).toEqual([{ last_scan_at: new Date(minute(10)) }]);
    const scan = (instant: number): ReturnType<typeof scanned> =>
      scanned('PKGA0001', instant, { stage: 'in-transit', strength: 'implied' });
    await bench.apply([scan(minute(5))], NOW);
    await bench.apply([scan(minute(10.5))], NOW);
    expect(await seen()).toEqual([{ last_scan_at: new Date(minute(10)) }]);
    await bench.apply([scan(minute(11))], NOW);
    expect(await seen()).toEqual([{ last_scan_at: new Date(minute(11)) }]);
  });

  it('are noted by many at once without waiting for each other for ever, and the latest stays', async () => {
    const store = new FeedStore();
    const rows = Array.from({ length: 200 }, (_, n) => ({
      tenantId: TENANT,
      sellerId: `s${n}`,
      warehouseId: 'nj',
      lastScanAt: 0,
    }));
    const note = (round: number): Promise<void> =>
      withService(bench.dataSource, async (transaction) => {
        const own = rows.map((row) => ({ ...row, lastScanAt: minute(2 * round) }));
        await store.note(transaction, round % 2 === 0 ? own : own.reverse());
      });
    await Promise.all(Array.from({ length: 12 }, (_, round) => note(round)));
    const [newest] = await bench.query('SELECT count(*)::int AS n, min(last_scan_at) AS at FROM warehouse_feed');
    expect(newest).toEqual({ n: 200, at: new Date(minute(22)) });
  });
});
