import { isRetryable, type Logger } from '#platform';
import { isStaleOwner } from './errors.js';
import type { LogBatch, LogConsumerOptions, RetryPolicy } from './event-log.js';

/** `stale`: claim again. `halted`: leave the partition where it is. `released`: ownership ended between two attempts. */
export type Delivery = 'handled' | 'stale' | 'halted' | 'released';

const DEFAULT_RETRY: RetryPolicy = { attempts: 5, initialDelayMs: 200, maxDelayMs: 5_000 };
// Waits are cut into slices so that a stop or a rebalance is seen soon.
const SLICE_MS = 100;

/** Gives a batch to the handler until it is done, or until it is certain that this consumer should not go on. */
export class BatchDelivery {
  private readonly retry: RetryPolicy;

  constructor(
    private readonly handle: LogConsumerOptions['handle'],
    private readonly logger: Logger,
    retry: Partial<RetryPolicy> = {},
    private readonly pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  ) {
    this.retry = { ...DEFAULT_RETRY, ...retry };
  }

  async deliver(batch: LogBatch, isOwned: () => boolean): Promise<Delivery> {
    let unexpected = 0;
    for (let attempt = 1; ; attempt += 1) {
      const failure = await this.attempt(batch);
      if (!failure) return 'handled';
      const where = { ...positionOf(batch), err: failure.error, attempt };
      if (isStaleOwner(failure.error)) {
        this.logger.warn(where, 'batch dropped, the partition has another owner');
        return 'stale';
      }
      if (!isRetryable(failure.error)) unexpected += 1;
      if (unexpected >= this.retry.attempts) {
        this.logger.error(where, 'partition halted: its batch keeps failing, nothing after it is read');
        return 'halted';
      }
      this.logger.warn(where, 'batch failed, trying it again');
      await this.wait(this.delayMs(attempt), isOwned);
      if (!isOwned()) return 'released';
    }
  }

  private async attempt(batch: LogBatch): Promise<{ error: unknown } | undefined> {
    try {
      await this.handle(batch);
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  private delayMs(attempt: number): number {
    return Math.min(this.retry.initialDelayMs * 2 ** Math.min(attempt - 1, 20), this.retry.maxDelayMs);
  }

  private async wait(ms: number, isOwned: () => boolean): Promise<void> {
    for (let left = ms; left > 0 && isOwned(); left -= SLICE_MS) await this.pause(Math.min(left, SLICE_MS));
  }
}

function positionOf({ topic, partition, firstOffset, lastOffset }: LogBatch): Record<string, unknown> {
  return { topic, partition, firstOffset: String(firstOffset), lastOffset: String(lastOffset) };
}
