// What evaluation takes from beside the order itself, loaded for a batch in one query each.
import type {
  CompiledRulebook,
  DaysOff,
  EvaluationContext,
  MissHistory,
  NumberUse,
  OrderState,
  ParcelState,
  RateSnapshot,
} from '#domain';
import { dateText, orderFacts, rateFor, zonedRate } from '#domain';
import type { DaysOffRow, LinkRow, OrderKey, ParcelKey, Transaction, Waiver } from '#storage';
import { DaysOffStore, RateStore, RulebookStore, ShipmentStore, WaiverStore, daysOffOf } from '#storage';
import type { GroupDays } from './group-counter.js';
import { groupKey } from './group-counter.js';
import type { RulebookHolder } from './rulebook-holder.js';
import { keyOf } from './tracked-event.js';

const DAY_MS = 86_400_000;
/** A month, and a day for zones. */
const PERIOD_DAYS = 32;

/** Everything of one tenant that its orders are judged with. */
interface TenantFacts {
  readonly rulebook: CompiledRulebook;
  readonly waivers: readonly Waiver[];
  readonly rates: ReadonlyMap<string, readonly RateSnapshot[]>;
  readonly histories: ReadonlyMap<string, MissHistory>;
  readonly daysOff: ReadonlyMap<string, DaysOff>;
}

/** Parcels that a batch holds under lock. Every claim on one of `states` is among `links`. */
export interface KnownParcels {
  /** By `keyOf` tenant and tracking number. */
  readonly states: ReadonlyMap<string, ParcelState>;
  readonly links: readonly LinkRow[];
}

export const NO_PARCELS: KnownParcels = { states: new Map(), links: [] };

export class TenantFactsLoader {
  private readonly daysOff = new DaysOffStore();
  private readonly knownDaysOff = new Map<string, DaysOff>();
  private readonly rates = new RateStore();
  private readonly rulebooks = new RulebookStore();
  private readonly shipments = new ShipmentStore();
  private readonly waivers = new WaiverStore();

  constructor(private readonly holder: RulebookHolder) {}

  /** Facts of the tenants of `orders`, and who else uses their tracking numbers. Load after the orders are locked. */
  async load(
    transaction: Transaction,
    orders: readonly OrderState[],
    known: KnownParcels = NO_PARCELS,
  ): Promise<BatchFacts> {
    const tenantIds = [...new Set(orders.map((order) => order.tenantId))];
    const { shopIds, sellerIds, since } = sellersOf(orders);
    const others = parcelsBeyond(known.states, orders);
    const [waivers, overlays, rates, histories, otherLinks, daysOffRows] = await transaction.together([
      () => this.waivers.inForce(transaction, tenantIds),
      () => this.rulebooks.overlays(transaction, tenantIds),
      () => this.rates.load(transaction, tenantIds, shopIds, since),
      () => this.rates.missHistory(transaction, tenantIds, sellerIds),
      () => this.shipments.linksOf(transaction, others),
      () => this.daysOff.load(transaction, tenantIds),
    ]);
    const links = [...known.links, ...otherLinks];
    const users = new Map(orders.map((order) => [keyOf(order.tenantId, order.orderId), order]));
    for (const order of await this.shipments.loadOrders(transaction, usersBeyond(users, links)))
      users.set(keyOf(order.tenantId, order.orderId), order);
    const daysOff = daysOffRows.map((row) => [row, this.asBefore(row)] as const);
    const facts = new Map<string, TenantFacts>();
    for (const tenantId of tenantIds) {
      facts.set(tenantId, {
        rulebook: this.holder.forTenant(tenantId, overlays.get(tenantId) ?? []),
        waivers: waivers.get(tenantId) ?? [],
        rates: ratesByShop(rates.filter((row) => row.tenantId === tenantId).map((row) => row.snapshot)),
        daysOff: new Map(
          daysOff.filter(([row]) => row.tenantId === tenantId).map(([{ of, id }, days]) => [keyOf(of, id), days]),
        ),
        histories: historyMap(histories.filter((row) => row.tenantId === tenantId)),
      });
    }
    return new BatchFacts(facts, links, users);
  }

  /** The same object while the list is the same: calendars made of it are kept by it. */
  private asBefore(row: DaysOffRow): DaysOff {
    const key = keyOf(row.tenantId, keyOf(row.of, row.id));
    const known = this.knownDaysOff.get(key);
    const read = daysOffOf(row);
    if (known?.version === read.version) return known;
    this.knownDaysOff.set(key, read);
    return read;
  }
}

