import type { Logger } from '#platform';
import type { DataSource, OrderKey, RecomputeTask, Transaction } from '#storage';
import { OffsetStore, RecomputeStore, RulebookStore, UnjudgedStore, reachesClosed, withService } from '#storage';
import { TRACK_GROUP } from '#contracts';
import { JudgedLots, SET_ASIDE_MS } from './judged-lots.js';
import type { RulebookHolder } from './rulebook-holder.js';
import type { TrackingService } from './tracking-service.js';

export interface RecomputeSettings {
  /** Orders judged in one transaction. Default 500. */
  readonly ordersPerChunk?: number;
  /** How far back a new rulebook corrects settled deadlines, by when the order was placed. Default 90 days. */
  readonly reachMs?: number;
  /** Told of orders that could not be judged. */
  readonly logger?: Logger;
}

export interface RecomputeRound {
  readonly judged: number;
  /** Of these, orders that had been closed. */
  readonly broughtBack: number;
  /** Orders that could not be judged. */
  readonly setAside: number;
  /** Come back at once. */
  readonly hasMore: boolean;
}

interface Chunk {
  readonly task: RecomputeTask;
  readonly orders: readonly OrderKey[];
  readonly readUntil: number | undefined;
}

/** How far back a changed rule corrects settled deadlines, unless a deployment says otherwise: by when the order was placed. */
export const CORRECTION_REACH_MS = 90 * 86_400_000;

/**
 * Judges stored orders again where a waiver, a rate or a rulebook changed what they were judged by. In chunks, each a transaction
 * that also remembers how far it came; several processes may do it at once, and doing it twice changes nothing.
 */
export class RecomputeService {
  private readonly tasks = new RecomputeStore();
  private readonly rulebooks = new RulebookStore();
  private readonly marks = new UnjudgedStore();
  private readonly offsets: OffsetStore;
  private readonly chunks: JudgedLots;
  /** Of the rulebooks this process judges by. */
  private readonly held: ReturnType<RulebookHolder['fingerprints']>;
  private readonly reachMs: number;

  constructor(
    private readonly dataSource: DataSource,
    private readonly tracking: TrackingService,
    private readonly holder: RulebookHolder,
    private readonly settings: RecomputeSettings = {},
  ) {
    this.offsets = new OffsetStore(dataSource);
    this.chunks = new JudgedLots(settings.ordersPerChunk ?? 500);
    this.held = holder.fingerprints();
    this.reachMs = settings.reachMs ?? CORRECTION_REACH_MS;
  }

  /** Puts the loaded rulebooks in force: those that changed since they were last published get a task. Answers their names. */
  publish(now: number): Promise<string[]> {
    return withService(this.dataSource, async (transaction) => {
      const changed = await this.rulebooks.publish(transaction, this.held);
      for (const name of changed) {
        const document = this.holder.base.documents.find(({ rulebook }) => rulebook === name)!;
        const platform = document.platform === '*' ? undefined : document.platform;
        const scope = { platform, since: now - this.reachMs, rulebook: name };
        await this.tasks.request(transaction, { tenantId: null, cause: `rulebook ${name}`, scope });
      }
      return changed;
    });
  }

  /**
   * Works on the oldest task that may run; none while it is not known what is left to read of the log. An order that cannot be judged is
   * passed over and marked to be judged in an hour.
   */
  async runChunk(now: number): Promise<RecomputeRound> {
    await withService(this.dataSource, (transaction) => this.tasks.setBarriers(transaction));
    let chunk: Chunk | undefined;
    let round = { judged: 0, broughtBack: 0, setAside: 0 };
    const judge = (limit: number): Promise<boolean> =>
      withService(this.dataSource, async (transaction) => {
        chunk = await this.claim(transaction, limit);
        if (!chunk) return false;
        const { task, orders, readUntil } = chunk;
        const withClosed = reachesClosed(task.scope);
        const outcome = await this.tracking.reevaluate(transaction, orders, now, { readUntil, withClosed });
        const finished = orders.length < limit;
        const step = { last: orders.at(-1), done: orders.length, changed: outcome.changedOrders, finished };
        await this.tasks.progress(transaction, task, step);
        round = { ...round, judged: orders.length, broughtBack: outcome.broughtBack };
        return true;
      });
    const setAside = async (error: unknown): Promise<void> => {
      if (!chunk || chunk.orders.length === 0) throw error;
      round = { ...round, setAside: await this.passOver(chunk, error) };
    };
    const hasMore = await this.chunks.next(judge, setAside);
    return { ...round, hasMore };
  }

  private async claim(transaction: Transaction, limit: number): Promise<Chunk | undefined> {
    const { records, readUntil } = await this.offsets.unread(transaction, TRACK_GROUP);
    if (records === Infinity) return undefined;
    const fingerprints = this.held.map(({ fingerprint }) => fingerprint);
    const task = await this.tasks.claim(transaction, fingerprints);
    return task && { task, orders: await this.tasks.nextOrders(transaction, task, limit), readUntil };
  }

  /** Answers how many orders: none where another process has passed over it meanwhile. */
  private async passOver({ task, orders }: Chunk, error: unknown): Promise<number> {
    const isPassed = await withService(this.dataSource, async (transaction) => {
      const step = { last: orders.at(-1), done: orders.length, changed: 0, finished: false };
      const isMine = await this.tasks.progress(transaction, task, step);
      if (isMine) await this.marks.mark(transaction, orders, SET_ASIDE_MS);
      return isMine;
    });
    if (!isPassed) return 0;
    this.settings.logger?.error(
      { err: error, orders, cause: task.cause },
      'order could not be judged again and is set aside for an hour',
    );
    return orders.length;
  }
}
