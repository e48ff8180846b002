import type { Admin, Kafka } from 'kafkajs';
import type { TopicSpec } from '../event-log.js';
import { toAppError } from './kafka-errors.js';

export interface Watermarks {
  low: bigint;
  high: bigint;
}

/** The few questions asked of the cluster, over one connection that is made when needed and again after a failure. */
export class KafkaAdmin {
  private admin: Promise<Admin> | undefined;

  constructor(private readonly kafka: Kafka) {}

  async ensureTopics(topics: TopicSpec[]): Promise<void> {
    // replicationFactor -1 is the broker's default.
    const wanted = topics.map(({ name, partitions }) => ({
      topic: name,
      numPartitions: partitions,
      replicationFactor: -1,
    }));
    await this.ask((admin) => admin.createTopics({ topics: wanted, waitForLeaders: true }));
  }

  async partitionCounts(topics: string[]): Promise<Map<string, number>> {
    const { topics: found } = await this.ask((admin) => admin.fetchTopicMetadata({ topics }));
    return new Map(found.map(({ name, partitions }) => [name, partitions.length]));
  }

  async watermarks(topic: string): Promise<Map<number, Watermarks>> {
    const offsets = await this.ask((admin) => admin.fetchTopicOffsets(topic));
    return new Map(offsets.map(({ partition, low, high }) => [partition, { low: BigInt(low), high: BigInt(high) }]));
  }

  /** Whether a broker answers. */
  async answers(): Promise<boolean> {
    const cluster = await this.ask((admin) => admin.describeCluster()).catch(() => undefined);
    return (cluster?.brokers.length ?? 0) > 0;
  }

  async close(): Promise<void> {
    const admin = this.admin;
    this.admin = undefined;
    await (await admin?.catch(() => undefined))?.disconnect();
  }

  private async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    try {
      this.admin ??= this.connect();
      return await question(await this.admin);
    } catch (error) {
      await this.close();
      throw toAppError(error);
    }
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    await admin.connect();
    return admin;
  }
}
