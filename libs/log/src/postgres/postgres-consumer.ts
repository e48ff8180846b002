import type { Pool } from 'pg';
import type { Logger } from '#platform';
import { BatchDelivery } from '../batch-delivery.js';
import type { LogConsumer, LogConsumerOptions } from '../event-log.js';
import { Bell } from './bell.js';
import { Limiter } from './limiter.js';
import type { LogTable, PartitionEnd } from './log-table.js';
import { OwnershipSession } from './ownership-session.js';
import { PartitionLoop } from './partition-loop.js';

const DEFAULT_CONCURRENCY = 4;
const REBALANCE_MS = 2_000;
const REOPEN_DELAY_MS = 500;

/** A member of a group that shares partitions by advisory locks: each takes at most its share, rounded up. */
export class PostgresConsumer implements LogConsumer {
  private readonly delivery: BatchDelivery;
  private readonly limiter: Limiter;
  private readonly loops = new Map<string, PartitionLoop>();
  private readonly rebalanceBell = new Bell();
  private session: OwnershipSession | undefined;
  private state: 'new' | 'running' | 'stopped' = 'new';
  private finished: Promise<void> = Promise.resolve();

  constructor(
    private readonly pool: Pool,
    private readonly table: LogTable,
    private readonly logger: Logger,
    private readonly options: LogConsumerOptions,
  ) {
    this.delivery = new BatchDelivery(options.handle, logger, options.retry);
    this.limiter = new Limiter(options.partitionsConcurrently ?? DEFAULT_CONCURRENCY);
  }

  async start(): Promise<void> {
    this.state = 'running';
    try {
      this.session = await this.openSession();
      await this.rebalance(this.session);
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.finished = this.keepUp();
  }

  async stop(): Promise<void> {
    this.state = 'stopped';
    this.rebalanceBell.ring();
    await this.finished;
    await this.dropSession();
  }

  isStarted(): boolean {
    return this.state === 'running';
  }

  isReady(): boolean {
    if (this.state !== 'running' || !this.session || this.session.isLost()) return false;
    return [...this.loops.values()].every((loop) => !loop.isHalted());
  }

  private openSession(): Promise<OwnershipSession> {
    return OwnershipSession.open(this.pool, this.options.group, (notice) => this.onNotice(notice));
  }

  private onNotice(notice: string): void {
    if (notice === `members/${this.options.group}`) this.rebalanceBell.ring();
    this.loops.get(notice)?.ring();
  }

  private async keepUp(): Promise<void> {
    while (this.state === 'running') {
      await this.rebalanceBell.wait(REBALANCE_MS);
      if (this.state !== 'running') return;
      try {
        if (this.session?.isLost()) await this.dropSession();
        this.session ??= await this.openSession();
        await this.rebalance(this.session);
      } catch (error) {
        this.logger.warn({ group: this.options.group, err: error }, 'lost touch with the log, trying again');
        // A partition that was locked but not claimed must not stay locked: the session takes its locks with it.
        await this.dropSession();
        await this.rebalanceBell.wait(REOPEN_DELAY_MS);
      }
    }
  }

  private async dropSession(): Promise<void> {
    const session = this.session;
    this.session = undefined;
    await Promise.all([...this.loops.values()].map((loop) => loop.stop()));
    this.loops.clear();
    await session?.close();
  }

  private async rebalance(session: OwnershipSession): Promise<void> {
    const partitions = await this.table.partitions(this.options.topics);
    const share = Math.ceil(partitions.length / (await session.countMembers()));
    await this.giveBack(session, this.loops.size - share);
    const taken: PartitionEnd[] = [];
    for (const candidate of partitions) {
      if (this.loops.size + taken.length >= share) break;
      if (this.loops.has(keyOf(candidate))) continue;
      if (await session.tryLock(candidate.topic, candidate.partition)) taken.push(candidate);
    }
    await this.begin(session, taken);
  }

  private async giveBack(session: OwnershipSession, surplus: number): Promise<void> {
    if (surplus <= 0) return;
    for (const [key, loop] of [...this.loops].slice(-surplus)) {
      await loop.stop();
      this.loops.delete(key);
      await session.unlock(loop.topic, loop.partition);
    }
    await session.announce();
  }

  private async begin(session: OwnershipSession, taken: PartitionEnd[]): Promise<void> {
    for (const topic of new Set(taken.map((one) => one.topic))) {
      const ofTopic = taken.filter((one) => one.topic === topic);
      const ends = new Map(ofTopic.map(({ partition, end }) => [partition, end]));
      for (const claim of await this.options.offsets.claim(this.options.group, topic, ends)) {
        const { table, delivery, limiter, logger, options } = this;
        const isOwned = () => this.session === session && !session.isLost();
        const loop = new PartitionLoop({ table, delivery, limiter, logger, options, isOwned }, topic, claim);
        this.loops.set(keyOf({ topic, partition: claim.partition }), loop);
        loop.start();
      }
    }
  }
}

function keyOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`;
}
