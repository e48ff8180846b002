// Orders that batches only marked, because the log was far behind.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TOPICS, TRACK_GROUP } from '#contracts';
import { AppError, createLogger } from '#platform';
import { OffsetStore, withService } from '#storage';
import { FragileTracking, TENANT, TrackingBench, at, labelled, placed, scanned } from './fixture.js';
import { LateJudgement } from './late-judgement.js';

const AS_OF = at('2026-03-10T00:00:00Z');
const hour = (n: number): number => at('2026-03-02T15:00:00Z') + n * 3_600_000;
const LATER = { judgeLater: true };
const logger = createLogger('test', 'silent');

describe('late judgement', () => {
  let bench: TrackingBench;
  beforeEach(async () => {
    bench = await TrackingBench.open();
  });
  afterEach(() => bench.close());

  const count = async (table: string): Promise<number> => {
    const [row] = await bench.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
    return row!.n;
  };
  /** As if `track` had so many records left to read, all appended after `readUntil`. */
  const behind = async (records: number, readUntil: number): Promise<void> => {
    const offsets = new OffsetStore(bench.dataSource);
    const [claim] = await offsets.claim(TRACK_GROUP, TOPICS.orders, new Map([[0, 0n]]));
    const { epoch, nextOffset } = claim!;
    const toOffset = nextOffset + 1n;
    const place = { topic: TOPICS.orders, partition: 0, epoch, fromOffset: nextOffset, toOffset };
    const move = { ...place, highWatermark: toOffset + BigInt(records), appendedAt: readUntil };
    await withService(bench.dataSource, (transaction) => offsets.advance(transaction, TRACK_GROUP, [move]));
  };

  it('judges an order once for all that was read of it, notes how fresh its warehouse is, and ends where reading it at once does', async () => {
    const story = [placed('a'), labelled('a', 'PKGA0001', hour(4))];
    await bench.apply(story, AS_OF, LATER);
    await bench.apply([scanned('PKGA0001', hour(20))], AS_OF, LATER);
    expect([await count('evidence'), await count('deadline'), await count('decision')]).toEqual([3, 0, 0]);
    expect([await count('unjudged_order'), await count('warehouse_feed')]).toEqual([2, 0]);
    expect(await bench.judgeLate(AS_OF)).toBe(1);
    const rows = await bench.deadlines();
    expect([await count('unjudged_order'), await count('decision')]).toEqual([0, 2]);
    expect(await bench.query('SELECT last_scan_at FROM warehouse_feed')).toEqual([
      { last_scan_at: new Date(hour(20)) },
    ]);
    const once = await TrackingBench.open();
    await once.apply([...story, scanned('PKGA0001', hour(20))], AS_OF);
    expect(rows).toEqual(await once.deadlines());
    await once.close();
  });

  it('marks every order that uses a number', async () => {
    await bench.apply(
      [placed('a'), placed('b'), labelled('a', 'PKGA0001', hour(4)), labelled('b', 'PKGA0001', hour(5))],
      AS_OF,
    );
    await bench.apply([placed('c')], AS_OF);
    await bench.apply([scanned('PKGA0001', hour(20))], AS_OF, LATER);
    expect(await bench.query('SELECT order_id FROM unjudged_order ORDER BY 1')).toEqual([
      { order_id: 'a' },
      { order_id: 'b' },
    ]);
  });

  it('waits while the log is far behind, not for ever, and judges where the log has been read to', async () => {
    await behind(50, hour(1));
    await bench.apply([placed('a')], AS_OF, LATER);
    const settings = { farBehind: 50, waitMs: 60_000 };
    expect(await bench.judgeLate(AS_OF, settings)).toBe(0);
    await bench.query(`UPDATE unjudged_order SET marked_at = now() - interval '61 s'`);
    expect(await bench.judgeLate(AS_OF, settings)).toBe(1);
    expect(await bench.query('SELECT status FROM deadline')).toEqual([{ status: 'open' }]);
    await bench.apply([placed('b')], AS_OF, LATER);
    await behind(49, hour(2));
    expect(await bench.judgeLate(AS_OF, settings)).toBe(1);
  });

  it('waits after a start for the first of what is left to read, however little', async () => {
    await bench.apply([placed('a')], AS_OF, LATER);
    const offsets = new OffsetStore(bench.dataSource);
    await offsets.claim(TRACK_GROUP, TOPICS.scans, new Map([[0, 1n]]));
    expect(await bench.judgeLate(AS_OF)).toBe(0);
    await offsets.claim(TRACK_GROUP, TOPICS.scans, new Map([[0, 0n]]));
    expect(await bench.judgeLate(AS_OF)).toBe(1);
  });

  it('sets an order aside that cannot be judged, and judges the others', async () => {
    const fragile = new FragileTracking(bench.holder);
    const late = new LateJudgement(bench.dataSource, fragile, { farBehind: Infinity, logger });
    const ids = Array.from({ length: 300 }, (_, n) => `o${n}`);
    await bench.apply(
      [...ids, 'bad1', 'bad2'].map((id) => placed(id)),
      AS_OF,
      LATER,
    );
    await bench.apply([placed('bad1', {}, 'again')], AS_OF, LATER);
    let [judged, setAside] = [0, 0];
    for (let hasMore = true; hasMore;) {
      const round = await late.round(AS_OF);
      judged += round.judged;
      setAside += round.setAside;
      hasMore = round.hasMore;
    }
    expect({ judged, setAside }).toEqual({ judged: 300, setAside: 2 });
    expect(await late.round(AS_OF)).toMatchObject({ marks: 0, judged: 0, hasMore: false });
    expect(await bench.query('SELECT DISTINCT order_id FROM unjudged_order ORDER BY 1')).toEqual([
      { order_id: 'bad1' },
      { order_id: 'bad2' },
    ]);
    await bench.query('UPDATE unjudged_order SET marked_at = now()');
    expect(await bench.judgeLate(AS_OF)).toBe(2);
    expect(await count('deadline')).toBe(302);
  });

  it('leaves the marks where its transaction ends early', async () => {
    const stopped = new FragileTracking(bench.holder, new AppError('database.away', 'away', { retryable: true }));
    const late = new LateJudgement(bench.dataSource, stopped, { farBehind: Infinity, logger });
    await bench.apply([placed('bad')], AS_OF, LATER);
    await expect(late.round(AS_OF)).rejects.toThrow('away');
    expect([await count('unjudged_order'), await count('deadline')]).toEqual([1, 0]);
    expect(await bench.judgeLate(AS_OF)).toBe(1);
  });

  it("is nobody else's to see: people read no marks", async () => {
    await bench.apply([placed('a')], AS_OF, LATER);
    const asPeople = bench.query(
      `BEGIN; SET LOCAL ROLE fineline_app; SET LOCAL app.tenant = '${TENANT}'; SELECT FROM unjudged_order`,
    );
    await expect(asPeople).rejects.toThrow('permission denied');
  });
});
