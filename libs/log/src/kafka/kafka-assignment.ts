import type { Batch, Consumer } from 'kafkajs';
import type { Logger } from '#platform';
import type { Claim, LogConsumerOptions } from '../event-log.js';
import { startingPoint } from '../starting-point.js';
import type { KafkaAdmin, Watermarks } from './kafka-admin.js';

export interface Position {
  topic: string;
  partition: number;
  epoch: bigint;
  /** The stored offset: what the next batch must join up with. */
  nextOffset: bigint;
  /** What the next fetch should bring first; after a gap it is higher. */
  readFrom: bigint;
  /** The `nextOffset` Kafka was last told. */
  reported?: bigint;
}

const CLAIM_RETRY_MS = 500;

/**
 * Which partitions this member has and where each stands. A partition is paused from the moment it is assigned until its
 * claim is answered: kafkajs would otherwise start reading at the offsets that Kafka knows.
 */
export class KafkaAssignment {
  private consumer: Consumer | undefined;
  private positions = new Map<string, Position>();
  private halted = new Set<string>();
  private claiming = 0;
  /** Changes with every join; answers to older claims are ignored. */
  private generation = 0;

  constructor(
    private readonly admin: KafkaAdmin,
    private readonly logger: Logger,
    private readonly options: Pick<LogConsumerOptions, 'group' | 'offsets' | 'onGap'>,
  ) {}

  /** Must run synchronously inside the GROUP_JOIN event: that is before the first fetch (kafkajs 2.2). */
  join(consumer: Consumer, assigned: Record<string, number[]>): void {
    this.release();
    this.consumer = consumer;
    this.claiming = 0;
    for (const [topic, partitions] of Object.entries(assigned)) this.startClaim(topic, partitions);
  }

  /** Forgets everything: batches in flight see that they own nothing any more. */
  release(): void {
    this.generation += 1;
    this.consumer = undefined;
    this.positions = new Map();
    this.halted = new Set();
  }

  isReady(): boolean {
    return this.consumer !== undefined && this.claiming === 0 && this.halted.size === 0;
  }

  owns(position: Position): boolean {
    return this.positions.get(keyOf(position.topic, position.partition)) === position;
  }

  /** Positions that Kafka does not know yet. */
  unreported(): Position[] {
    return [...this.positions.values()].filter(({ nextOffset, reported }) => nextOffset !== reported);
  }

  claimAgain(topic: string, partition: number): void {
    this.positions.delete(keyOf(topic, partition));
    this.startClaim(topic, [partition]);
  }

  halt(topic: string, partition: number): void {
    this.halted.add(keyOf(topic, partition));
    this.consumer?.pause([{ topic, partitions: [partition] }]);
  }

  /** Where this batch must be applied; undefined when it must not be (not claimed, or read from somewhere else). */
  async positionFor(batch: Batch): Promise<Position | undefined> {
    const { topic, partition } = batch;
    const position = this.positions.get(keyOf(topic, partition));
    const first = batch.firstOffset();
    if (!position || first === null || this.halted.has(keyOf(topic, partition))) return undefined;
    if (BigInt(first) === position.readFrom) return position;
    // Holes are normal in a compacted or transactional topic; only the log's start tells them from lost records.
    const available = (await this.admin.watermarks(topic)).get(partition);
    if (!available || !this.canRead(position, available)) return undefined;
    if (BigInt(first) > position.nextOffset) return position;
    this.consumer?.seek({ topic, partition, offset: String(position.readFrom) });
    return undefined;
  }

  private startClaim(topic: string, partitions: number[]): void {
    this.consumer?.pause([{ topic, partitions }]);
    this.claiming += 1;
    void this.claim(topic, partitions, this.generation);
  }

  private async claim(topic: string, partitions: number[], generation: number): Promise<void> {
    while (generation === this.generation) {
      try {
        const before = await this.admin.watermarks(topic);
        const ends = new Map(partitions.map((partition) => [partition, before.get(partition)?.high ?? 0n]));
        const claims = await this.options.offsets.claim(this.options.group, topic, ends);
        // Asked again: an earlier owner may have gone beyond the end that was known before the claim.
        const available = await this.admin.watermarks(topic);
        if (generation === this.generation) this.begin(topic, claims, available);
        return;
      } catch (error) {
        this.logger.warn({ topic, partitions, err: error }, 'could not claim partitions, trying again');
        await new Promise((resolve) => setTimeout(resolve, CLAIM_RETRY_MS));
      }
    }
  }

  private begin(topic: string, claims: Claim[], available: Map<number, Watermarks>): void {
    this.claiming -= 1;
    for (const { partition, nextOffset, epoch } of claims) {
      const position = { topic, partition, epoch, nextOffset, readFrom: nextOffset };
      this.positions.set(keyOf(topic, partition), position);
      if (!this.canRead(position, available.get(partition) ?? { low: 0n, high: 0n })) continue;
      this.consumer?.seek({ topic, partition, offset: String(position.readFrom) });
      this.consumer?.resume([{ topic, partitions: [partition] }]);
    }
  }

  private canRead(position: Position, available: Watermarks): boolean {
    const point = startingPoint(position, available);
    const { topic, partition } = position;
    if (point.kind === 'log-too-short') {
      this.logger.error({ topic, partition }, `partition halted: ${point.reason}`);
      this.halt(topic, partition);
      return false;
    }
    if (point.kind === 'gap') {
      const { fromOffset, toOffset } = point.gap;
      const fields = { topic, partition, fromOffset: String(fromOffset), toOffset: String(toOffset) };
      this.logger.error(fields, 'gap: records expired before they were read');
      this.options.onGap?.(point.gap);
    }
    position.readFrom = point.readFrom;
    return true;
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
