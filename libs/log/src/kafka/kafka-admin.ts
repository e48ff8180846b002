import type { Admin, Kafka } from 'kafkajs';
import { AppError, isRetryable } from '#platform';
import type { TopicSpec } from '../event-log.js';
import { toAppError } from './kafka-errors.js';

export interface Watermarks {
  low: bigint;
  high: bigint;
}

const ANSWER_MS = 1_500;
/** A topic just created has no leader for a moment. */
const METADATA_ATTEMPTS = 20;
const METADATA_PAUSE_MS = 100;

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
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { topics: found } = await this.ask((admin) => admin.fetchTopicMetadata({ topics }));
        return new Map(found.map(({ name, partitions }) => [name, partitions.length]));
      } catch (error) {
        if (!isRetryable(error) || attempt === METADATA_ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, METADATA_PAUSE_MS));
      }
    }
  }

  async watermarks(topic: string): Promise<Map<number, Watermarks>> {
    const offsets = await this.ask((admin) => admin.fetchTopicOffsets(topic));
    return new Map(offsets.map(({ partition, low, high }) => [partition, { low: BigInt(low), high: BigInt(high) }]));
  }

  /** Whether a broker answers soon; kafkajs itself would go on trying for several seconds. */
  async answers(): Promise<boolean> {
    const asked = this.ask((admin) => admin.describeCluster()).then(
      ({ brokers }) => brokers.length > 0,
      () => false,
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ANSWER_MS)));
    return Promise.race([asked, late]).finally(() => clearTimeout(timer));
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
      throw readable(error);
    }
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    await admin.connect();
    return admin;
  }
}

/** kafkajs 2.2.4 swallows what the brokers answered when none of them could, and then reads properties of null. */
function readable(error: unknown): AppError {
  if (!(error instanceof TypeError)) return toAppError(error);
  return new AppError('log.unavailable', 'no broker could answer', { retryable: true, cause: error });
}
