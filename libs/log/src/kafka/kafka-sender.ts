import { CompressionTypes, type Kafka, type Message, Partitioners, type Producer } from 'kafkajs';
import { AppError } from '#platform';
import type { TopicRecord } from '../append-queue.js';
import { partitionFor } from '../partition.js';
import { toAppError } from './kafka-errors.js';
import { toMessage } from './kafka-records.js';

/** A send is compressed partition by partition: below this size, spread over many, that costs more than it saves. */
const COMPRESS_FROM_BYTES = 64 * 1024;

export interface PartitionCounts {
  partitionCounts(topics: string[]): Promise<Map<string, number>>;
}

/** Sends with acks=all from an idempotent producer. Must be called one send at a time (`AppendQueue` does). */
export class KafkaSender {
  private producer: Promise<Producer> | undefined;
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly kafka: Kafka,
    private readonly cluster: PartitionCounts,
    private readonly compression: CompressionTypes,
  ) {}

  async send(records: TopicRecord[]): Promise<void> {
    try {
      const topicMessages = await this.messagesByTopic(records);
      this.producer ??= this.connect();
      const producer = await this.producer;
      await producer.sendBatch({ topicMessages, acks: -1, compression: this.compressionFor(records) });
    } catch (error) {
      // The broker may have written the failed batch. The same producer would give its sequence numbers to the next
      // batch, which the broker would then take for a repetition and drop while reporting success.
      await this.close();
      throw toAppError(error);
    }
  }

  async close(): Promise<void> {
    const producer = this.producer;
    this.producer = undefined;
    this.counts.clear();
    await (await producer?.catch(() => undefined))?.disconnect();
  }

  private compressionFor(records: TopicRecord[]): CompressionTypes {
    const bytes = records.reduce((sum, { record }) => sum + (record.value?.length ?? 0), 0);
    return bytes < COMPRESS_FROM_BYTES ? CompressionTypes.None : this.compression;
  }

  private async messagesByTopic(records: TopicRecord[]): Promise<{ topic: string; messages: Message[] }[]> {
    const byTopic = new Map<string, Message[]>();
    for (const { topic, record } of records) {
      const messages = byTopic.get(topic) ?? [];
      messages.push(toMessage(record, partitionFor(record.key, await this.partitionCount(topic))));
      byTopic.set(topic, messages);
    }
    return [...byTopic].map(([topic, messages]) => ({ topic, messages }));
  }

  private async partitionCount(topic: string): Promise<number> {
    const known = this.counts.get(topic) ?? (await this.cluster.partitionCounts([topic])).get(topic);
    if (!known) throw new AppError('log.unknown-topic', `there is no topic ${topic}`, { retryable: true });
    this.counts.set(topic, known);
    return known;
  }

  private async connect(): Promise<Producer> {
    // Every message names its partition; naming a partitioner keeps kafkajs from warning about its default.
    const createPartitioner = Partitioners.DefaultPartitioner;
    const producer = this.kafka.producer({ idempotent: true, retry: { retries: 10 }, createPartitioner });
    await producer.connect();
    return producer;
  }
}
