import { AppError, isRetryable } from '#platform';
import type { LogRecord } from './event-log.js';

export interface TopicRecord {
  topic: string;
  record: LogRecord;
}

interface Append {
  records: TopicRecord[];
  bytes: number;
  settle(error?: unknown): void;
}

/** Bytes of one send: a Kafka broker takes 1 MB per partition by default. */
const MAX_SEND_BYTES = 512 * 1024;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/**
 * One send at a time; what arrives meanwhile goes out together with the next. That keeps the order, makes many small
 * appends cheap, and lets an idempotent producer be replaced safely after a failure.
 */
export class AppendQueue {
  private readonly waiting: Append[] = [];
  private waitingBytes = 0;
  private draining: Promise<void> | undefined;

  constructor(
    private readonly send: (records: TopicRecord[]) => Promise<void>,
    private readonly maxWaitingBytes = MAX_WAITING_BYTES,
    private readonly maxSendBytes = MAX_SEND_BYTES,
  ) {}

  /** Rejects with `log.busy` (retryable) rather than growing without bound while the log is away. */
  append(topic: string, records: LogRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
    if (this.waitingBytes > 0 && this.waitingBytes + bytes > this.maxWaitingBytes) {
      return Promise.reject(new AppError('log.busy', 'too much is waiting to be appended', { retryable: true }));
    }
    return new Promise((resolve, reject) => {
      const settle = (error?: unknown) => (error === undefined ? resolve() : reject(error));
      this.waiting.push({ records: records.map((record) => ({ topic, record })), bytes, settle });
      this.waitingBytes += bytes;
      this.draining ??= this.drain();
    });
  }

  /** False while more than half of what may wait is waiting: senders should go elsewhere before they are refused. */
  hasRoom(): boolean {
    return this.waitingBytes <= this.maxWaitingBytes / 2;
  }

  /** Resolves when nothing is waiting any more. */
  async idle(): Promise<void> {
    await this.draining;
  }

  private async drain(): Promise<void> {
    // Appends made in the same turn of the event loop travel together.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const together = this.takeFitting();
      await this.sendTogether(together);
      this.waitingBytes -= together.reduce((sum, append) => sum + append.bytes, 0);
    }
    this.draining = undefined;
  }

  private takeFitting(): Append[] {
    let bytes = 0;
    const beyond = this.waiting.findIndex((append) => (bytes += append.bytes) > this.maxSendBytes);
    return this.waiting.splice(0, beyond === -1 ? this.waiting.length : Math.max(beyond, 1));
  }

  private async sendTogether(appends: Append[]): Promise<void> {
    const error = await this.trySend(appends.flatMap((append) => append.records));
    if (error !== undefined && appends.length > 1 && !isRetryable(error)) {
      // One bad record must not fail the neighbours it happened to travel with.
      for (const append of appends) append.settle(await this.trySend(append.records));
      return;
    }
    for (const append of appends) append.settle(error);
  }

  private async trySend(records: TopicRecord[]): Promise<unknown> {
    try {
      for (const part of this.split(records)) await this.send(part);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  private split(records: TopicRecord[]): TopicRecord[][] {
    const parts: TopicRecord[][] = [];
    let bytes = Infinity;
    for (const record of records) {
      const size = sizeOf(record.record);
      if (bytes + size > this.maxSendBytes) {
        parts.push([]);
        bytes = 0;
      }
      parts.at(-1)?.push(record);
      bytes += size;
    }
    return parts;
  }
}

// Header and framing bytes are estimated; the limits have room for that.
function sizeOf({ key, value }: LogRecord): number {
  return key.length * 3 + (value?.length ?? 0) + 200;
}
