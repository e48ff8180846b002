import { CompressionTypes, Kafka, type KafkaConfig } from 'kafkajs';
import type { Logger } from '#platform';
import { AppendQueue } from '../append-queue.js';
import type { EventLog, LogConsumer, LogConsumerOptions, LogRecord, TopicSpec } from '../event-log.js';
import { useFastGzip } from './fast-gzip.js';
import { KafkaAdmin } from './kafka-admin.js';
import { KafkaConsumer } from './kafka-consumer.js';
import { kafkaLogCreator } from './kafka-logger.js';
import { KafkaSender } from './kafka-sender.js';
import { CONSUMER_RETRY, KAFKA_SETTINGS } from './kafka-settings.js';

export interface KafkaEventLogOptions {
  brokers: string[];
  clientId: string;
  logger: Logger;
  /** Default gzip. Every consumer reads both. */
  compression?: 'gzip' | 'none';
  /** Most bytes that may wait to be appended; beyond it `append` rejects. Default 64 MiB. */
  maxWaitingBytes?: number;
  ssl?: KafkaConfig['ssl'];
  sasl?: KafkaConfig['sasl'];
}

/** The log on Apache Kafka. Connects when first used. */
export class KafkaEventLog implements EventLog {
  private readonly consumerKafka: Kafka;
  private readonly admin: KafkaAdmin;
  private readonly sender: KafkaSender;
  private readonly queue: AppendQueue;
  private readonly consumers: KafkaConsumer[] = [];
  private readonly logger: Logger;

  constructor({ logger, compression = 'gzip', maxWaitingBytes, ...connection }: KafkaEventLogOptions) {
    this.logger = logger;
    useFastGzip();
    const config = { ...KAFKA_SETTINGS, ...connection, logCreator: kafkaLogCreator(logger) };
    const kafka = new Kafka(config);
    this.consumerKafka = new Kafka({ ...config, retry: CONSUMER_RETRY });
    this.admin = new KafkaAdmin(kafka);
    const codec = compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None;
    this.sender = new KafkaSender(kafka, this.admin, codec);
    this.queue = new AppendQueue((records) => this.sender.send(records), maxWaitingBytes);
  }

  append(topic: string, records: LogRecord[]): Promise<void> {
    return this.queue.append(topic, records);
  }

  async ensureTopics(topics: TopicSpec[]): Promise<void> {
    await this.admin.ensureTopics(topics);
    const counts = await this.admin.partitionCounts(topics.map(({ name }) => name));
    for (const { name, partitions } of topics) {
      const found = counts.get(name);
      if (found !== partitions) this.logger.warn({ topic: name, wanted: partitions, found }, 'topic left as it is');
    }
  }

  consumer(options: LogConsumerOptions): LogConsumer {
    const consumer = new KafkaConsumer(this.consumerKafka, this.admin, this.logger, options);
    this.consumers.push(consumer);
    return consumer;
  }

  async isReady(): Promise<boolean> {
    if (!this.queue.hasRoom()) return false;
    const started = this.consumers.filter((consumer) => consumer.isStarted());
    return started.every((consumer) => consumer.isReady()) && (await this.admin.answers());
  }

  async close(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    await this.queue.idle();
    await Promise.all([this.sender.close(), this.admin.close()]);
  }
}
