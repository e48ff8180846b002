import type { Batch } from 'kafkajs';
import type { LogBatch } from '../event-log.js';
import { toStoredRecord } from './kafka-records.js';

/**
 * Cuts what one fetch brought into batches of at most `maxBatch` records that join up. The last one also covers what
 * follows its last record (transaction markers), so that the stored offset reaches the end of the log.
 */
export function splitBatch(fetched: Batch, from: { nextOffset: bigint; epoch: bigint }, maxBatch: number): LogBatch[] {
  const batches: LogBatch[] = [];
  let firstOffset = from.nextOffset;
  for (let at = 0; at < fetched.messages.length; at += maxBatch) {
    const messages = fetched.messages.slice(at, at + maxBatch);
    const isLast = at + maxBatch >= fetched.messages.length;
    const lastOffset = BigInt(isLast ? fetched.lastOffset() : (messages.at(-1)?.offset ?? firstOffset));
    batches.push({
      topic: fetched.topic,
      partition: fetched.partition,
      epoch: from.epoch,
      firstOffset,
      lastOffset,
      highWatermark: BigInt(fetched.highWatermark),
      records: messages.map(toStoredRecord),
    });
    firstOffset = lastOffset + 1n;
  }
  return batches;
}
