import type { Counter } from '#platform';
import type { OrderKey, SettledCount, Transaction } from '#storage';
import {
  EscalationStore,
  ExposureStore,
  settleEscalations,
  settlesItself,
  withService,
  withServiceByKey,
} from '#storage';
import { JudgedLots, TrackingService } from '#tracking';
import type { Settings } from './escalate-options.js';

/** Orders judged again in one transaction; each needs its states and its rules, so a lot is smaller than one of steps. */
const JUDGED_LOT = 500;
/** Changes of exposure folded in one transaction. */
const FOLDED_LOT = 20_000;
/** An order that cannot be judged is left alone for this long. */
const SET_ASIDE_MS = 3_600_000;

/** What time does to deadlines and escalations beside the ladder: verdicts and amounts that change, snoozes that end. */
export class Upkeep {
  private readonly store = new EscalationStore();
  private readonly exposure = new ExposureStore();
  private readonly tracking: TrackingService;
  private readonly settled: Counter<'status'>;
  private readonly judged: Counter;
  private readonly setAsideOrders: Counter;
  private readonly lots = new JudgedLots(JUDGED_LOT);

  constructor(private readonly settings: Settings) {
    this.tracking = new TrackingService(settings.rulebooks);
    const { metrics } = settings;
    this.settled = metrics.counter('fineline_escalate_settled_total', 'Escalations settled by their deadline', [
      'status',
    ]);
    this.judged = metrics.counter('fineline_escalate_judged_orders_total', 'Orders judged again because time passed');
    this.setAsideOrders = metrics.counter(
      'fineline_escalate_set_aside_orders_total',
      'Orders that could not be judged',
    );
  }

  /**
   * Judges orders again whose verdict or amount time alone has changed; a passed deadline becomes missed here. Answers whether
   * there is more to do at once. An order that cannot be judged is set aside.
   */
  judgeChanging(): Promise<boolean> {
    return this.lots.next(
      (size) => this.judgeLot(size),
      (error) => this.setAside(error),
    );
  }

  /** The same at once for the orders of escalations that somebody is about to be told of. Throws when one of them cannot be judged. */
  async judgeChangingOf(escalationIds: readonly string[]): Promise<void> {
    const { dataSource, clock } = this.settings;
    await withServiceByKey(dataSource, async (transaction) => {
      const now = clock.now();
      const orders = await this.store.changing(transaction, escalationIds, now);
      if (orders.length > 0) await this.judge(transaction, orders, now);
    });
  }

  private judgeLot(size: number): Promise<boolean> {
    const { dataSource, clock } = this.settings;
    return withService(dataSource, async (transaction) => {
      const now = clock.now();
      const orders = await this.store.lockChanging(transaction, now, size);
      return orders.length > 0 && (await this.judge(transaction, orders, now)) > 0;
    });
  }

  /** Answers how many orders have changed. */
  private async judge(transaction: Transaction, orders: readonly OrderKey[], now: number): Promise<number> {
    await settlesItself(transaction);
    const { changedOrders } = await this.tracking.reevaluate(transaction, orders, now);
    this.count(await settleEscalations(transaction, orders, now));
    this.judged.inc(orders.length);
    return changedOrders;
  }

  private async setAside(error: unknown): Promise<void> {
    const { dataSource, clock, logger } = this.settings;
    const orders = await withService(dataSource, async (transaction) => {
      const now = clock.now();
      const alone = await this.store.lockChanging(transaction, now, 1);
      await this.store.postponeChange(transaction, alone, now + SET_ASIDE_MS);
      return alone;
    });
    this.setAsideOrders.inc(orders.length);
    logger.error({ err: error, orders }, 'order could not be judged and is set aside for an hour');
  }

  /** Folds what `track` noted about exposure into its cells, so that reading it stays cheap. Answers how many changes. */
  async foldExposure(): Promise<number> {
    const { dataSource } = this.settings;
    for (let total = 0; ;) {
      const folded = await withService(dataSource, (transaction) => this.exposure.fold(transaction, FOLDED_LOT));
      total += folded;
      if (folded < FOLDED_LOT) return total;
    }
  }

  /** Ends snoozes. Answers how many. */
  async reopenSnoozed(): Promise<number> {
    const { dataSource, clock, lotSize } = this.settings;
    return withService(dataSource, (transaction) => this.store.reopen(transaction, clock.now(), lotSize));
  }

  /**
   * Settles the escalations of deadlines that were met, moved or otherwise changed, and breaches somebody has acknowledged. Answers
   * how many there were.
   */
  async settleOvertaken(): Promise<number> {
    const { dataSource, clock, lotSize } = this.settings;
    return withService(dataSource, async (transaction) => {
      const orders = await this.store.takeOvertaken(transaction, lotSize);
      const breaches = await this.store.acknowledgedBreaches(transaction, lotSize);
      this.count(await settleEscalations(transaction, orders, clock.now()));
      if (breaches.length > 0) this.count(await this.store.settle(transaction, breaches, clock.now()));
      return orders.length + breaches.length;
    });
  }

  /** The same by looking at every live escalation: for what was left behind by a version that noted nothing. Answers how many. */
  async settleStale(): Promise<number> {
    const { dataSource, clock, lotSize } = this.settings;
    return withService(dataSource, async (transaction) => {
      const ids = await this.store.stale(transaction, lotSize);
      if (ids.length > 0) this.count(await this.store.settle(transaction, ids, clock.now()));
      return ids.length;
    });
  }

  private count(counts: readonly SettledCount[]): void {
    for (const { status, count } of counts) this.settled.inc({ status }, count);
  }
}
