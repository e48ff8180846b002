import type { CompiledRate, CompiledRulebook, RateBound, RateSnapshot, ZoneChoice } from '#domain';
import { toLocal } from '#domain';
import type { DataSource, ShopDayCount, ShopKey, Transaction } from '#storage';
import { RateStore, RecomputeStore, withService } from '#storage';
import { holds, rateSnapshot } from './rate-snapshot.js';
import { countInWindow, windowDays } from './rate-window.js';
import type { RulebookHolder } from './rulebook-holder.js';
import { keyOf } from './tracked-event.js';

const DAY_MS = 86_400_000;
const HISTORY_REACH_MS = 60 * DAY_MS;
const HISTORY_EVERY_MS = 10 * 60_000;

/** Counts shop rates and miss histories from stored deadlines, and asks for a shop's orders to be judged again when a limit is crossed. */
export class RateService {
  private readonly rates = new RateStore();
  private readonly recompute = new RecomputeStore();
  private historyAt = -Infinity;

  constructor(
    private readonly dataSource: DataSource,
    private readonly holder: RulebookHolder,
  ) {}

  /** One round at `now`, each rate in a transaction of its own. Answers how many shops crossed a limit. */
  async refresh(now: number): Promise<number> {
    if (now - this.historyAt >= HISTORY_EVERY_MS) {
      await withService(this.dataSource, (transaction) =>
        this.rates.refreshMissHistory(transaction, now - HISTORY_REACH_MS, now),
      );
      this.historyAt = now;
    }
    let crossed = 0;
    for (const rate of this.holder.base.rates) {
      if (rate.definition.counts === undefined) continue;
      crossed += await withService(this.dataSource, (transaction) => this.refreshRate(transaction, rate, now));
    }
    return crossed;
  }

  private async refreshRate(transaction: Transaction, rate: CompiledRate, now: number): Promise<number> {
    const { definition, document } = rate;
    const zone = zoneOf(definition.zone, document.marketZone);
    const today = toLocal(now, zone).date;
    const before = new Map(
      (await this.rates.computed(transaction, definition.id)).map((row) => [shopKey(row.tenantId, row.snapshot), row]),
    );
    const shops = groupByShop(await this.counts(transaction, rate, zone, now));
    const known: ShopKey[] = [];
    const snapshots = [...shops.values()].flatMap((counts) => {
      const { tenantId, shopId } = counts[0]!;
      const count = countInWindow(definition.windows, counts, today);
      if (!count) return [];
      known.push({ tenantId, shopId });
      const previous = before.get(keyOf(tenantId, shopId))?.snapshot;
      return [{ tenantId, snapshot: rateSnapshot(definition, shopId, count, previous, now) }];
    });
    const kept = new Set(known.map(({ tenantId, shopId }) => keyOf(tenantId, shopId)));
    const gone = [...before.values()]
      .map(({ tenantId, snapshot }) => ({ tenantId, shopId: snapshot.shopId }))
      .filter(({ tenantId, shopId }) => !kept.has(keyOf(tenantId, shopId)));
    await this.rates.save(transaction, snapshots);
    await this.rates.removeComputed(transaction, definition.id, gone);
    const bounds = boundsOn(definition.id, this.holder.base);
    const crossed = snapshots
      .filter(({ tenantId, snapshot }) => {
        const previous = before.get(shopKey(tenantId, snapshot))?.snapshot;
        return sidesOf(bounds.limits, previous) !== sidesOf(bounds.limits, snapshot);
      })
      .map(({ tenantId, snapshot }) => ({ tenantId, shopId: snapshot.shopId }));
    for (const { tenantId, shopId } of [...crossed, ...gone]) {
      const scope = { shopId, ruleIds: bounds.ruleIds };
      if (bounds.ruleIds.length > 0) {
        await this.recompute.request(transaction, { tenantId, cause: `rate ${definition.id}`, scope });
      }
    }
    return crossed.length + gone.length;
  }

  private counts(
    transaction: Transaction,
    { definition }: CompiledRate,
    zone: string,
    now: number,
  ): Promise<ShopDayCount[]> {
    const { rule, unit } = definition.counts!;
    const today = toLocal(now, zone).date;
    const first = Math.min(...definition.windows.map((window) => windowDays(window, today).first));
    // A day to spare at both ends: local days and UTC days overlap.
    const [from, until] = [(first - 1) * DAY_MS, (today + 2) * DAY_MS];
    return this.rates.countsPerDay(transaction, { ruleIds: [rule].flat(), unit, zone, from, until });
  }
}

/** Limits of the gates and bands by rate, and the rules whose money depends on them. */
export function boundsOn(rateId: string, rulebook: CompiledRulebook): { limits: RateBound[]; ruleIds: string[] } {
  const rules = rulebook.documents.flatMap((document) => document.rules);
  const uses = rules.flatMap(({ id, versions }) =>
    versions.flatMap(({ penalty }) => {
      const gate = penalty?.gate?.rate === rateId ? [penalty.gate] : [];
      const bands = penalty?.byRate?.rate === rateId ? penalty.byRate.bands : [];
      return [...gate, ...bands].map((bound) => ({ id, bound }));
    }),
  );
  return { limits: uses.map(({ bound }) => bound), ruleIds: [...new Set(uses.map(({ id }) => id))] };
}

/** On which side of each limit a rate is, as text to compare. */
export function sidesOf(limits: readonly RateBound[], snapshot: RateSnapshot | undefined): string {
  if (!snapshot) return 'unknown';
  const rate = snapshot.denominator > 0 ? snapshot.numerator / snapshot.denominator : Number(snapshot.rate);
  return limits.map((limit) => (holds(limit, rate) ? '1' : '0')).join('');
}

function zoneOf(choice: ZoneChoice, marketZone: string): string {
  if (typeof choice === 'object') return choice.fixed;
  return choice === 'utc' ? 'UTC' : marketZone;
}

function shopKey(tenantId: string, snapshot: RateSnapshot): string {
  return keyOf(tenantId, snapshot.shopId);
}

function groupByShop(counts: readonly ShopDayCount[]): Map<string, ShopDayCount[]> {
  const shops = new Map<string, ShopDayCount[]>();
  for (const count of counts) {
    const key = keyOf(count.tenantId, count.shopId);
    const known = shops.get(key);
    if (known) known.push(count);
    else shops.set(key, [count]);
  }
  return shops;
}
