// Events that are more than part of one order: fines as charged, waivers, rates as a platform reports them.
import type { CompiledRate, PreviousRate, WaiverAnnounced } from '#domain';
import { computeRates, isRateOf, periodOf, rateDay, rateZone } from '#domain';
import type { RecomputeScope, Transaction } from '#storage';
import { LeviedFineStore, PointStore, RateStore, RecomputeStore, WaiverStore } from '#storage';
import type { RulebookHolder } from './rulebook-holder.js';
import { StoredRates } from './stored-rates.js';
import type { TrackedEvent } from './tracked-event.js';

type Tracked<Type extends TrackedEvent['event']['type']> = Extract<TrackedEvent['event'], { type: Type }>;

export class TenantEvents {
  private readonly fines = new LeviedFineStore();
  private readonly points = new PointStore();
  private readonly rates = new RateStore();
  private readonly recompute = new RecomputeStore();
  private readonly waivers = new WaiverStore();

  constructor(private readonly holder: RulebookHolder) {}

  /** Stores them and asks for the orders they touch to be judged again, after this transaction. */
  async apply(transaction: Transaction, events: readonly TrackedEvent[]): Promise<void> {
    const fines = eventsOf(events, 'fine.levied');
    await this.fines.save(
      transaction,
      fines.map(({ tenantId, data }) => ({ tenantId, fine: data })),
    );
    await this.applyWaivers(transaction, eventsOf(events, 'waiver.announced'));
    await this.applyMetrics(transaction, eventsOf(events, 'metric.reported'));
    await this.applyPoints(transaction, events);
  }

  private async applyWaivers(transaction: Transaction, events: readonly Tracked<'waiver.announced'>[]): Promise<void> {
    const changed = await this.waivers.save(
      transaction,
      events.map(({ tenantId, data, time }) => ({ tenantId, waiver: data, announcedAt: time })),
    );
    for (const { tenantId, waiver, replaced } of changed) {
      // A replaced waiver may have covered other orders than it does now: all of the tenant's are looked at.
      const scope = replaced ? {} : waiverScope(waiver);
      await this.recompute.request(transaction, { tenantId, cause: `waiver ${waiver.waiverId}`, scope });
    }
  }

  /** A report is judged as of its own instant, with the band the shop was in before. */
  private async applyMetrics(transaction: Transaction, events: readonly Tracked<'metric.reported'>[]): Promise<void> {
    if (events.length === 0) return;
    const named = events.flatMap((event) => this.ratesNamed(event.data).map((rate) => ({ rate, event })));
    const rateIds = [...new Set(named.map(({ rate }) => rate.definition.id))];
    const stored = new StoredRates(await this.rates.stored(transaction, rateIds, ''));
    const reported = named.flatMap(({ rate, event: { tenantId, data } }) => {
      const { definition } = rate;
      const today = rateDay(rate, data.measuredAt);
      const input = { definition, counts: [], reported: [data], today, zone: rateZone(rate) };
      const previous: PreviousRate = (rateId, shopId, origin) =>
        stored.before(tenantId, rateId, shopId, origin, data.measuredAt);
      return computeRates(input, data.measuredAt, previous).map((snapshot) => ({
        tenantId,
        period: periodOf(input, snapshot.measuredAt),
        snapshot,
      }));
    });
    const changed = await this.rates.save(transaction, reported);
    for (const { tenantId, rateId, shopId } of changed) {
      await this.recompute.request(transaction, { tenantId, cause: `rate ${rateId}`, scope: { shopId } });
    }
  }

  /** Points touch no deadline; they are added up when somebody asks. */
  private async applyPoints(transaction: Transaction, events: readonly TrackedEvent[]): Promise<void> {
    const metrics = new Set(this.holder.base.points.map(({ definition }) => definition.metric));
    const balances = eventsOf(events, 'metric.reported').filter(({ data }) => metrics.has(data.metric));
    const told = [...eventsOf(events, 'points.issued'), ...balances];
    await this.points.save(
      transaction,
      told.map(({ tenantId, data }) => ({ tenantId, event: data })),
    );
  }

  private ratesNamed({ platform, market, metric }: Tracked<'metric.reported'>['data']): CompiledRate[] {
    const { rates } = this.holder.base;
    return rates.filter((rate) => rate.definition.metric === metric && isRateOf(rate, platform, market));
  }
}

function eventsOf<Type extends TrackedEvent['event']['type']>(
  events: readonly TrackedEvent[],
  type: Type,
): Tracked<Type>[] {
  return events.flatMap(({ event }) => (event.type === type ? [event as Tracked<Type>] : []));
}

/** Which stored orders a waiver can touch. */
export function waiverScope(waiver: WaiverAnnounced['data']): RecomputeScope {
  const { orderId, sellerId, platform, market, ruleIds, from, until } = waiver;
  return { orderId, sellerId, platform, market, ruleIds, closedWithin: { from, until } };
}
