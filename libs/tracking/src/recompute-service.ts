import type { DataSource } from '#storage';
import { OffsetStore, RecomputeStore, RulebookStore, reachesClosed, withService } from '#storage';
import { TRACK_GROUP } from '#contracts';
import type { RulebookHolder } from './rulebook-holder.js';
import type { TrackingService } from './tracking-service.js';

export interface RecomputeSettings {
  /** Orders judged in one transaction. Default 500. */
  readonly ordersPerChunk?: number;
  /** How far back a new rulebook corrects settled deadlines, by when the order was placed. Default 90 days. */
  readonly reachMs?: number;
}

export interface RecomputeRound {
  readonly judged: number;
  /** Of these, orders that had been closed. */
  readonly broughtBack: number;
  /** Come back at once. */
  readonly hasMore: boolean;
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
  private readonly offsets: OffsetStore;
  private readonly ordersPerChunk: number;
  private readonly reachMs: number;

  constructor(
    private readonly dataSource: DataSource,
    private readonly tracking: TrackingService,
    private readonly holder: RulebookHolder,
    settings: RecomputeSettings = {},
  ) {
    this.offsets = new OffsetStore(dataSource);
    this.ordersPerChunk = settings.ordersPerChunk ?? 500;
    this.reachMs = settings.reachMs ?? CORRECTION_REACH_MS;
  }

  /** Puts the loaded rulebooks in force: those that changed since they were last published get a task. Answers their names. */
  publish(now: number): Promise<string[]> {
    return withService(this.dataSource, async (transaction) => {
      const changed = await this.rulebooks.publish(transaction, this.holder.fingerprints());
      for (const name of changed) {
        const document = this.holder.base.documents.find(({ rulebook }) => rulebook === name)!;
        const platform = document.platform === '*' ? undefined : document.platform;
        const scope = { platform, since: now - this.reachMs };
        await this.tasks.request(transaction, { tenantId: null, cause: `rulebook ${name}`, scope });
      }
      return changed;
    });
  }

  /** Works on the oldest task that may run; answers how many orders were judged. */
  async runChunk(now: number): Promise<RecomputeRound> {
    await withService(this.dataSource, (transaction) => this.tasks.setBarriers(transaction));
    return withService(this.dataSource, async (transaction) => {
      const task = await this.tasks.claim(transaction);
      if (!task) return { judged: 0, broughtBack: 0, hasMore: false };
      const orders = await this.tasks.nextOrders(transaction, task, this.ordersPerChunk);
      const { readUntil } = await this.offsets.unread(transaction, TRACK_GROUP);
      const withClosed = reachesClosed(task.scope);
      const outcome = await this.tracking.reevaluate(transaction, orders, now, { readUntil, withClosed });
      const finished = orders.length < this.ordersPerChunk;
      const step = { last: orders.at(-1), done: orders.length, changed: outcome.changedOrders, finished };
      await this.tasks.progress(transaction, task, step);
      return { judged: orders.length, broughtBack: outcome.broughtBack, hasMore: true };
    });
  }
}
