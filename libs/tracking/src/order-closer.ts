import { countedBy, countedDays, measuringInstants, rateDay, zonedRate } from '#domain';
import type { CompiledRulebook } from '#domain';
import type { ClosingPlace, ClosingPolicy, DataSource, OrderKey, Tie, Transaction } from '#storage';
import { ClosingStore, withServiceByKey } from '#storage';
import { RATE_REACH_MS } from './rate-service.js';
import { keyOf } from './tracked-event.js';

const DAY_MS = 86_400_000;
/** Rates take a day to spare before the first they count, and the money behind their gates one more. */
const SPARE_DAYS = 2;
/** Orders moved in one transaction. */
const LOT = 1_000;

/**
 * The shortest time after which an order may be closed. Rule drift and corrections by a changed rulebook, overlay or list of days off
 * look back 90 days, miss histories 60; the rest is for a correction that waits for its turn.
 */
export const SHORTEST_CLOSED_DAYS = 100;

export interface ClosingRound {
  readonly closed: number;
  /** There may be more to close at once. */
  readonly hasMore: boolean;
}

/** Moves orders that are over out of the tables of the open ones, lot by lot. Several processes may do it at once. */
export class OrderCloser {
  private readonly store = new ClosingStore();
  private after: ClosingPlace | undefined;

  /** `closedMs`: how long an order must have been over; undefined closes none. */
  constructor(
    private readonly dataSource: DataSource,
    private readonly rulebook: CompiledRulebook,
    private readonly closedMs: number | undefined,
  ) {}

  /** One lot at `now` (UTC epoch milliseconds); begins again with the oldest order after the last lot. */
  async round(now: number): Promise<ClosingRound> {
    if (this.closedMs === undefined) return { closed: 0, hasMore: false };
    const policy = closingPolicy(this.rulebook, now, now - this.closedMs);
    return withServiceByKey(this.dataSource, async (transaction) => {
      const candidates = await this.store.candidates(transaction, policy, this.after, LOT);
      const closed = await this.close(transaction, candidates, policy, now);
      const hasMore = candidates.length === LOT;
      this.after = hasMore ? candidates.at(-1) : undefined;
      return { closed, hasMore };
    });
  }

  private async close(
    transaction: Transaction,
    candidates: readonly OrderKey[],
    policy: ClosingPolicy,
    now: number,
  ): Promise<number> {
    if (candidates.length === 0) return 0;
    const known = await this.store.ties(transaction, candidates);
    const orders = unique([...candidates, ...known]);
    const taken = await this.store.lock(transaction, orders, known);
    const over = new Set((await this.store.stillOver(transaction, orders, policy)).map(keyOfOrder));
    const kept = orders.map(keyOfOrder).filter((key) => taken.has(key) || !over.has(key));
    // Read again: what was tied to them before the locks were held is not locked itself.
    const ties = await this.store.ties(transaction, orders);
    const locked = new Set(known.map(textOf));
    const added = ties.filter((tie) => !locked.has(textOf(tie)));
    const staying = withTied([...kept, ...added.map(keyOfOrder)], ties);
    const closing = orders.filter((order) => !staying.has(keyOfOrder(order)));
    if (closing.length > 0) await this.store.close(transaction, closing, now);
    return closing.length;
  }
}

/** What still counts at `now`, beyond `before` (both UTC epoch milliseconds). */
export function closingPolicy(rulebook: CompiledRulebook, now: number, before: number): ClosingPolicy {
  const counted = rulebook.rates.filter(({ definition }) => countedBy(definition) !== undefined);
  const platforms = new Map<string, number>();
  for (const rate of counted) {
    const { platform } = rate.document;
    const oldest = measuringInstants(zonedRate(rate), now, now - RATE_REACH_MS).at(-1)!;
    const first = (countedDays(rate.definition, rateDay(rate, oldest)).first - SPARE_DAYS) * DAY_MS;
    platforms.set(platform, Math.min(first, platforms.get(platform) ?? before));
  }
  const longer = [...platforms].filter(([, first]) => first < before);
  return {
    before,
    platforms: longer.map(([platform, first]) => ({ platform, before: first })),
    keptRuleIds: pointedRules(rulebook),
  };
}

/** Rules whose misses cost points: some points never lapse, and balances are added up from the misses when somebody asks. */
function pointedRules(rulebook: CompiledRulebook): string[] {
  const ids = rulebook.documents.flatMap(({ rules }) => rules).map(({ id }) => id);
  const costsPoints = (id: string): boolean =>
    rulebook.rule(id)!.versions.some(({ effects }) => effects.some(({ values }) => values['balance'] !== undefined));
  return [...new Set(ids)].filter(costsPoints);
}

/** The orders and all that are tied to them through any number of parcels. */
function withTied(orders: readonly string[], ties: readonly Tie[]): ReadonlySet<string> {
  const parcelsOf = grouped(ties, keyOfOrder, ({ tenantId, trackingNumber }) => keyOf(tenantId, trackingNumber));
  const ordersOf = grouped(ties, ({ tenantId, trackingNumber }) => keyOf(tenantId, trackingNumber), keyOfOrder);
  const reached = new Set(orders);
  for (const order of reached) {
    for (const parcel of parcelsOf.get(order) ?? []) for (const other of ordersOf.get(parcel) ?? []) reached.add(other);
  }
  return reached;
}

function grouped(
  ties: readonly Tie[],
  by: (tie: Tie) => string,
  value: (tie: Tie) => string,
): ReadonlyMap<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const tie of ties) {
    const known = groups.get(by(tie));
    if (known) known.push(value(tie));
    else groups.set(by(tie), [value(tie)]);
  }
  return groups;
}

function unique(orders: readonly OrderKey[]): OrderKey[] {
  return [
    ...new Map(orders.map(({ tenantId, orderId }) => [keyOf(tenantId, orderId), { tenantId, orderId }])).values(),
  ];
}

function textOf(tie: Tie): string {
  return `${keyOfOrder(tie)}\n${tie.trackingNumber}`;
}

function keyOfOrder({ tenantId, orderId }: OrderKey): string {
  return keyOf(tenantId, orderId);
}
