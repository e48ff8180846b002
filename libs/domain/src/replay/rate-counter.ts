// Shop rates from judged orders, and from what the platforms reported.
import type { CompiledRate } from '../compile/compiled.js';
import type { Deadline } from '../deadline.js';
import type { RateSnapshot } from '../evaluate-types.js';
import type { MetricReported, OrderFacts } from '../events.js';
import { firstPhysicalScan } from '../evidence.js';
import { sellerFaultCancellation } from '../evaluate/violations.js';
import { activeParcels } from '../fold/facts.js';
import { dateText, parseDate } from '../local-date.js';
import { computeRates, type OutcomeCount, type PreviousRate, type RateInput } from '../rates/compute-rates.js';
import { measuringInstants } from '../rates/period.js';
import {
  PAST_HELP,
  SCAN_GRACE_MS,
  casesOf,
  countedBy,
  isRateOf,
  rateDay,
  rateZone,
  unitsOf,
  type Counted,
  type CountedUnit,
} from '../rates/rate-scope.js';
import { shopOf } from '../evaluate/subject.js';
import type { Shipment } from '../state.js';
import { fromLocal } from '../zone.js';
import type { JudgedOrder } from './evaluate-state.js';

type Outcome = {
  readonly at: number;
  readonly missed?: number;
  readonly met?: number;
  readonly open?: number;
  readonly lost?: number;
};
type Metric = MetricReported['data'];

/** Counts of one rate by shop and day while orders are judged one by one, and what they add up to. */
export class RateCounter {
  readonly #counted: Counted | undefined;
  readonly #counts = new Map<string, Growing>();

  constructor(
    private readonly rate: CompiledRate,
    private readonly asOf: number,
  ) {
    this.#counted = countedBy(rate.definition);
  }

