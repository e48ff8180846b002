import type { Counter } from '#platform';
import type { SettledCount } from '#storage';
import { EscalationStore, settleEscalations, withService } from '#storage';
import { TrackingService } from '#tracking';
import type { Settings } from './escalate-options.js';

/** Orders judged again in one transaction; each needs its states and its rules, so a lot is smaller than one of steps. */
const JUDGED_LOT = 500;

/** What time does to deadlines and escalations beside the ladder: verdicts and amounts that change, snoozes that end. */
export class Upkeep {
  private readonly store = new EscalationStore();
  private readonly tracking: TrackingService;
  private readonly settled: Counter<'status'>;
  private readonly judged: Counter;

  constructor(private readonly settings: Settings) {
    this.tracking = new TrackingService(settings.rulebooks);
    const { metrics } = settings;
    this.settled = metrics.counter('fineline_escalate_settled_total', 'Escalations settled by their deadline', [
      'status',
    ]);
    this.judged = metrics.counter('fineline_escalate_judged_orders_total', 'Orders judged again because time passed');
  }

  /**
   * Judges orders again whose verdict or amount time alone has changed; a passed deadline becomes missed here. Answers whether
   * there is more to do at once.
   */
  async judgeChanging(): Promise<boolean> {
    const { dataSource, clock } = this.settings;
    return withService(dataSource, async (transaction) => {
      const now = clock.now();
      const orders = await this.store.lockChanging(transaction, now, JUDGED_LOT);
      if (orders.length === 0) return false;
      const { changedOrders } = await this.tracking.reevaluate(transaction, orders, now);
      this.count(await settleEscalations(transaction, orders, now));
      this.judged.inc(orders.length);
      return changedOrders > 0;
    });
  }

  /** Ends snoozes. Answers how many. */
  async reopenSnoozed(): Promise<number> {
    const { dataSource, clock, lotSize } = this.settings;
    return withService(dataSource, (transaction) => this.store.reopen(transaction, clock.now(), lotSize));
  }

  /**
   * Settles what its deadline has overtaken. `track` does so with each verdict; this finds what any other writer left behind.
   * Answers how many.
   */
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
