import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TOPICS, TRACK_GROUP } from '#contracts';
import { OffsetStore, withService } from '#storage';
import type { ManualClock, TestDatabase } from '#testing';
import { createTestDatabase, eventually, localServices, manualClock, uniqueName } from '#testing';
import type { Stage } from './stage.fixture.js';
import { HOUR, TENANT, openStage } from './stage.fixture.js';

describe('steps while track catches up', () => {
  let database: TestDatabase;
  let clock: ManualClock;
  let stage: Stage;
  let offsets: OffsetStore;
  let epoch: bigint;
  let nextOffset = 0n;

  beforeAll(() => {
    clock = manualClock(new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString());
  });
  beforeEach(async () => {
    database = await createTestDatabase();
    const server = { kind: 'redis', url: localServices().redisUrl, prefix: uniqueName('held') } as const;
    stage = await openStage(database.url, server, clock, { sweepIntervalMs: 20 });
    offsets = new OffsetStore(stage.dataSource);
    const [claimed] = await offsets.claim(TRACK_GROUP, TOPICS.scans, new Map([[0, 0n]]));
    ({ epoch, nextOffset } = claimed!);
    await commit(20_000n);
    await stage.placeOrders(['met', 'unmet'], clock.now() + 13 * HOUR);
    clock.advance(1.5 * HOUR);
  });
  afterEach(async () => {
    await stage.queues.escalations.obliterate();
    await stage.close();
    await database.drop();
  });

  /** `track` commits one record and knows of so many more. */
  const commit = async (left: bigint): Promise<void> => {
    await withService(stage.dataSource, (transaction) => {
      const [fromOffset, toOffset] = [nextOffset, (nextOffset += 1n)];
      const place = { topic: TOPICS.scans, partition: 0, epoch, appendedAt: clock.now() };
      return offsets.advance(transaction, TRACK_GROUP, [
        { ...place, fromOffset, toOffset, highWatermark: toOffset + left },
      ]);
    });
    await staysAlive();
  };
  /** `track` counts as alive by the database's clock, which no test may outlast. */
  const staysAlive = (): Promise<unknown> => stage.rows(`UPDATE log_offset SET updated_at = now() + interval '1 hour'`);
  const escalated = async (): Promise<string[]> =>
    (await stage.rows<{ id: string }>('SELECT order_id AS id FROM escalation ORDER BY id')).map(({ id }) => id);
  const missed = (): Promise<unknown[]> => stage.rows(`SELECT order_id FROM deadline WHERE status = 'missed'`);
  const heldSweeps = async (): Promise<number> =>
    Number(/^fineline_escalate_held_sweeps_total (\d+)$/m.exec(await stage.metrics.registry.metrics())![1]);
  const isHeldAgain = async (): Promise<void> => {
    const before = await heldSweeps();
    await eventually(async () => (await heldSweeps()) >= before + 4);
  };

  it('takes after the catch-up only what the evidence has left unmet', async () => {
    await stage.service.start();
    await isHeldAgain();
    expect(await escalated()).toEqual([]);
    await stage.accept('met', clock.now() - HOUR);
    await commit(5_001n);
    await isHeldAgain();
    expect(await escalated()).toEqual([]);
    await commit(0n);
    await eventually(async () => expect(await escalated()).toEqual(['unmet']));
  });

  it('judges nothing missed before the catch-up is over', async () => {
    clock.advance(12 * HOUR);
    await stage.service.start();
    await isHeldAgain();
    expect(await missed()).toEqual([]);
    await stage.accept('met', clock.now() - 2 * HOUR);
    await commit(0n);
    await eventually(async () => expect(await missed()).toEqual([{ order_id: 'unmet' }]));
  });

  it('does not miss what a job tells of', async () => {
    await stage.service.sweep.takeDue();
    clock.advance(12 * HOUR);
    await stage.service.start();
    await isHeldAgain();
    const ids = await stage.rows<{ id: string }>('SELECT escalation_id AS id FROM escalation');
    const job = { tenantId: TENANT, escalationIds: ids.map(({ id }) => id) };
    await stage.service.processor.handle(job, { jobId: 'j', attempt: 1 });
    expect(await stage.rows('SELECT DISTINCT status FROM deadline')).toEqual([{ status: 'open' }]);
  });

  it('takes everything once it has been held for too long', async () => {
    await stage.service.start();
    await isHeldAgain();
    clock.advance(119_000);
    await isHeldAgain();
    expect(await escalated()).toEqual([]);
    clock.advance(1_001);
    await eventually(async () => expect(await escalated()).toEqual(['met', 'unmet']));
  });

  it('takes everything once track is dead', async () => {
    await stage.service.start();
    await isHeldAgain();
    expect(await escalated()).toEqual([]);
    clock.advance(10_000);
    await stage.rows(`UPDATE log_offset SET updated_at = now() - interval '31 s'`);
    await eventually(async () => expect(await escalated()).toEqual(['met', 'unmet']));
  });

  it('waits for the first batch of an owner that has just claimed the partition, where there is one to come', async () => {
    await commit(0n);
    await offsets.claim(TRACK_GROUP, TOPICS.scans, new Map([[0, nextOffset + 1n]]));
    await staysAlive();
    await stage.service.start();
    await isHeldAgain();
    expect(await escalated()).toEqual([]);
    await offsets.claim(TRACK_GROUP, TOPICS.scans, new Map([[0, nextOffset]]));
    await eventually(async () => expect(await escalated()).toEqual(['met', 'unmet']));
  });
});