  /** `facts` are the order's, of a platform and market the rate is about. */
  add(order: JudgedOrder, facts: OrderFacts): void {
    if (!this.#counted) return;
    for (const { at, missed = 0, met = 0, open = 0, lost = 0 } of outcomesOf(this.#counted, order, facts, this.asOf)) {
      const count = this.#countOf(shopOf(facts), dateText(rateDay(this.rate, at)));
      count.missed += missed;
      count.met += met;
      count.open += open;
      count.lost += lost;
    }
  }

  /** Snapshots of every shop that has enough to be known; `metrics` as the platforms reported them, of any kind. */
  snapshots(metrics: readonly Metric[]): readonly RateSnapshot[] {
    const input = this.#input(metrics);
    return computeRates(input, this.asOf, carriedOver(this.rate, input, this.asOf));
  }

  /** The same of every week or month that is over, for a rate measured by them. */
  pastSnapshots(metrics: readonly Metric[]): readonly RateSnapshot[] {
    const input = this.#input(metrics);
    const days = [
      ...input.counts.map(({ day }) => parseDate(day)),
      ...input.reported.map(({ measuredAt }) => rateDay(this.rate, measuredAt)),
    ];
    if (days.length === 0) return [];
    const first = fromLocal(
      days.reduce((a, b) => Math.min(a, b)),
      0,
      input.zone,
    );
    return measuringInstants(input, this.asOf, first)
      .filter((at) => at < this.asOf)
      .flatMap((at) => computeRates({ ...input, today: rateDay(this.rate, at) }, at));
  }

  #input(metrics: readonly Metric[]): RateInput {
    const { definition } = this.rate;
    const reported = metrics.filter(
      (one) => one.metric === definition.metric && isRateOf(this.rate, one.platform, one.market),
    );
    const counts = [...this.#counts.values()];
    return { definition, counts, reported, today: rateDay(this.rate, this.asOf), zone: rateZone(this.rate) };
  }

  #countOf(shopId: string, day: string): Growing {
    const key = `${shopId}\n${day}`;
    let count = this.#counts.get(key);
    if (!count) this.#counts.set(key, (count = { shopId, day, missed: 0, met: 0, open: 0, lost: 0 }));
    return count;
  }
}

type Growing = { -readonly [Field in keyof OutcomeCount]: OutcomeCount[Field] };

function outcomesOf(
  counted: Counted,
  { shipment, deadlines }: JudgedOrder,
  facts: OrderFacts,
  asOf: number,
): Outcome[] {
  if (counted.kind === 'cancelled') return cancellation(shipment, facts);
  if (counted.kind === 'scanned') return scannedParcels(shipment, asOf);
  const { ruleIds, unit } = counted;
  const own = deadlines.filter(({ ruleId }) => ruleIds.includes(ruleId)).filter((one) => isCounted(one, counted));
  return groupsOf(own, unit).map((group) => outcomeOf(group, weightOf(facts, unit)));
}

/** The deadlines of each order, or of each parcel where parcels are counted. */
function groupsOf(deadlines: readonly Deadline[], unit: CountedUnit): readonly (readonly Deadline[])[] {
  if (unit !== 'parcels') return deadlines.length > 0 ? [deadlines] : [];
  const parcels = new Map<string | undefined, Deadline[]>();
  for (const deadline of deadlines) {
    const known = parcels.get(deadline.parcelId);
    if (known) known.push(deadline);
    else parcels.set(deadline.parcelId, [deadline]);
  }
  return [...parcels.values()];
}

const COUNTED: ReadonlySet<Deadline['status']> = new Set(['met', 'missed', 'open']);

function isCounted({ status, satisfiedAt }: Deadline, { onlyHappened }: { readonly onlyHappened: boolean }): boolean {
  return COUNTED.has(status) && !(onlyHappened && status === 'missed' && satisfiedAt === undefined);
}

/** Late under any of the rules is late, settled only when settled under all of them. */
function outcomeOf(group: readonly Deadline[], weight: number): Outcome {
  const at = Math.min(...group.map(({ dueAt }) => dueAt));
  if (group.some(({ status }) => status === 'missed')) return { at, missed: weight };
  const open = group.filter(({ status }) => status === 'open');
  if (open.length === 0) return { at, met: weight };
  return { at, open: weight, lost: open.some(({ fine }) => fine.chance >= PAST_HELP) ? weight : 0 };
}

function weightOf(facts: OrderFacts, unit: CountedUnit): number {
  if (unit === 'units') return unitsOf(facts);
  return unit === 'cases' ? casesOf(facts) : 1;
}

/** Cancelled through the seller's fault is a miss of the day it was cancelled, anything else is a hit of the day the order was placed. */
function cancellation({ order }: Shipment, { clocks }: OrderFacts): Outcome[] {
  const at = sellerFaultCancellation(order);
  return at === undefined ? [{ at: clocks.placedAt, met: 1 }] : [{ at, missed: 1 }];
}

function scannedParcels({ order, parcels }: Shipment, asOf: number): Outcome[] {
  return activeParcels(order).map(({ trackingNumber, uploadedAt: at }) => {
    const parcel = parcels.get(trackingNumber);
    if (parcel && firstPhysicalScan(parcel) !== undefined) return { at, met: 1 };
    return asOf - at > SCAN_GRACE_MS ? { at, missed: 1 } : { at, open: 1 };
  });
}

/**
 * The rate as each day ended and as each report came, from the first day anything is known of it: what a band that is held until it clears, and
 * the base of an order cap, were carried over from. Undefined where nothing is carried over.
 */
function carriedOver(rate: CompiledRate, input: RateInput, asOf: number): PreviousRate | undefined {
  const { definition, reported } = input;
  if (!definition.clears && !reported.some(({ base }) => base !== undefined)) return undefined;
  const latest = new Map<string, RateSnapshot>();
  const told = new Map<string, RateSnapshot>();
  const previous: PreviousRate = (_rateId, shopId, origin) => (origin === 'reported' ? told : latest).get(shopId);
  for (const at of instantsBefore(input, asOf)) {
    const measured = computeRates({ ...input, today: rateDay(rate, at) }, at, previous);
    // A shop with too few orders to measure is forgotten, as it is in the running system; what the platform said of it is not.
    latest.clear();
    for (const [shopId, snapshot] of told) latest.set(shopId, snapshot);
    for (const snapshot of measured) {
      latest.set(snapshot.shopId, snapshot);
      if (snapshot.origin === 'reported') told.set(snapshot.shopId, snapshot);
    }
  }
  return previous;
}

/** Ends of days and instants of reports before `asOf`, ascending. */
function instantsBefore({ counts, reported, today, zone }: RateInput, asOf: number): number[] {
  const instants = new Set(reported.map(({ measuredAt }) => measuredAt));
  const first = counts.reduce((day, count) => Math.min(day, parseDate(count.day)), today);
  for (let day = first; day < today; day++) instants.add(fromLocal(day + 1, 0, zone) - 1);
  return [...instants].filter((at) => at < asOf).sort((a, b) => a - b);
}
