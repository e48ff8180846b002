import type { CompiledRate, CompiledRulebook, Counted, PreviousRate, RateBound, RateSnapshot } from '#domain';
import { computeRates, countedBy, countedDays, isInForce, isWithinBound, rateDay, rateZone } from '#domain';
import type { DataSource, ShopDayCount, ShopKey, ShopRateRow, Transaction } from '#storage';
import { RateStore, RecomputeStore, withService } from '#storage';
import type { RulebookHolder } from './rulebook-holder.js';
import { StoredRates } from './stored-rates.js';
import { keyOf } from './tracked-event.js';

const DAY_MS = 86_400_000;
const HISTORY_REACH_MS = 60 * DAY_MS;
/** What reads every order or settled deadline of weeks is not counted each round. */
const LONG_COUNTS_EVERY_MS = 10 * 60_000;

/** Counts shop rates and miss histories from the record, and asks for a shop's orders to be judged again when a limit is crossed. */
export class RateService {
  private readonly rates = new RateStore();
  private readonly recompute = new RecomputeStore();
  private longCountsAt = -Infinity;

  constructor(
    private readonly dataSource: DataSource,
    private readonly holder: RulebookHolder,
  ) {}

  /** One round at `now`, each rate in a transaction of its own. Answers how many shops crossed a limit. */
  async refresh(now: number): Promise<number> {
    const isLongRound = now - this.longCountsAt >= LONG_COUNTS_EVERY_MS;
    if (isLongRound) {
      await withService(this.dataSource, (transaction) =>
        this.rates.refreshMissHistory(transaction, now - HISTORY_REACH_MS, now),
      );
      this.longCountsAt = now;
    }
    let crossed = 0;
    for (const rate of this.holder.base.rates) {
      const counted = countedBy(rate.definition);
      if (!counted || (counted.kind !== 'deadlines' && !isLongRound)) continue;
      crossed += await withService(this.dataSource, (tx) => this.refreshRate(tx, rate, counted, now));
    }
    return crossed;
  }

  private async refreshRate(
    transaction: Transaction,
    rate: CompiledRate,
    counted: Counted,
    now: number,
  ): Promise<number> {
    const { id } = rate.definition;
    const rows = await this.rates.stored(transaction, [id]);
    const stored = new StoredRates(rows);
    const computed = await this.compute(transaction, rate, counted, stored, now);
    const gone = without(rows, computed);
    await this.rates.save(transaction, computed);
    await this.rates.removeComputed(transaction, id, gone);
    const { limits, ruleIds } = boundsOn(id, this.holder.base);
    const crossed = computed
      .filter(({ tenantId, snapshot }) => {
        const previous = stored.computed(tenantId, id, snapshot.shopId);
        return sidesOf(limits, previous) !== sidesOf(limits, snapshot);
      })
      .map(shopOf);
    const changed = [...crossed, ...gone];
    for (const { tenantId, shopId } of ruleIds.length > 0 ? changed : []) {
      await this.recompute.request(transaction, { tenantId, cause: `rate ${id}`, scope: { shopId, ruleIds } });
    }
    return changed.length;
  }

  private async compute(
    transaction: Transaction,
    rate: CompiledRate,
    counted: Counted,
    stored: StoredRates,
    now: number,
  ): Promise<ShopRateRow[]> {
    const { definition } = rate;
    const today = rateDay(rate, now);
    if (!isInForce(definition, today, now)) return [];
    const tenants = groupByTenant(await this.counts(transaction, rate, counted, now));
    return [...tenants].flatMap(([tenantId, counts]) => {
      const previous: PreviousRate = (rateId, shopId, origin) => stored.before(tenantId, rateId, shopId, origin, now);
      const snapshots = computeRates({ definition, counts, reported: [], today, zone: rateZone(rate) }, now, previous);
      return snapshots.map((snapshot) => ({ tenantId, snapshot }));
    });
  }

  private counts(transaction: Transaction, rate: CompiledRate, counted: Counted, now: number): Promise<ShopDayCount[]> {
    const today = rateDay(rate, now);
    const { first, last } = countedDays(rate.definition, today);
    // A day to spare at both ends: local days and UTC days overlap.
    const span = { zone: rateZone(rate), from: (first - 1) * DAY_MS, until: (last + 2) * DAY_MS };
    const { platform, markets } = rate.document;
    switch (counted.kind) {
      case 'deadlines':
        return this.rates.countsPerDay(transaction, { ...span, ruleIds: counted.ruleIds, unit: counted.unit });
      case 'cancelled':
        return this.rates.cancellationsPerDay(transaction, { ...span, platform, markets });
      case 'scanned':
        return this.rates.scansPerDay(transaction, { ...span, platform, markets, asOf: now });
    }
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
  return limits.map((limit) => (isWithinBound(limit, snapshot) ? '1' : '0')).join('');
}

/** Shops whose rate was computed and is no longer known: too few orders are left, or the rate has ended. */
function without(stored: readonly ShopRateRow[], computed: readonly ShopRateRow[]): ShopKey[] {
  const kept = new Set(computed.map((row) => keyOf(row.tenantId, row.snapshot.shopId)));
  return stored
    .filter(({ snapshot }) => snapshot.origin === 'computed')
    .map(shopOf)
    .filter(({ tenantId, shopId }) => !kept.has(keyOf(tenantId, shopId)));
}

function shopOf({ tenantId, snapshot }: ShopRateRow): ShopKey {
  return { tenantId, shopId: snapshot.shopId };
}

function groupByTenant(counts: readonly ShopDayCount[]): Map<string, ShopDayCount[]> {
  const tenants = new Map<string, ShopDayCount[]>();
  for (const count of counts) {
    const known = tenants.get(count.tenantId);
    if (known) known.push(count);
    else tenants.set(count.tenantId, [count]);
  }
  return tenants;
}