export class BatchFacts {
  private readonly uses = new Map<string, LinkRow[]>();

  /** `orders` are all that have one of the links, by `keyOf` tenant and order. */
  constructor(
    private readonly tenants: ReadonlyMap<string, TenantFacts>,
    links: readonly LinkRow[],
    private readonly orders: ReadonlyMap<string, OrderState>,
  ) {
    for (const link of links) {
      const key = keyOf(link.tenantId, link.trackingNumber);
      const known = this.uses.get(key);
      if (known) known.push(link);
      else this.uses.set(key, [link]);
    }
  }

  rulebookOf(tenantId: string): CompiledRulebook {
    return this.tenants.get(tenantId)!.rulebook;
  }

  /** `groups` are counted after the orders are known; without them no group is presumed. */
  contextOf({ tenantId, orderId }: OrderState, asOf: number, groups?: GroupDays): EvaluationContext {
    const { rulebook, waivers, rates, histories, daysOff } = this.tenants.get(tenantId)!;
    return {
      asOf,
      waivers,
      rateOf: (rateId, shopId, dueAt) => {
        const rate = rulebook.rate(rateId);
        return rate && rateFor(zonedRate(rate), rates.get(keyOf(rateId, shopId)) ?? [], dueAt, asOf);
      },
      missHistory: (sellerId, ruleId) => histories.get(keyOf(sellerId, ruleId)),
      groupDay: (_groupBy, group, localDate, ruleId) => groups?.get(groupKey({ tenantId, ruleId, group, localDate })),
      daysOff: (of, id) => daysOff.get(keyOf(of, id)),
      otherUses: (trackingNumber) =>
        (this.uses.get(keyOf(tenantId, trackingNumber)) ?? [])
          .filter((link) => link.orderId !== orderId)
          .map((link) => this.useOf(link)),
    };
  }

  private useOf({ tenantId, orderId, uploadedAt }: LinkRow): NumberUse {
    const order = this.orders.get(keyOf(tenantId, orderId));
    return { orderId, uploadedAt, shipTo: order && orderFacts(order)?.shipTo };
  }
}

/** Keys of the orders' parcels that are not among `states`, each once. */
export function parcelsBeyond(states: KnownParcels['states'], orders: readonly OrderState[]): ParcelKey[] {
  const keys = orders.flatMap(({ tenantId, parcels }) =>
    parcels.map(({ trackingNumber }) => [keyOf(tenantId, trackingNumber), { tenantId, trackingNumber }] as const),
  );
  return [...new Map(keys.filter(([key]) => !states.has(key))).values()];
}

/** Orders that have one of the links and are none of `known`, each once: few, since hardly any number is used twice. */
function usersBeyond(known: ReadonlyMap<string, OrderState>, links: readonly LinkRow[]): OrderKey[] {
  const keys = links.map((link) => [keyOf(link.tenantId, link.orderId), link] as const);
  return [...new Map(keys.filter(([key]) => !known.has(key))).values()];
}

/** `since`: no order belongs to a week or month that began before. */
function sellersOf(orders: readonly OrderState[]): { shopIds: string[]; sellerIds: string[]; since: string } {
  const facts = orders.flatMap((order) => orderFacts(order) ?? []);
  const first = facts.reduce((least, { clocks }) => Math.min(least, clocks.placedAt), facts[0]?.clocks.placedAt ?? 0);
  return {
    shopIds: [...new Set(facts.map(({ shopId, sellerId }) => shopId ?? sellerId))],
    sellerIds: [...new Set(facts.map(({ sellerId }) => sellerId))],
    since: dateText(Math.floor(first / DAY_MS) - PERIOD_DAYS),
  };
}

/** Snapshots of each rate and shop, of a period one of each origin at most. */
function ratesByShop(snapshots: readonly RateSnapshot[]): Map<string, RateSnapshot[]> {
  const rates = new Map<string, RateSnapshot[]>();
  for (const snapshot of snapshots) {
    const key = keyOf(snapshot.rateId, snapshot.shopId);
    const known = rates.get(key);
    if (known) known.push(snapshot);
    else rates.set(key, [snapshot]);
  }
  return rates;
}

function historyMap(
  rows: readonly { sellerId: string; ruleId: string; missed: number; settled: number }[],
): Map<string, MissHistory> {
  return new Map(rows.map(({ sellerId, ruleId, missed, settled }) => [keyOf(sellerId, ruleId), { missed, settled }]));
}
