import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { AppError } from '#platform';
import { BatchDelivery } from './batch-delivery.js';
import { StaleOwnerError } from './errors.js';
import type { LogBatch } from './event-log.js';

const batch: LogBatch = {
  topic: 'scans',
  partition: 0,
  epoch: 1n,
  firstOffset: 0n,
  lastOffset: 0n,
  highWatermark: 1n,
  records: [],
};
const away = new AppError('storage.unavailable', 'away', { retryable: true });

function deliverThrough(outcomes: (Error | undefined)[], isOwned = () => true) {
  const waits: number[] = [];
  const handle = async () => {
    const outcome = outcomes.shift();
    if (outcome) throw outcome;
  };
  const pause = async (ms: number) => void waits.push(ms);
  const retry = { attempts: 3, initialDelayMs: 10, maxDelayMs: 40 };
  const delivery = new BatchDelivery(handle, pino({ level: 'silent' }), retry, pause).deliver(batch, isOwned);
  return { delivery, waits };
}

describe('BatchDelivery', () => {
  it('doubles the delay up to its maximum while the error is retryable', async () => {
    const { delivery, waits } = deliverThrough([away, away, away, away, undefined]);
    expect(await delivery).toBe('handled');
    expect(waits).toEqual([10, 20, 40, 40]);
  });

  it('halts after the attempts, not counting retryable failures', async () => {
    const bug = new Error('bug');
    expect(await deliverThrough([bug, away, bug, away, bug, undefined]).delivery).toBe('halted');
    expect(await deliverThrough([bug, away, bug, away, undefined]).delivery).toBe('handled');
  });

  it('drops the batch of a stale owner, also when another lib named the error', async () => {
    expect(await deliverThrough([new StaleOwnerError()]).delivery).toBe('stale');
    expect(await deliverThrough([Object.assign(new Error('fenced'), { name: 'StaleOwnerError' })]).delivery).toBe(
      'stale',
    );
  });

  it('gives up between two attempts once the partition is no longer owned', async () => {
    expect(await deliverThrough([away, undefined], () => false).delivery).toBe('released');
  });
});
