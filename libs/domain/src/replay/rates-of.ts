// Shop rates from judged orders, and from what the platforms reported.
import type { CompiledRate, CompiledRulebook } from '../compile/compiled.js';
import type { Deadline } from '../deadline.js';
import type { RateSnapshot } from '../evaluate-types.js';
import type { MetricReported, OrderFacts } from '../events.js';
import { firstPhysicalScan } from '../evidence.js';
import { activeParcels } from '../fold/facts.js';
import { dateText } from '../local-date.js';
import { computeRates, type OutcomeCount } from '../rates/compute-rates.js';
import {
  PAST_HELP,
  SCAN_GRACE_MS,
  casesOf,
  countedBy,
  isInForce,
  isRateOf,
  rateDay,
  unitsOf,
  type Counted,
  type CountedUnit,
} from '../rates/rate-scope.js';
import type { Shipment } from '../state.js';
import type { JudgedOrder } from './evaluate-state.js';

type Outcome = {
  readonly at: number;
  readonly missed?: number;
  readonly met?: number;
  readonly open?: number;
  readonly lost?: number;
};
type Metric = MetricReported['data'];

/** Snapshots of every rate of the rulebooks that has enough to be known. */
export function ratesOf(
  rulebook: CompiledRulebook,
  orders: readonly JudgedOrder[],
  metrics: readonly Metric[],
  asOf: number,
): RateSnapshot[] {
  return rulebook.rates.flatMap((rate) => {
    const { definition } = rate;
    const today = rateDay(rate, asOf);
    if (!isInForce(definition, today, asOf)) return [];
    const counted = countedBy(definition);
    const counts = counted ? orders.flatMap((order) => countsOf(rate, counted, order, asOf)) : [];
    const reported = metrics.filter(
      (one) => one.metric === definition.metric && isRateOf(rate, one.platform, one.market),
    );
    return computeRates({ definition, counts, reported, today }, asOf);
  });
}

function countsOf(rate: CompiledRate, counted: Counted, order: JudgedOrder, asOf: number): OutcomeCount[] {
  const { facts } = order.shipment;
  if (!facts || !isRateOf(rate, facts.platform, facts.market)) return [];
  return outcomesOf(counted, order, facts, asOf).map(({ at, missed = 0, met = 0, open = 0, lost = 0 }) => {
    const day = dateText(rateDay(rate, at));
    return { shopId: facts.shopId ?? facts.sellerId, day, missed, met, open, lost };
  });
}

function outcomesOf(
  counted: Counted,
  { shipment, deadlines }: JudgedOrder,
  facts: OrderFacts,
  asOf: number,
): Outcome[] {
  if (counted.kind === 'cancelled') return cancellation(shipment, facts);
  if (counted.kind === 'scanned') return scannedParcels(shipment, asOf);
  const { ruleIds, unit } = counted;
  const own = deadlines.filter(({ ruleId, status }) => ruleIds.includes(ruleId) && COUNTED.has(status));
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

/** Cancelled by the seller is a miss of the day it was cancelled, anything else is a hit of the day the order was placed. */
function cancellation({ order }: Shipment, { clocks }: OrderFacts): Outcome[] {
  if (order.cancelledAt !== undefined && order.cancelledBy === 'seller') return [{ at: order.cancelledAt, missed: 1 }];
  return [{ at: clocks.placedAt, met: 1 }];
}

function scannedParcels({ order, parcels }: Shipment, asOf: number): Outcome[] {
  return activeParcels(order).map(({ trackingNumber, uploadedAt: at }) => {
    const parcel = parcels.get(trackingNumber);
    if (parcel && firstPhysicalScan(parcel) !== undefined) return { at, met: 1 };
    return asOf - at > SCAN_GRACE_MS ? { at, missed: 1 } : { at, open: 1 };
  });
}
