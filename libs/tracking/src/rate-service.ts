import type { CompiledRate, CompiledRulebook, Counted, PreviousRate, RateSnapshot } from '#domain';
import {
  computeRates,
  countedBy,
  countedDays,
  dateText,
  fromLocal,
  isInForce,
  measuringInstants,
  parseDate,
  periodOf,
  rateDay,
  rateFor,
  zonedRate,
} from '#domain';
import type { DataSource, ShopDayCount, ShopKey, ShopPeriod, ShopRateRow, Transaction } from '#storage';
import { RateStore, RecomputeStore, RulebookStore, withService } from '#storage';
import type { RateBounds } from './rate-bounds.js';
import { UNKNOWN, boundsOn, sidesOf } from './rate-bounds.js';
import { CORRECTION_REACH_MS } from './recompute-service.js';
import type { RulebookHolder } from './rulebook-holder.js';
import { StoredRates } from './stored-rates.js';
import { keyOf } from './tracked-event.js';

const DAY_MS = 86_400_000;
/** Two years: who has an older order judged again finds the rate of its week or month unknown. */
const PERIODS_KEPT_MS = 731 * DAY_MS;
const HISTORY_REACH_MS = 60 * DAY_MS;
/** Weeks and months that ended longer ago are not counted anew: their orders are judged by what was counted last. */
export const RATE_REACH_MS = CORRECTION_REACH_MS;
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
      await withService(this.dataSource, (transaction) =>
        this.rates.removePeriodsBefore(transaction, dateText(Math.floor((now - PERIODS_KEPT_MS) / DAY_MS))),
      );
      this.longCountsAt = now;
    }
    let crossed = 0;
    for (const rate of this.holder.base.rates) {
      const counted = countedBy(rate.definition);
      if (!counted || (counted.kind !== 'deadlines' && !isLongRound)) continue;
      crossed += await withService(this.dataSource, (tx) =>
        this.refreshRate(
          tx,
          rate,
          counted,
          measuringInstants(zonedRate(rate), now, isLongRound ? now - RATE_REACH_MS : now),
          now,
        ),
      );
    }
    return crossed;
  }

  /** Measures the rate anew at `instants`, the running one first. */
  private async refreshRate(
    transaction: Transaction,
    rate: CompiledRate,
    counted: Counted,
    instants: readonly number[],
    now: number,
  ): Promise<number> {
    const zoned = zonedRate(rate);
    const { id } = rate.definition;
    const rows = await this.rates.stored(transaction, [id], periodOf(zoned, instants.at(-1)!));
    const computed = await this.compute(transaction, rate, counted, new StoredRates(rows), instants, now);
    await this.rates.save(transaction, computed);
    const periods = new Set(['', ...instants.map((at) => periodOf(zoned, at))]);
    const inReach = rows.filter(({ period }) => periods.has(period));
    await this.rates.removeComputed(transaction, id, without(inReach, computed));
    const reported = rows.filter(({ snapshot }) => snapshot.origin === 'reported');
    const shops = shopsOf([...rows, ...computed], [...reported, ...computed]);
    return this.judgeWhatCrossed(transaction, rate, shops, instants, now);
  }

  /**
   * Compares the rates in use, now and in each period, with those the orders were judged by: they change also when a report is believed no more and
   * when a period ends.
   */
  private async judgeWhatCrossed(
    transaction: Transaction,
    rate: CompiledRate,
    shops: readonly KnownShop[],
    instants: readonly number[],
    now: number,
  ): Promise<number> {
    const { id } = rate.definition;
    if (shops.length === 0) return 0;
    const before = new Map((await this.rates.sides(transaction, id)).map((side) => [keyOfPeriod(side), side.sides]));
    const boundsOf = await this.boundsByTenant(transaction, id, shops);
    const zoned = zonedRate(rate);
    const crossed = shops.flatMap(({ tenantId, shopId, snapshots }) => {
      const { limits, ruleIds } = boundsOf(tenantId);
      return instants.flatMap((at, i) => {
        const period = i === 0 ? '' : periodOf(zoned, at);
        const side = { tenantId, shopId, period };
        const dueAt = period === '' ? now : fromLocal(parseDate(period), 0, zoned.zone);
        const sides = sidesOf(limits, rateFor(zoned, snapshots, dueAt, now));
        return sides === (before.get(keyOfPeriod(side)) ?? UNKNOWN) ? [] : [{ ...side, sides, ruleIds }];
      });
    });
    await this.rates.saveSides(transaction, id, crossed);
    const toJudge = new Map(crossed.map((side) => [keyOf(side.tenantId, side.shopId), side]));
    for (const { tenantId, shopId, ruleIds } of toJudge.values()) {
      if (ruleIds.length === 0) continue;
      await this.recompute.request(transaction, { tenantId, cause: `rate ${id}`, scope: { shopId, ruleIds } });
    }
    return toJudge.size;
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
    instants: readonly number[],
    now: number,
  ): Promise<ShopRateRow[]> {
    const zoned = zonedRate(rate);
    if (!instants.some((at) => isInForce(rate.definition, rateDay(rate, at), at))) return [];
    const tenants = groupByTenant(await this.counts(transaction, rate, counted, instants, now));
    return [...tenants].flatMap(([tenantId, counts]) =>
      instants.flatMap((at) => {
        const previous: PreviousRate = (rateId, shopId, origin) => stored.before(tenantId, rateId, shopId, origin, at);
        const input = { ...zoned, counts, reported: [], today: rateDay(rate, at) };
        const period = periodOf(zoned, at);
        return computeRates(input, at, at === now ? previous : undefined).map((snapshot) => ({
          tenantId,
          period,
          snapshot,
        }));
      }),
    );
  }

  private counts(
    transaction: Transaction,
    rate: CompiledRate,
    counted: Counted,
    instants: readonly number[],
    now: number,
  ): Promise<ShopDayCount[]> {
    const { first } = countedDays(rate.definition, rateDay(rate, instants.at(-1)!));
    const { last } = countedDays(rate.definition, rateDay(rate, now));
    // A day to spare at both ends: local days and UTC days overlap.
    const { zone } = zonedRate(rate);
    const span = { zone, from: (first - 1) * DAY_MS, until: (last + 2) * DAY_MS };
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
function without(stored: readonly ShopRateRow[], computed: readonly ShopRateRow[]): ShopPeriod[] {
  const kept = new Set(computed.map((row) => keyOfPeriod(periodRow(row))));
  return stored
    .filter(({ snapshot }) => snapshot.origin === 'computed')
    .map(periodRow)
    .filter((row) => !kept.has(keyOfPeriod(row)));
}

function shopOf({ tenantId, snapshot }: ShopRateRow): ShopKey {
  return { tenantId, shopId: snapshot.shopId };
}

function periodRow(row: ShopRateRow): ShopPeriod {
  return { ...shopOf(row), period: row.period };
}

function keyOfPeriod({ tenantId, shopId, period }: ShopPeriod): string {
  return keyOf(tenantId, keyOf(shopId, period));
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
