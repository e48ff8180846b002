import { Pool } from 'pg';
import type { Logger } from '#platform';
import { AppendQueue, type TopicRecord } from '../append-queue.js';
import type { EventLog, LogConsumer, LogConsumerOptions, LogRecord, TopicSpec } from '../event-log.js';
import { LogTable } from './log-table.js';
import { PostgresConsumer } from './postgres-consumer.js';
import { toAppError } from './postgres-errors.js';

export interface PostgresEventLogOptions {
  /** A URL makes a pool of its own; a given pool stays the caller's to end and needs a connection per consumer to spare. */
  database: string | Pool;
  logger: Logger;
  /** Most bytes that may wait to be appended; beyond it `append` rejects. Default 64 MiB. */
  maxWaitingBytes?: number;
}

const OWN_POOL_SIZE = 10;

/** The embedded log: a table behind the same port. Run `EVENT_LOG_DDL` first. */
export class PostgresEventLog implements EventLog {
  private readonly pool: Pool;
  private readonly ownsPool: boolean;
  private readonly table: LogTable;
  private readonly queue: AppendQueue;
  private readonly partitionCounts = new Map<string, number>();
  private readonly consumers: PostgresConsumer[] = [];
  private readonly logger: Logger;
  private closing: Promise<void> | undefined;

  constructor({ database, logger, maxWaitingBytes }: PostgresEventLogOptions) {
    this.logger = logger;
    this.ownsPool = typeof database === 'string';
    this.pool = typeof database === 'string' ? new Pool({ connectionString: database, max: OWN_POOL_SIZE }) : database;
    // Without a listener a connection that is terminated while idle ends the process. While closing that is no news.
    this.pool.on('error', (error) => {
      if (!this.closing) logger.warn({ err: error }, 'an idle connection of the log was lost');
    });
    this.table = new LogTable(this.pool);
    this.queue = new AppendQueue((records) => this.send(records), maxWaitingBytes);
  }

  append(topic: string, records: LogRecord[]): Promise<void> {
    return this.queue.append(topic, records);
  }

  async ensureTopics(topics: TopicSpec[]): Promise<void> {
    await this.table.ensureTopics(topics);
    await this.countPartitions(topics.map(({ name }) => name));
    for (const { name, partitions } of topics) {
      const found = this.partitionCounts.get(name);
      if (found !== partitions) this.logger.warn({ topic: name, wanted: partitions, found }, 'topic left as it is');
    }
  }

  consumer(options: LogConsumerOptions): LogConsumer {
    const consumer = new PostgresConsumer(this.pool, this.table, this.logger, options);
    this.consumers.push(consumer);
    return consumer;
  }

  async isReady(): Promise<boolean> {
    if (!this.queue.hasRoom()) return false;
    const started = this.consumers.filter((consumer) => consumer.isStarted());
    return started.every((consumer) => consumer.isReady()) && (await this.table.answers());
  }

  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    await this.queue.idle();
    if (this.ownsPool) await this.pool.end();
  }

  private async send(records: TopicRecord[]): Promise<void> {
    try {
      const unknown = new Set(records.map(({ topic }) => topic).filter((topic) => !this.partitionCounts.has(topic)));
      if (unknown.size > 0) await this.countPartitions([...unknown]);
      await this.table.append(records, this.partitionCounts);
    } catch (error) {
      throw toAppError(error);
    }
  }

  private async countPartitions(topics: string[]): Promise<void> {
    const found = await this.table.partitions(topics);
    for (const topic of topics) {
      const count = found.filter((one) => one.topic === topic).length;
      if (count > 0) this.partitionCounts.set(topic, count);
    }
  }
}
