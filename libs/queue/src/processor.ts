// The base of every processor: counts, times and logs each job once, and turns our answers into BullMQ's.
import type { Logger, Metrics } from '#platform';
import type { Job, Processor } from 'bullmq';
import { DelayedError, UnrecoverableError } from 'bullmq';

/** Thrown by a handler when no other attempt can help: the job goes to the failed set at once. */
export class GiveUp extends Error {
  override readonly name = 'GiveUp';
}

/** Thrown by a handler that has not begun: the same job comes back later and no attempt is counted. */
export class Postpone extends Error {
  override readonly name = 'Postpone';
  constructor(readonly delayMs: number) {
    super(`postponed by ${delayMs} ms`);
  }
}

/** What a handler is told beside its payload. */
export interface JobContext {
  readonly jobId: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** Tells the queue's own tools how far the job is, 0 to 100. */
  readonly progress?: (percent: number) => Promise<void>;
}

export type Handler<Payload> = (payload: Payload, context: JobContext) => Promise<void>;

const SECONDS = [0.005, 0.02, 0.1, 0.5, 2, 10, 30];

export function processorOf<Payload>(
  queue: string,
  handle: Handler<Payload>,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
): Processor {
  const jobs = metrics.counter('fineline_queue_jobs_total', 'Jobs by outcome', ['queue', 'outcome']);
  const seconds = metrics.histogram('fineline_queue_job_seconds', 'Time a job takes', SECONDS, ['queue']);
  return async (job: Job, token?: string): Promise<void> => {
    const stop = seconds.startTimer({ queue });
    const attempt = job.attemptsMade + 1;
    try {
      const progress = (percent: number): Promise<void> => job.updateProgress(percent);
      await handle(job.data as Payload, { jobId: job.id ?? '', attempt, progress });
      jobs.inc({ queue, outcome: 'done' });
    } catch (error) {
      if (error instanceof Postpone) {
        jobs.inc({ queue, outcome: 'postponed' });
        await job.moveToDelayed(Date.now() + error.delayMs, token);
        throw new DelayedError();
      }
      // A bug is tried again as well: the code may be mended while the job waits. Only GiveUp is certain.
      const final = error instanceof GiveUp || attempt >= (job.opts.attempts ?? 1);
      jobs.inc({ queue, outcome: final ? 'failed' : 'retried' });
      const line = { queue, jobId: job.id, attempt, err: error };
      if (final) logger.error(line, 'job failed');
      else logger.warn(line, 'job will be tried again');
      throw final ? unrecoverable(error) : error;
    } finally {
      stop();
    }
  };
}

function unrecoverable(error: unknown): UnrecoverableError {
  const failure = new UnrecoverableError(error instanceof Error ? error.message : String(error));
  failure.cause = error;
  return failure;
}
