import type { Job } from 'bullmq';
import type { BullQueue } from './backend.js';
import type { FailedJob, NewJob } from './jobs.js';
import { legalJobId } from './jobs.js';
import { priorityOf } from './priority.js';

export interface JobCounts {
  /** Not yet taken by a worker. */
  readonly waiting: number;
  readonly active: number;
  /** Waiting for their next attempt. */
  readonly delayed: number;
  readonly failed: number;
}

// Jobs in one command. A larger one would hold up every other client of the same Redis; on PostgreSQL each `purpose` takes a lock until the
// command ends, of some 6,400 there are for all of its clients.
const LOT = 250;

/** Where jobs of one kind are put. Payloads are plain JSON. */
export class JobQueue<Payload> {
  constructor(
    readonly name: string,
    private readonly queue: BullQueue,
  ) {}

  /** Adds jobs, dearest expected fine first. Rejects when the server cannot be reached; then some of them may have been added. */
  async add(jobs: readonly NewJob<Payload>[]): Promise<void> {
    for (let start = 0; start < jobs.length; start += LOT) {
      await this.queue.addBulk(
        jobs.slice(start, start + LOT).map(({ id, purpose, payload, expectedMinor, currency }) => ({
          name: this.name,
          data: payload,
          opts: {
            jobId: legalJobId(id),
            priority: priorityOf(expectedMinor, currency),
            ...(purpose === undefined ? {} : { deduplication: { id: purpose } }),
          },
        })),
      );
    }
  }

  /** The failed set, latest first. */
  async failed(offset = 0, limit = 100): Promise<FailedJob<Payload>[]> {
    const jobs = await this.queue.getFailed(offset, offset + limit - 1);
    return jobs.map(failedJob<Payload>);
  }

  /** Puts failed jobs back to wait, with all their attempts again. */
  async retryFailed(limit = 1_000): Promise<void> {
    await this.queue.retryJobs({ state: 'failed', count: limit });
  }

  async counts(): Promise<JobCounts> {
    const counts = await this.queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed');
    const of = (state: string): number => counts[state] ?? 0;
    return {
      waiting: of('waiting') + of('prioritized'),
      active: of('active'),
      delayed: of('delayed'),
      failed: of('failed'),
    };
  }

  /** Removes everything in this queue, as a server that lost its data would. */
  obliterate(): Promise<void> {
    return this.queue.obliterate({ force: true });
  }
}

function failedJob<Payload>(job: Job): FailedJob<Payload> {
  return {
    id: job.id ?? '',
    payload: job.data as Payload,
    reason: job.failedReason,
    attempts: job.attemptsMade,
    failedAt: job.finishedOn ?? job.timestamp,
  };
}
