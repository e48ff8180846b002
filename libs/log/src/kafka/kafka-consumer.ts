import type { Consumer, ConsumerCrashEvent, EachBatchPayload, Kafka } from 'kafkajs';
import type { Logger } from '#platform';
import { BatchDelivery } from '../batch-delivery.js';
import type { LogBatch, LogConsumer, LogConsumerOptions } from '../event-log.js';
import type { KafkaAdmin } from './kafka-admin.js';
import { KafkaAssignment, type Position } from './kafka-assignment.js';
import { splitBatch } from './kafka-batch.js';
import { unknownCodec } from './kafka-errors.js';
import { CONSUMER_SETTINGS, LEAVE_MS, REOPEN_DELAY_MS, REPORT_MS } from './kafka-settings.js';

const DEFAULT_MAX_BATCH = 1000;
const DEFAULT_CONCURRENCY = 4;

/** One member of a consumer group whose offsets come from an `OffsetSource`; Kafka's own offsets are only for lag tools. */
export class KafkaConsumer implements LogConsumer {
  private readonly delivery: BatchDelivery;
  private readonly assignment: KafkaAssignment;
  private consumer: Consumer | undefined;
  private state: 'new' | 'running' | 'crashed' | 'stopped' = 'new';
  private reopening: NodeJS.Timeout | undefined;
  private reporting: NodeJS.Timeout | undefined;
  private readonly inFlight = new Set<Promise<unknown>>();

  constructor(
    private readonly kafka: Kafka,
    admin: KafkaAdmin,
    private readonly logger: Logger,
    private readonly options: LogConsumerOptions,
  ) {
    this.delivery = new BatchDelivery(options.handle, logger, options.retry);
    this.assignment = new KafkaAssignment(admin, logger, options);
  }

  async start(): Promise<void> {
    this.state = 'running';
    this.reporting = setInterval(() => void this.report(this.consumer), REPORT_MS);
    await this.open();
  }

  async stop(): Promise<void> {
    this.state = 'stopped';
    clearTimeout(this.reopening);
    clearInterval(this.reporting);
    const left = this.leave(this.consumer);
    this.assignment.release();
    this.consumer = undefined;
    await Promise.all(this.inFlight);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, LEAVE_MS)));
    await Promise.race([left, late]).finally(() => clearTimeout(timer));
  }

  private async leave(consumer: Consumer | undefined): Promise<void> {
    try {
      await this.report(consumer);
      await consumer?.disconnect();
    } catch (error) {
      this.logger.warn({ group: this.options.group, err: error }, 'could not leave the consumer group');
    }
  }

  /** Tells Kafka where the group stands, all partitions at once. Only lag tools read it, so a failure waits for the next time. */
  private async report(consumer: Consumer | undefined): Promise<void> {
    const positions = this.assignment.unreported().map((position) => ({ position, at: position.nextOffset }));
    if (!consumer || positions.length === 0) return;
    try {
      await consumer.commitOffsets(
        positions.map(({ position: { topic, partition }, at }) => ({ topic, partition, offset: String(at) })),
      );
      for (const { position, at } of positions) position.reported = at;
    } catch (error) {
      this.logger.debug({ group: this.options.group, err: error }, 'could not tell Kafka where the group stands');
    }
  }

  isStarted(): boolean {
    return this.state === 'running' || this.state === 'crashed';
  }

  isReady(): boolean {
    return this.state === 'running' && this.assignment.isReady();
  }

  private async open(): Promise<void> {
    // While kafkajs is reconnecting, disconnect() does not stop it: it asks here before each further try.
    const retry = { ...CONSUMER_SETTINGS.retry, restartOnFailure: async () => this.state === 'running' };
    const consumer = this.kafka.consumer({ groupId: this.options.group, ...CONSUMER_SETTINGS, retry });
    this.consumer = consumer;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      if (this.state === 'running') this.assignment.join(consumer, payload.memberAssignment);
    });
    consumer.on(consumer.events.CRASH, (event) => this.onCrash(event));
    await consumer.connect();
    await consumer.subscribe({ topics: this.options.topics, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.options.partitionsConcurrently ?? DEFAULT_CONCURRENCY,
      eachBatch: (payload) => this.tracked(this.onBatch(payload)),
    });
  }

  private async tracked(work: Promise<void>): Promise<void> {
    const settled = work.catch(() => undefined);
    this.inFlight.add(settled);
    await work.finally(() => this.inFlight.delete(settled));
  }

  private async onBatch(payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch;
    const position = await this.assignment.positionFor(payload.batch);
    if (!position) return;
    // kafkajs beats only between batches: a long transaction would otherwise cost the membership. What this beat
    // rejects with (a rebalance) the one after the batch rejects with again.
    const beat = setInterval(
      () => void payload.heartbeat().catch(() => undefined),
      CONSUMER_SETTINGS.heartbeatInterval,
    );
    try {
      for (const batch of splitBatch(payload.batch, position, this.options.maxBatch ?? DEFAULT_MAX_BATCH)) {
        const isOwned = () => payload.isRunning() && !payload.isStale() && this.assignment.owns(position);
        if (!isOwned()) return;
        const delivery = await this.delivery.deliver(batch, isOwned);
        if (delivery === 'handled') await this.advance(payload, position, batch);
        else if (delivery === 'stale') return await this.claimAgain(payload);
        else if (delivery === 'halted') return this.assignment.halt(topic, partition);
        else return;
      }
    } finally {
      clearInterval(beat);
    }
  }

  private async advance(payload: EachBatchPayload, position: Position, { lastOffset }: LogBatch): Promise<void> {
    position.nextOffset = lastOffset + 1n;
    position.readFrom = position.nextOffset;
    payload.resolveOffset(String(lastOffset));
    await payload.heartbeat();
  }

  /** A member that was only slow learns from the heartbeat that it is out, and joins anew instead of claiming. */
  private async claimAgain(payload: EachBatchPayload): Promise<void> {
    await payload.heartbeat();
    this.assignment.claimAgain(payload.batch.topic, payload.batch.partition);
  }

  private onCrash({ payload }: ConsumerCrashEvent): void {
    if (this.state === 'stopped') return;
    this.assignment.release();
    const codec = unknownCodec(payload.error);
    if (codec) {
      this.state = 'crashed';
      this.logger.error({ group: this.options.group, topics: this.options.topics }, codec);
    } else if (!payload.restart) {
      this.state = 'crashed';
      this.logger.error({ group: this.options.group, err: payload.error }, 'consumer crashed, opening it again');
      this.reopening = setTimeout(() => void this.reopen(), REOPEN_DELAY_MS);
    }
  }

  private async reopen(): Promise<void> {
    try {
      this.state = 'running';
      await this.open();
    } catch (error) {
      this.logger.error({ group: this.options.group, err: error }, 'consumer could not be opened, trying again');
      if (this.isStarted()) this.reopening = setTimeout(() => void this.reopen(), REOPEN_DELAY_MS);
    }
  }
}
