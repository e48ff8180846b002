// What a first pass over all orders finds out: how often each shipper misses a rule, and the counts that rates are made of.
import type { CompiledRulebook } from '../compile/compiled.js';
import type { RateSnapshot } from '../evaluate-types.js';
import { shopOf } from '../evaluate/subject.js';
import type { MetricReported } from '../events.js';
import { pointedDeadline, type PointedDeadline } from '../points/point-entries.js';
import { periodOf, zonedRate } from '../rates/period.js';
import { isInForce, isRateOf, rateDay } from '../rates/rate-scope.js';
import type { JudgedOrder } from './evaluate-state.js';
import { RateCounter } from './rate-counter.js';

export class Findings {
  /** Settled deadlines by seller and rule, see `historyKey`. */
  readonly history = new Map<string, { missed: number; settled: number }>();
  /** Deadlines that cost points if they are missed. */
  readonly pointed: PointedDeadline[] = [];
  readonly #counters: readonly (readonly [CompiledRulebook['rates'][number], RateCounter])[];
  readonly #byPlace = new Map<string, readonly RateCounter[]>();

  constructor(rulebook: CompiledRulebook, asOf: number) {
    this.#counters = rulebook.rates
      .filter((rate) => isMeasured(rate, asOf))
      .map((rate) => [rate, new RateCounter(rate, asOf)] as const);
  }

  add(order: JudgedOrder): void {
    const { facts } = order.shipment;
    if (!facts) return;
    for (const deadline of order.deadlines) {
      const { ruleId, status } = deadline;
      if (deadline.effects.some(({ values }) => values['balance'] !== undefined))
        this.pointed.push(pointedDeadline(deadline, shopOf(facts)));
      if (status !== 'met' && status !== 'missed') continue;
      const key = historyKey(facts.sellerId, ruleId);
      let counts = this.history.get(key);
      if (!counts) this.history.set(key, (counts = { missed: 0, settled: 0 }));
      counts.settled += 1;
      if (status === 'missed') counts.missed += 1;
    }
    for (const counter of this.#countersFor(facts.platform, facts.market)) counter.add(order, facts);
  }

  /** Snapshots of every rate of the rulebooks that has enough to be known. */
  rates(metrics: readonly MetricReported['data'][]): RateSnapshot[] {
    return this.#counters.flatMap(([, counter]) => counter.snapshots(metrics));
  }

  /** Of rates measured by weeks or months, those of the periods that are over. */
  pastRates(metrics: readonly MetricReported['data'][]): RateSnapshot[] {
    return this.#counters.flatMap(([, counter]) => counter.pastSnapshots(metrics));
  }

  #countersFor(platform: string, market: string): readonly RateCounter[] {
    const place = `${platform}\n${market}`;
    let counters = this.#byPlace.get(place);
    if (!counters) {
      counters = this.#counters.flatMap(([rate, counter]) => (isRateOf(rate, platform, market) ? [counter] : []));
      this.#byPlace.set(place, counters);
    }
    return counters;
  }
}

/** Whether the rate is in force, or may have been when a week or month that it measured ended. */
function isMeasured(rate: CompiledRulebook['rates'][number], asOf: number): boolean {
  return isInForce(rate.definition, rateDay(rate, asOf), asOf) || periodOf(zonedRate(rate), asOf) !== '';
}

/** No identifier contains a line feed, so two keys never meet. */
export function historyKey(sellerId: string, ruleId: string): string {
  return `${sellerId}\n${ruleId}`;
}
