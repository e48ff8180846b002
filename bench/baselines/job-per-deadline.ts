// Baseline "a delayed job per deadline": the obvious timer. BullMQ keeps one delayed job for each deadline and gives it to a worker
// when it is due.
import { Queue, Worker } from 'bullmq';
import type { ConnectionOptions } from 'bullmq';
import { Redis } from 'ioredis';

export interface JobTimers {
  readonly redisUrl: string;
  /** Jobs that stay delayed. */
  readonly standing: number;
  /** Jobs due at one instant. */
  readonly due: number;
}

const LOT = 5_000;
const DAY_MS = 86_400_000;

/** Bytes of Redis for each standing job, how fast they were added, and the seconds from the common instant to the last job handled. */
export async function runJobPerDeadline(timers: JobTimers): Promise<Record<string, number>> {
  const { redisUrl, standing, due } = timers;
  const connection = { url: redisUrl, maxRetriesPerRequest: null } as ConnectionOptions;
  const redis = new Redis(redisUrl);
  await redis.flushall();
  const queue = new Queue('deadlines', { connection });
  const before = await usedMemory(redis);
  const addedAt = performance.now();
  await add(queue, standing, () => DAY_MS);
  const addedPerSecond = Math.round(standing / ((performance.now() - addedAt) / 1000));
  const bytesEach = Math.round(((await usedMemory(redis)) - before) / standing);
  const at = Date.now() + Math.ceil((due / addedPerSecond) * 1_500) + 2_000;
  await add(queue, due, () => Math.max(1, at - Date.now()));
  const seconds = await handled(queue, connection, due, at);
  await queue.close();
  redis.disconnect();
  return { bytesEach, addedPerSecond, secondsToAll: seconds };
}

async function add(queue: Queue, count: number, delay: () => number): Promise<void> {
  for (let from = 0; from < count; from += LOT) {
    const jobs = Array.from({ length: Math.min(LOT, count - from) }, (_, i) => {
      const number = from + i;
      const data = { tenantId: `t${number % 500}`, orderId: `O${number}`, ruleId: 'TEMU-US-4', step: 't-4h' };
      return { name: 'deadline', data, opts: { delay: delay(), removeOnComplete: true } };
    });
    await queue.addBulk(jobs);
  }
}

async function handled(queue: Queue, connection: ConnectionOptions, due: number, at: number): Promise<number> {
  let left = due;
  const worker = await new Promise<Worker>((resolve) => {
    const own: Worker = new Worker(
      queue.name,
      async () => {
        if (--left === 0) setImmediate(() => resolve(own));
      },
      { connection, concurrency: 50 },
    );
  });
  const seconds = (Date.now() - at) / 1000;
  await worker.close();
  return seconds;
}

async function usedMemory(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}
