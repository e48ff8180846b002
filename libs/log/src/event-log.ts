// The log port: append durably, read in order per partition. Where a group stands is kept by its OffsetSource, not here.

/** One header as it was on the wire. Names may repeat, values may be missing or not UTF-8. */
export type RawHeader = readonly [name: string, value: Buffer | null];

export interface LogRecord {
  /** Chooses the partition: records with one key stay in order. Must not be empty. */
  key: string;
  /** `null` is a tombstone. */
  value: Buffer | null;
  headers: Record<string, string>;
  /** Written instead of `headers` when given, so that a stored record can be appended again without loss. */
  rawHeaders?: readonly RawHeader[];
}

export interface StoredRecord extends LogRecord {
  offset: bigint;
  /** UTC epoch ms, set by the sender (Kafka) or by the database at append (Postgres). */
  timestampMs: number;
  /** As sent; a foreign producer may have sent no key or one that is not UTF-8, then `key` is a lossy text of it. */
  rawKey: Buffer | null;
  /** All headers. `headers` holds only those that occur once and are UTF-8; `headerProblem` tells about the others. */
  rawHeaders: readonly RawHeader[];
}

/**
 * Batches of a partition join up: `firstOffset` is the previous `lastOffset` plus one, also where the log has holes
 * (compaction, transaction markers, expired records), so a compare-and-set from `firstOffset` to `lastOffset + 1` fits.
 */
export interface LogBatch {
  topic: string;
  partition: number;
  /** From `OffsetSource.claim`; the effects' transaction must check that it is still the newest. */
  epoch: bigint;
  firstOffset: bigint;
  lastOffset: bigint;
  /** The offset the next appended record will get, as known when this batch was read. */
  highWatermark: bigint;
  records: StoredRecord[];
}

export interface Claim {
  partition: number;
  nextOffset: bigint;
  epoch: bigint;
}

/**
 * Offsets live in Postgres with the effects. `claim` makes the caller the owner: it raises the epoch of each partition,
 * which fences every earlier owner, and says where to go on (0 for a partition never read). It is told the end of each
 * partition, the offset the next appended record will get, so that what is left to read is known from then on.
 */
export interface OffsetSource {
  claim(group: string, topic: string, ends: ReadonlyMap<number, bigint>): Promise<Claim[]>;
}

export interface RetryPolicy {
  /** How often a batch is tried when its error is not retryable, before the partition halts. */
  attempts: number;
  initialDelayMs: number;
  maxDelayMs: number;
}

/** Records `[fromOffset, toOffset)` were never read and are gone from the log. */
export interface LogGap {
  topic: string;
  partition: number;
  fromOffset: bigint;
  toOffset: bigint;
}

export interface LogConsumerOptions {
  group: string;
  topics: string[];
  offsets: OffsetSource;
  /**
   * Applies a batch and moves the offset in one transaction. Throw `StaleOwnerError` when another owner moved it, a
   * retryable error to get the batch again (without limit), anything else to get it again a few times.
   */
  handle(batch: LogBatch): Promise<void>;
  /** Most records of one batch, default 1000. */
  maxBatch?: number;
  /** Default 4. One batch per partition is in flight at any time. */
  partitionsConcurrently?: number;
  retry?: Partial<RetryPolicy>;
  /** For a metric; the gap is also logged as an error. */
  onGap?(gap: LogGap): void;
}

export interface LogConsumer {
  /** Resolves when the group is joined. */
  start(): Promise<void>;
  /** Waits for batches in flight. */
  stop(): Promise<void>;
  /** False before the first claim, after a crash and while any partition is halted. */
  isReady(): boolean;
}

export interface TopicSpec {
  name: string;
  partitions: number;
}

export interface EventLog {
  /** Resolves only when the records are durable. On rejection some of them may have been written: send all again. */
  append(topic: string, records: LogRecord[]): Promise<void>;
  /** Creates what is missing. Never changes a topic: another partition count would break the order of keys. */
  ensureTopics(topics: TopicSpec[]): Promise<void>;
  consumer(options: LogConsumerOptions): LogConsumer;
  /** The log answers, takes appends without much waiting, and every consumer made from it that was started is ready. */
  isReady(): Promise<boolean>;
  /** Stops its consumers, then waits for appends in flight. */
  close(): Promise<void>;
}
