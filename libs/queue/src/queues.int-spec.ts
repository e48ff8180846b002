// One contract, both servers.
import { afterEach, beforeAll, afterAll, describe, expect, it } from '@jest/globals';
import { Metrics, createLogger } from '#platform';
import type { TestDatabase } from '#testing';
import { createEmptyDatabase, eventually, localServices, uniqueName } from '#testing';
import pg from 'pg';
import type { NewJob, NoticeJob, QueueServer } from './index.js';
import { GiveUp, Postpone, Queues, createQueues } from './index.js';

const QUICK = { attempts: 3, delayMs: 10 };

function notice(id: string, expectedMinor = 100): NewJob<NoticeJob> {
  return { id, payload: { noticeId: id, recipientId: '7', attempt: 0 }, expectedMinor, currency: 'USD' };
}

function promiseOf<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => (resolve = settle));
  return { promise, resolve };
}

describe.each(['redis', 'postgres'] as const)('queues on %s', (kind) => {
  let database: TestDatabase;
  const opened: Queues[] = [];
  let metrics: Metrics;

  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(() => database.drop());
  afterEach(async () => {
    for (const queues of opened.splice(0)) {
      await queues.notices.obliterate().catch(() => undefined);
      await queues.close();
    }
  });

  async function open(): Promise<Queues> {
    const server: QueueServer =
      kind === 'redis'
        ? { kind, url: localServices().redisUrl, prefix: uniqueName('queue') }
        : { kind, url: database.url, schema: uniqueName('queue') };
    metrics = new Metrics();
    const queues = await createQueues(server, { logger: createLogger('test', 'fatal'), metrics }, QUICK);
    opened.push(queues);
    return queues;
  }

  it('hands over what was added, the dearest first', async () => {
    const queues = await open();
    await queues.notices.add([notice('a', 100), notice('b', 90_000), notice('c', 5_000), notice('d', 5_001)]);
    expect(await queues.notices.counts()).toEqual({ waiting: 4, active: 0, delayed: 0, failed: 0 });
    const seen: string[] = [];
    await queues.work('notices', async ({ noticeId }) => void seen.push(noticeId), { concurrency: 1 });
    await eventually(() => seen.length === 4);
    expect(seen).toEqual(['b', 'd', 'c', 'a']);
  });

  it('takes thousands in one call and an id that waits only once', async () => {
    const queues = await open();
    const many = Array.from({ length: 2_345 }, (_, index) => notice(`n-${index}`));
    await queues.notices.add(many);
    await queues.notices.add(many.slice(0, 10));
    expect((await queues.notices.counts()).waiting).toBe(2_345);
  });

  it('lets a purpose wait once, until its job is done, has failed or is lost', async () => {
    const queues = await open();
    let added = 0;
    const add = (): Promise<void> => queues.notices.add([{ ...notice(`n-${++added}`), purpose: 'n' }]);
    const waiting = async (): Promise<number> => (await queues.notices.counts()).waiting;
    for (let round = 0; round < 3; round++) await add();
    await queues.notices.add([notice('other'), { ...notice('third'), purpose: 'third' }]);
    expect(await waiting()).toBe(3);
    await queues.notices.obliterate();
    await add();
    await add();
    expect(await waiting()).toBe(1);
    const taken: string[] = [];
    await queues.work(
      'notices',
      async (_payload, { jobId }) => {
        taken.push(jobId);
        if (taken.length === 1) throw new GiveUp('no');
      },
      { concurrency: 1 },
    );
    await eventually(async () => (await queues.notices.counts()).failed === 1);
    await add();
    await eventually(() => taken.length === 2);
    await eventually(async () => (await queues.notices.counts()).active === 0);
    await add();
    await eventually(() => taken.length === 3);
    expect(taken).toEqual(['n-4', 'n-6', 'n-7']);
  });

  it('tries again, then keeps the job in the failed set, from where it can be sent again', async () => {
    const queues = await open();
    let broken = true;
    const attempts: number[] = [];
    await queues.work(
      'notices',
      async (_payload, { attempt }) => {
        attempts.push(attempt);
        if (broken) throw new Error('mail server is down');
      },
      { concurrency: 1 },
    );
    await queues.notices.add([notice('n-1')]);
    const [failed] = await eventually(async () => {
      const list = await queues.notices.failed();
      expect(list).toHaveLength(1);
      return list;
    });
    expect(attempts).toEqual([1, 2, 3]);
    expect(failed).toMatchObject({
      id: 'n-1',
      payload: { noticeId: 'n-1' },
      attempts: 3,
      reason: 'mail server is down',
    });
    broken = false;
    await queues.notices.retryFailed();
    await eventually(() => attempts.length === 4);
    await eventually(async () => (await queues.notices.counts()).failed === 0);
    expect(await metrics.registry.getSingleMetricAsString('fineline_queue_jobs_total')).toMatch(
      /queue="notices",outcome="failed"} 1/,
    );
  });

  it('fails at once when the handler gives up', async () => {
    const queues = await open();
    let attempts = 0;
    await queues.work(
      'notices',
      async () => {
        attempts += 1;
        throw new GiveUp('no such mailbox');
      },
      { concurrency: 1 },
    );
    await queues.notices.add([notice('n-1')]);
    await eventually(async () => (await queues.notices.counts()).failed === 1);
    expect(attempts).toBe(1);
  });

  it('brings a postponed job back without counting an attempt', async () => {
    const queues = await open();
    const attempts: number[] = [];
    await queues.work(
      'notices',
      async (_payload, { attempt }) => {
        attempts.push(attempt);
        if (attempts.length < 5) throw new Postpone(5);
      },
      { concurrency: 1 },
    );
    await queues.notices.add([notice('n-1')]);
    await eventually(() => attempts.length === 5);
    expect(attempts).toEqual([1, 1, 1, 1, 1]);
    expect(await queues.notices.failed()).toEqual([]);
  });

  it('refuses ids that BullMQ would refuse or read as its own', async () => {
    const queues = await open();
    for (const id of ['', '42', 'a:b']) await expect(queues.notices.add([notice(id)])).rejects.toThrow('job id');
  });

  it('lets a running job finish before it closes', async () => {
    const queues = await open();
    const [started, release] = [promiseOf<void>(), promiseOf<void>()];
    const order: string[] = [];
    await queues.work(
      'notices',
      async () => {
        started.resolve();
        await release.promise;
        order.push('job');
      },
      { concurrency: 1 },
    );
    await queues.notices.add([notice('n-1')]);
    await started.promise;
    const closed = queues.close().then(() => order.push('closed'));
    release.resolve();
    await closed;
    expect(order).toEqual(['job', 'closed']);
    opened.length = 0;
  });
});

describe('queues on postgres', () => {
  it('live through the end of every connection', async () => {
    const database = await createEmptyDatabase();
    const server: QueueServer = { kind: 'postgres', url: database.url, schema: 'queue' };
    const queues = await createQueues(server, { logger: createLogger('test', 'fatal'), metrics: new Metrics() }, QUICK);
    const seen: string[] = [];
    await queues.work('notices', async ({ noticeId }) => void seen.push(noticeId), { concurrency: 1 });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rowCount } = await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    expect(rowCount).toBeGreaterThan(1);
    await client.end();
    await eventually(() => queues.isReady());
    // A connection of the pool may not have noticed yet that it has ended.
    await eventually(() => queues.notices.add([notice('n-1')]));
    await eventually(() => seen.includes('n-1'));
    await queues.close();
    await database.drop();
  });
});
