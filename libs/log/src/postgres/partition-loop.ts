import type { Logger } from '#platform';
import type { BatchDelivery } from '../batch-delivery.js';
import type { Claim, LogConsumerOptions, LogGap } from '../event-log.js';
import { startingPoint } from '../starting-point.js';
import { Bell } from './bell.js';
import type { Limiter } from './limiter.js';
import type { LogTable } from './log-table.js';

export interface PartitionLoopContext {
  table: LogTable;
  delivery: BatchDelivery;
  limiter: Limiter;
  logger: Logger;
  options: LogConsumerOptions;
  isOwned(): boolean;
}

type Step = 'busy' | 'idle' | 'failed' | 'halted';

const DEFAULT_MAX_BATCH = 1000;
// NOTIFY wakes the loop; the poll only covers what was appended while the listening session was being replaced.
const POLL_MS = 1_000;

/** Reads one owned partition to its end, again and again, one batch at a time. */
export class PartitionLoop {
  private readonly bell = new Bell();
  private stopped = false;
  private halted = false;
  private finished: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: PartitionLoopContext,
    readonly topic: string,
    private position: Claim,
  ) {}

  start(): void {
    this.finished = this.run();
  }

  ring(): void {
    this.bell.ring();
  }

  /** Waits for the batch in flight. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.bell.ring();
    await this.finished;
  }

  isHalted(): boolean {
    return this.halted;
  }

  get partition(): number {
    return this.position.partition;
  }

  private readonly isOwned = () => !this.stopped && this.context.isOwned();

  private async run(): Promise<void> {
    while (this.isOwned()) {
      const step = await this.context.limiter.run(() => this.step());
      if (step === 'halted') {
        this.halted = true;
        return;
      }
      if (step !== 'busy') await this.bell.wait(POLL_MS);
    }
  }

  private async step(): Promise<Step> {
    if (!this.isOwned()) return 'idle';
    try {
      return await this.readAndDeliver();
    } catch (error) {
      this.context.logger.warn({ ...this.where(), err: error }, 'could not read the log, trying again');
      return 'failed';
    }
  }

  private async readAndDeliver(): Promise<Step> {
    const { table, delivery, options } = this.context;
    const { partition, nextOffset, epoch } = this.position;
    const read = await table.read(this.topic, partition, nextOffset, options.maxBatch ?? DEFAULT_MAX_BATCH);
    const point = startingPoint({ topic: this.topic, partition, nextOffset }, read);
    if (point.kind === 'log-too-short') {
      this.context.logger.error(this.where(), `partition halted: ${point.reason}`);
      return 'halted';
    }
    const last = read.records.at(-1);
    if (!last) return 'idle';
    if (point.kind === 'gap') this.reportGap(point.gap);
    const outcome = await delivery.deliver(
      {
        topic: this.topic,
        partition,
        epoch,
        firstOffset: nextOffset,
        lastOffset: last.offset,
        highWatermark: read.high,
        records: read.records,
      },
      this.isOwned,
    );
    if (outcome === 'handled') this.position = { partition, epoch, nextOffset: last.offset + 1n };
    if (outcome === 'stale' && this.isOwned()) await this.claimAgain(read.high);
    return outcome === 'halted' ? 'halted' : 'busy';
  }

  private async claimAgain(end: bigint): Promise<void> {
    const { group, offsets } = this.context.options;
    const [claim] = await offsets.claim(group, this.topic, new Map([[this.partition, end]]));
    if (claim) this.position = claim;
  }

  private reportGap(gap: LogGap): void {
    const { fromOffset, toOffset } = gap;
    const fields = { ...this.where(), fromOffset: String(fromOffset), toOffset: String(toOffset) };
    this.context.logger.error(fields, 'gap: records expired before they were read');
    this.context.options.onGap?.(gap);
  }

  private where(): Record<string, unknown> {
    return { topic: this.topic, partition: this.partition };
  }
}
