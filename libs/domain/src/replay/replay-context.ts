// What evaluation asks beside the order itself, answered from all events at hand: waivers, shop rates, groups of a day, reused numbers.
import type { CompiledRulebook } from '../compile/compiled.js';
import type { Deadline } from '../deadline.js';
import type { EvaluationContext, GroupDay, MissHistory, RateSnapshot } from '../evaluate-types.js';
import { groupMemberships } from '../evaluate/evaluate-order.js';
import type { Shipment } from '../state.js';
import type { ReplayState } from './replay-state.js';

type Use = { readonly orderId: string; readonly uploadedAt: number };

export class ReplayContext implements EvaluationContext {
  readonly waivers: EvaluationContext['waivers'];
  readonly #uses = new Map<string, Use[]>();
  readonly #groups = new Map<string, { violations: number; shipped: number }>();
  readonly #history = new Map<string, { missed: number; settled: number }>();
  readonly #rates = new Map<string, RateSnapshot>();

  constructor(
    state: ReplayState,
    tenantId: string,
    readonly asOf: number,
    shipments: readonly Shipment[],
    rulebook: CompiledRulebook,
  ) {
    this.waivers = state.waivers.filter((waiver) => waiver.tenantId === tenantId);
    for (const { order } of shipments) this.#countUses(order.orderId, order.parcels);
    for (const shipment of shipments) this.#countGroups(shipment, rulebook);
  }

  /** Takes in what a first pass found: settled deadlines per seller and rule, and the rates made of them. */
  learn(settled: Iterable<{ sellerId: string; deadline: Deadline }>, rates: Iterable<RateSnapshot>): void {
    for (const { sellerId, deadline } of settled) {
      if (deadline.status !== 'met' && deadline.status !== 'missed') continue;
      const key = pair(sellerId, deadline.ruleId);
      const counts = this.#history.get(key) ?? { missed: 0, settled: 0 };
      counts.settled += 1;
      if (deadline.status === 'missed') counts.missed += 1;
      this.#history.set(key, counts);
    }
    for (const rate of rates) this.#rates.set(pair(rate.rateId, rate.shopId), rate);
  }

  rateOf(rateId: string, shopId: string): RateSnapshot | undefined {
    return this.#rates.get(pair(rateId, shopId));
  }

  missHistory(sellerId: string, ruleId: string): MissHistory | undefined {
    return this.#history.get(pair(sellerId, ruleId));
  }

  groupDay(groupBy: string, group: string, localDate: string, ruleId: string): GroupDay | undefined {
    return this.#groups.get([ruleId, groupBy, group, localDate].join('\n'));
  }

  otherUses(trackingNumber: string): readonly Use[] {
    return this.#uses.get(trackingNumber) ?? [];
  }

  #countUses(orderId: string, parcels: Shipment['order']['parcels']): void {
    for (const { trackingNumber, uploadedAt } of parcels) {
      const uses = this.#uses.get(trackingNumber);
      if (uses) uses.push({ orderId, uploadedAt });
      else this.#uses.set(trackingNumber, [{ orderId, uploadedAt }]);
    }
  }

  #countGroups(shipment: Shipment, rulebook: CompiledRulebook): void {
    for (const { ruleId, groupBy, group, localDate, violation } of groupMemberships(shipment, rulebook, this)) {
      const key = [ruleId, groupBy, group, localDate].join('\n');
      const counts = this.#groups.get(key) ?? { violations: 0, shipped: 0 };
      counts.shipped += 1;
      if (violation) counts.violations += 1;
      this.#groups.set(key, counts);
    }
  }
}

function pair(a: string, b: string): string {
  return `${a}\n${b}`;
}
