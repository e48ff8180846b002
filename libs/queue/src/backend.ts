// The two servers BullMQ 6 runs on, behind what we need of its classes. Nothing else knows which one it is.
import type { Job, Processor, QueueOptions as BullQueueOptions, WorkerOptions } from 'bullmq';
import { Queue, Worker, createPostgresBackend } from 'bullmq';
import { Redis } from 'ioredis';
import type { QueueName } from './jobs.js';

export type QueueServer =
  | { readonly kind: 'redis'; readonly url: string; readonly prefix?: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema?: string };

/** The part of BullMQ's Queue that is used, the same for both servers. */
export interface BullQueue {
  addBulk(jobs: { name: string; data: unknown; opts: AddOptions }[]): Promise<unknown>;
  getFailed(start: number, end: number): Promise<Job[]>;
  getJobCounts(...states: ('waiting' | 'prioritized' | 'active' | 'delayed' | 'failed')[]): Promise<Counts>;
  retryJobs(options: { state: 'failed'; count: number }): Promise<unknown>;
  obliterate(options: { force: boolean }): Promise<void>;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}
interface AddOptions {
  readonly jobId: string;
  readonly priority: number;
  readonly deduplication?: { readonly id: string };
}
type Counts = { [state: string]: number };

export interface BullWorker {
  close(force?: boolean): Promise<void>;
  waitUntilReady(): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface Backend {
  queue(name: QueueName, options: Omit<BullQueueOptions, 'connection'>): BullQueue;
  worker(name: QueueName, processor: Processor, options: Omit<WorkerOptions, 'connection'>): BullWorker;
  /** Ends connections that the queues and workers do not own. */
  close(): Promise<void>;
}

export function openBackend(server: QueueServer, onError: (error: Error) => void): Backend {
  return server.kind === 'redis' ? redisBackend(server, onError) : postgresBackend(server);
}

function redisBackend(
  { url, prefix = 'fineline' }: Extract<QueueServer, { kind: 'redis' }>,
  onError: (error: Error) => void,
): Backend {
  // A producer gives up after a few tries, so that its caller can roll back; a worker waits for Redis as long as it takes.
  const producer = new Redis(url, { maxRetriesPerRequest: 3, connectionName: 'fineline' });
  const consumer = new Redis(url, { maxRetriesPerRequest: null, connectionName: 'fineline' });
  for (const connection of [producer, consumer]) connection.on('error', onError);
  return {
    queue: (name, options) => new Queue(name, { ...options, connection: producer, prefix }),
    worker: (name, processor, options) => new Worker(name, processor, { ...options, connection: consumer, prefix }),
    close: async () => {
      producer.disconnect();
      consumer.disconnect();
    },
  };
}

function postgresBackend({ url, schema = 'queue' }: Extract<QueueServer, { kind: 'postgres' }>): Backend {
  // Each queue and worker owns a pool of its own; BullMQ pins its search_path and listens for its errors.
  const connection = { connectionString: url, schema, migrate: true, max: 2, application_name: 'fineline-queue' };
  return {
    queue: (name, options) => new Queue(name, { ...options, connection }, createPostgresBackend),
    worker: (name, processor, options) =>
      new Worker(name, processor, { ...options, connection: { ...connection, max: 4 } }, createPostgresBackend),
    close: async () => undefined,
  };
}
