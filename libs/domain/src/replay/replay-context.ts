// What evaluation asks beside the order itself, answered from all events at hand: waivers, shop rates, groups of a day, reused numbers.
import type { CompiledRulebook } from '../compile/compiled.js';
import type { DaysOff, EvaluationContext, GroupDay, MissHistory, NumberUse, RateSnapshot } from '../evaluate-types.js';
import { groupMemberships } from '../evaluate/evaluate-order.js';
import { rateFor, zonedRate } from '../rates/period.js';
import type { Shipment } from '../state.js';
import { historyKey } from './findings.js';
import { daysOffKey, type TenantState } from './replay-state.js';

export class ReplayContext implements EvaluationContext {
  readonly waivers: EvaluationContext['waivers'];
  readonly #uses = new Map<string, NumberUse[]>();
  readonly #groups = new Map<string, { violations: number; shipped: number }>();
  #history: ReadonlyMap<string, MissHistory> = new Map();
  readonly #rates = new Map<string, RateSnapshot[]>();

  constructor(
    private readonly state: TenantState,
    readonly asOf: number,
    shipments: Iterable<Shipment>,
    private readonly rulebook: CompiledRulebook,
  ) {
    this.waivers = state.waivers;
    for (const shipment of shipments) this.#countUses(shipment);
    for (const shipment of shipments) this.#countGroups(shipment, rulebook);
  }

  /** Takes in what a first pass found: settled deadlines by `historyKey`, and the rates made of all deadlines. */
  learn(history: ReadonlyMap<string, MissHistory>, rates: Iterable<RateSnapshot>): void {
    this.#history = history;
    for (const rate of rates) {
      const known = this.#rates.get(pair(rate.rateId, rate.shopId));
      if (known) known.push(rate);
      else this.#rates.set(pair(rate.rateId, rate.shopId), [rate]);
    }
  }

  daysOff(of: 'seller' | 'warehouse', id: string): DaysOff | undefined {
    return this.state.daysOff.get(daysOffKey(of, id));
  }

  rateOf(rateId: string, shopId: string, dueAt: number): RateSnapshot | undefined {
    const rate = this.rulebook.rate(rateId);
    const known = this.#rates.get(pair(rateId, shopId));
    return rate && known && rateFor(zonedRate(rate), known, dueAt, this.asOf);
  }

  missHistory(sellerId: string, ruleId: string): MissHistory | undefined {
    return this.#history.get(historyKey(sellerId, ruleId));
  }

  groupDay(groupBy: string, group: string, localDate: string, ruleId: string): GroupDay | undefined {
    return this.#groups.get([ruleId, groupBy, group, localDate].join('\n'));
  }

  otherUses(trackingNumber: string): readonly NumberUse[] {
    return this.#uses.get(trackingNumber) ?? [];
  }

  #countUses({ order: { orderId, parcels }, facts }: Shipment): void {
    for (const { trackingNumber, uploadedAt } of parcels) {
      const use = { orderId, uploadedAt, shipTo: facts?.shipTo };
      const uses = this.#uses.get(trackingNumber);
      if (uses) uses.push(use);
      else this.#uses.set(trackingNumber, [use]);
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
