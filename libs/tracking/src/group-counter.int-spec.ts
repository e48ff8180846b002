import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ParsedEvent } from '#contracts';
import { eventually } from '#testing';
import { TrackingBench, at, event, labelled, placed, rulebookDocument, version } from './fixture.js';
import { RecomputeService } from './recompute-service.js';

const FRAUD = {
  id: 'FRAUD',
  title: { en: 'Empty parcels', zh: '空包' },
  versions: [
    version({
      clock: undefined,
      satisfiedBy: undefined,
      violation: {
        kinds: ['empty-parcel'],
        presumption: { groupBy: 'spu', minCount: 2, minShare: '0.40', zone: 'market' },
      },
    }),
  ],
};
const AS_OF = at('2026-03-10T00:00:00Z');
const SHIPPED = at('2026-03-03T18:00:00Z');

describe('presumption over a group', () => {
  let bench: TrackingBench;
  beforeAll(async () => {
    bench = await TrackingBench.open(rulebookDocument([FRAUD]));
  });
  afterAll(() => bench.close());

  const shipped = (orderId: string, spu = 'spu-1'): ParsedEvent[] => [
    placed(orderId, { lines: [{ lineId: '1', spu, quantity: 1, unitPriceMinor: 900 }] }),
    labelled(orderId, `PKG${orderId.toUpperCase()}`, SHIPPED),
  ];
  const incident = (orderId: string): ParsedEvent =>
    event('violation.reported', { orderId, kind: 'empty-parcel', occurredAt: AS_OF });
  const fined = async (): Promise<string> => {
    const recompute = new RecomputeService(bench.dataSource, bench.tracking, bench.holder);
    await eventually(async () => {
      while ((await recompute.runChunk(AS_OF)).hasMore);
      return (await bench.query('SELECT 1 FROM recompute_task WHERE finished_at IS NULL')).length === 0;
    });
    const rows = await bench.query<{ order_id: string }>('SELECT order_id FROM deadline ORDER BY order_id');
    return rows.map(({ order_id }) => order_id).join(' ');
  };

  it('spreads over every order of the product and day once count and share are reached, and back', async () => {
    const orders = ['ord1', 'ord2', 'ord3', 'ord4'];
    await bench.apply([...orders.flatMap((id) => shipped(id)), ...shipped('other', 'spu-2')], AS_OF);
    expect(await fined()).toBe('');
    await bench.apply([incident('ord1')], AS_OF);
    expect(await fined()).toBe('ord1');
    await bench.apply([incident('ord2')], AS_OF);
    expect(await fined()).toBe('ord1 ord2 ord3 ord4');
    await bench.apply(shipped('ord5'), AS_OF);
    expect(await fined()).toBe('ord1 ord2 ord3 ord4 ord5');
    await bench.apply(shipped('ord6'), AS_OF);
    expect(await fined()).toBe('ord1 ord2');
  });
  it('reaches orders of the group that are closed', async () => {
    const orders = ['late1', 'late2', 'late3'];
    await bench.apply(
      orders.flatMap((id) => shipped(id, 'spu-3')),
      AS_OF,
    );
    await bench.apply([incident('late1')], AS_OF);
    await fined();
    expect(await bench.closeOrders()).toBeGreaterThanOrEqual(3);
    await bench.apply([incident('late2')], AS_OF);
    expect(await fined()).toBe('late1 late2 late3');
  });
});
