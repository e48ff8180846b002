import { QUEUES } from '#contracts';
import type { Logger, Metrics } from '#platform';
import type { Backend, BullQueue, BullWorker, QueueServer } from './backend.js';
import { openBackend } from './backend.js';
import { JobQueue } from './job-queue.js';
import type { BacktestJob, EscalationJob, NoticeJob, Payloads, QueueName } from './jobs.js';
import type { Handler } from './processor.js';
import { processorOf } from './processor.js';

export interface QueueContext {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface RetryPolicy {
  /** Attempts before a job is moved to the failed set. */
  readonly attempts: number;
  /** Delay before the second attempt; doubled each time, up to half of it taken off at random. */
  readonly delayMs: number;
}

export interface WorkOptions {
  /** Jobs of this process at the same time. */
  readonly concurrency: number;
}

const RETRY: RetryPolicy = { attempts: 6, delayMs: 1_000 };
const KEEP_FAILED = { age: 30 * 24 * 3_600, count: 10_000 };

/** The queues on one server, and the workers of this process. */
export class Queues {
  readonly escalations: JobQueue<EscalationJob>;
  readonly notices: JobQueue<NoticeJob>;
  readonly backtests: JobQueue<BacktestJob>;
  private readonly opened: readonly BullQueue[];
  private readonly workers: BullWorker[] = [];
  private closing: Promise<void> | undefined;

  constructor(
    private readonly backend: Backend,
    private readonly context: QueueContext,
    retry: RetryPolicy = RETRY,
  ) {
    const open = (name: QueueName): BullQueue => watched(backend.queue(name, jobDefaults(retry)), context.logger);
    const [escalations, notices, backtests] = [
      open(QUEUES.escalations),
      open(QUEUES.notices),
      open(QUEUES.backtests),
    ] as const;
    this.opened = [escalations, notices, backtests];
    this.escalations = new JobQueue(QUEUES.escalations, escalations);
    this.notices = new JobQueue(QUEUES.notices, notices);
    this.backtests = new JobQueue(QUEUES.backtests, backtests);
  }

  /** Starts a worker: `handle` resolves when the job is done, throws to try again, throws GiveUp or Postpone otherwise. */
  async work<Name extends QueueName>(
    name: Name,
    handle: Handler<Payloads[Name]>,
    { concurrency }: WorkOptions,
  ): Promise<void> {
    const processor = processorOf(name, handle, this.context);
    const worker = watched(this.backend.worker(name, processor, { concurrency }), this.context.logger);
    this.workers.push(worker);
    await worker.waitUntilReady();
  }

  /** True when the server answers. Rejects or stays pending when it does not: ask with a time limit. */
  async isReady(): Promise<boolean> {
    await Promise.all(this.opened.map((queue) => queue.getJobCounts('failed')));
    return this.closing === undefined;
  }

  /** Lets running jobs finish, then closes workers, queues and connections in this order. Safe to call twice. */
  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private async closeAll(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
    await Promise.all(this.opened.map((queue) => queue.close()));
    await this.backend.close();
  }

  async waitUntilReady(): Promise<void> {
    await Promise.all(this.opened.map((queue) => queue.waitUntilReady()));
  }
}

/**
 * Connects to the server and prepares the queues (on PostgreSQL: creates BullMQ's schema). Close the answer before the process
 * ends. Rejects when PostgreSQL cannot be reached; Redis is waited for.
 */
export async function createQueues(
  server: QueueServer,
  context: QueueContext,
  retry: RetryPolicy = RETRY,
): Promise<Queues> {
  const backend = openBackend(server, (error) => context.logger.warn({ err: error }, 'queue connection'));
  const queues = new Queues(backend, context, retry);
  await queues.waitUntilReady();
  return queues;
}

function jobDefaults({ attempts, delayMs }: RetryPolicy): {
  defaultJobOptions: NonNullable<Parameters<Backend['queue']>[1]['defaultJobOptions']>;
} {
  return {
    defaultJobOptions: {
      attempts,
      backoff: { type: 'exponential', delay: delayMs, jitter: 0.5 },
      removeOnComplete: true,
      removeOnFail: KEEP_FAILED,
    },
  };
}

// BullMQ emits `error` for a lost connection; without a listener that ends the process.
function watched<Emitter extends { on(event: 'error', listener: (error: Error) => void): unknown }>(
  emitter: Emitter,
  logger: Logger,
): Emitter {
  emitter.on('error', (error) => logger.warn({ err: error }, 'queue connection'));
  return emitter;
}
