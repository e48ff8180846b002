import type { CompiledRate, CompiledRulebook, Counted, PreviousRate, RateSnapshot } from '#domain';
import { computeRates, countedBy, countedDays, isInForce, rateDay, rateInUse, rateZone } from '#domain';
import type { DataSource, ShopDayCount, ShopKey, ShopRateRow, Transaction } from '#storage';
import { RateStore, RecomputeStore, RulebookStore, withService } from '#storage';
import type { RateBounds } from './rate-bounds.js';
import { UNKNOWN, boundsOn, sidesOf } from './rate-bounds.js';
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
  private readonly rulebooks = new RulebookStore();
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
    await this.rates.save(transaction, computed);
    await this.rates.removeComputed(transaction, id, without(rows, computed));
    const reported = rows.filter(({ snapshot }) => snapshot.origin === 'reported');
    return this.judgeWhatCrossed(transaction, id, shopsOf([...rows, ...computed], [...reported, ...computed]), now);
  }

  /** Compares the rate in use with the one the orders were judged by: it changes also when a report is believed no more. */
  private async judgeWhatCrossed(
    transaction: Transaction,
    rateId: string,
    shops: readonly KnownShop[],
    now: number,
  ): Promise<number> {
    if (shops.length === 0) return 0;
    const before = new Map(
      (await this.rates.sides(transaction, rateId)).map(({ tenantId, shopId, sides }) => [
        keyOf(tenantId, shopId),
        sides,
      ]),
    );
    const boundsOf = await this.boundsByTenant(transaction, rateId, shops);
    const crossed = shops.flatMap(({ tenantId, shopId, snapshots }) => {
      const { limits, ruleIds } = boundsOf(tenantId);
      const sides = sidesOf(limits, rateInUse(snapshots, now));
      return sides === (before.get(keyOf(tenantId, shopId)) ?? UNKNOWN) ? [] : [{ tenantId, shopId, sides, ruleIds }];
    });
    await this.rates.saveSides(transaction, rateId, crossed);
    for (const { tenantId, shopId, ruleIds } of crossed) {
      if (ruleIds.length === 0) continue;
      await this.recompute.request(transaction, { tenantId, cause: `rate ${rateId}`, scope: { shopId, ruleIds } });
    }
    return crossed.length;
  }

  /** Overlays may put other limits on a rate than the rulebooks do. */
  private async boundsByTenant(
    transaction: Transaction,
    rateId: string,
    shops: readonly KnownShop[],
  ): Promise<(tenantId: string) => RateBounds> {
    const tenantIds = [...new Set(shops.map(({ tenantId }) => tenantId))];
    const overlays = await this.rulebooks.overlays(transaction, tenantIds);
    const known = new Map<CompiledRulebook, RateBounds>();
    return (tenantId) => {
      const rulebook = this.holder.forTenant(tenantId, overlays.get(tenantId) ?? []);
      const bounds = known.get(rulebook) ?? boundsOn(rateId, rulebook);
      known.set(rulebook, bounds);
      return bounds;
    };
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
        return this.rates.countsPerDay(transaction, { ...span, ...counted });
      case 'cancelled':
        return this.rates.cancellationsPerDay(transaction, { ...span, platform, markets });
      case 'scanned':
        return this.rates.scansPerDay(transaction, { ...span, platform, markets, asOf: now });
    }
  }
}

type KnownShop = ShopKey & { readonly snapshots: readonly RateSnapshot[] };

/** Every shop of `all`, with what is known of its rate now. */
function shopsOf(all: readonly ShopRateRow[], known: readonly ShopRateRow[]): KnownShop[] {
  const snapshots = new Map<string, RateSnapshot[]>();
  for (const { tenantId, snapshot } of known) {
    const key = keyOf(tenantId, snapshot.shopId);
    snapshots.set(key, [...(snapshots.get(key) ?? []), snapshot]);
  }
  const shops = new Map(all.map((row) => [keyOf(row.tenantId, row.snapshot.shopId), shopOf(row)]));
  return [...shops].map(([key, shop]) => ({ ...shop, snapshots: snapshots.get(key) ?? [] }));
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
