// Shop rates from judged orders, and from what the platforms reported.
import type { CompiledRate, CompiledRulebook } from '../compile/compiled.js';
import type { Deadline } from '../deadline.js';
import type { RateSnapshot } from '../evaluate-types.js';
import type { MetricReported } from '../events.js';
import { keptScans, strengthOf } from '../evidence.js';
import { activeParcels } from '../fold/facts.js';
import { dateText } from '../local-date.js';
import { computeRates, type OutcomeCount } from '../rates/compute-rates.js';
import { isRateEffective, rateZone } from '../rates/rate-scope.js';
import type { Shipment } from '../state.js';
import { toLocal } from '../zone.js';
import type { JudgedOrder } from './evaluate-state.js';

/** An open deadline this likely to be missed is past help: the projected rate counts it. */
const PAST_HELP = 0.95;
/** A number without a physical scan is still open this long: Amazon counts edits of a tracking number for 72 hours (AMZ-VTR). */
const SCAN_GRACE_MS = 72 * 3_600_000;

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
    const { definition, document } = rate;
    if (!isRateEffective(rate, asOf)) return [];
    const zone = rateZone(rate);
    const ofBook = (platform: string, market: string) =>
      platform === document.platform && (document.markets.includes(market) || document.markets.includes('*'));
    const counts = orders.flatMap((order) =>
      order.shipment.facts && ofBook(order.shipment.facts.platform, order.shipment.facts.market)
        ? countsOf(rate, order, zone, asOf)
        : [],
    );
    const reported = metrics.filter((one) => one.metric === definition.metric && ofBook(one.platform, one.market));
    return computeRates({ definition, counts, reported, today: toLocal(asOf, zone).date }, asOf);
  });
}

function countsOf({ definition }: CompiledRate, order: JudgedOrder, zone: string, asOf: number): OutcomeCount[] {
  const { counts } = definition;
  const { facts } = order.shipment;
  if (!counts || !facts) return [];
  const rules = [counts.rule].flat();
  return rules
    .flatMap((rule) => outcomesOf(rule, counts.unit, order, asOf))
    .map(({ at, missed = 0, met = 0, open = 0, lost = 0 }) => ({
      shopId: facts.shopId ?? facts.sellerId,
      day: dateText(toLocal(at, zone).date),
      missed,
      met,
      open,
      lost,
    }));
}

function outcomesOf(rule: string, unit: Unit, order: JudgedOrder, asOf: number): Outcome[] {
  if (rule === 'cancelled') return [cancellation(order.shipment, unit)];
  if (rule === 'scanned') return scannedParcels(order.shipment, asOf);
  const deadlines = order.deadlines.filter((deadline) => deadline.ruleId === rule);
  return deadlines.flatMap((deadline) => settled(deadline, weightOf(order.shipment, unit)));
}

type Unit = NonNullable<CompiledRate['definition']['counts']>['unit'];

function settled(deadline: Deadline, weight: number): Outcome[] {
  const at = deadline.dueAt;
  if (deadline.status === 'missed') return [{ at, missed: weight }];
  if (deadline.status === 'met') return [{ at, met: weight }];
  if (deadline.status !== 'open') return [];
  return [{ at, open: weight, lost: deadline.fine.chance >= PAST_HELP ? weight : 0 }];
}

function weightOf({ facts, order }: Shipment, unit: Unit): number {
  const lines = facts?.lines ?? [];
  if (unit === 'units') return lines.reduce((sum, line) => sum + line.quantity - (line.cancelledQuantity ?? 0), 0);
  if (unit === 'cases') return lines.reduce((sum, line) => sum + (line.cases ?? 0), 0);
  return unit === 'parcels' ? Math.max(1, activeParcels(order).length) : 1;
}

/** Cancelled by the seller is a miss of the day it was cancelled, anything else is a hit of the day the order was placed. */
function cancellation(shipment: Shipment, unit: Unit): Outcome {
  const { order, facts } = shipment;
  const weight = weightOf(shipment, unit);
  if (order.cancelledAt !== undefined && order.cancelledBy === 'seller')
    return { at: order.cancelledAt, missed: weight };
  return { at: facts?.clocks.placedAt ?? 0, met: weight };
}

function scannedParcels({ order, parcels }: Shipment, asOf: number): Outcome[] {
  return activeParcels(order).map(({ trackingNumber, uploadedAt: at }) => {
    const parcel = parcels.get(trackingNumber);
    const isScanned = parcel !== undefined && keptScans(parcel).some((scan) => isPhysical(strengthOf(scan)));
    if (isScanned) return { at, met: 1 };
    return asOf - at > SCAN_GRACE_MS ? { at, missed: 1 } : { at, open: 1 };
  });
}

function isPhysical(strength: ReturnType<typeof strengthOf>): boolean {
  return strength === 'direct' || strength === 'implied';
}
