// Rates of shops from daily counts or as the platform reports them: share, band and effects, what open deadlines will do, the budget left.
import { rateValue } from '../compile/rate-bound.js';
import { effectOf } from '../compile/version.js';
import type { Effect } from '../deadline.js';
import type { RateSnapshot } from '../evaluate-types.js';
import type { Instant, MetricReported } from '../events.js';
import { dateText, type LocalDate } from '../local-date.js';
import type { RateDefinition } from '../rule.js';
import { bandAt, bandsOf, budgetOf, type RateBands } from './bands.js';
import { isFreshReport, replacesReport } from './rate-in-use.js';
import { periodOf } from './period.js';
import { isInForce } from './rate-scope.js';
import { fromLocal } from '../zone.js';
import { evaluationDays, windowDays, windowEnds } from './window.js';

/** Outcomes of the counted rules for one shop on one local day, in the rate's unit. A day is that of the due instant in the rate's zone. */
export interface OutcomeCount {
  readonly shopId: string;
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly missed: number;
  readonly met: number;
  readonly open: number;
  /** Of the open ones those that can hardly be met any more: what the projected rate adds to the misses. */
  readonly lost: number;
}

/**
 * What a measurement of this origin follows on. The platform's figure follows the platform's own before it: what we count of a few orders says
 * nothing about the band the platform has a shop in.
 */
export type PreviousRate = (rateId: string, shopId: string, origin: RateSnapshot['origin']) => RateSnapshot | undefined;

/** What one definition is computed from, for one tenant. */
export interface RateInput {
  readonly definition: RateDefinition;
  readonly counts: readonly OutcomeCount[];
  /** Reports under the definition's metric, of any age and shop. */
  readonly reported: readonly MetricReported['data'][];
  /** `asOf` as a local day in the rate's zone. */
  readonly today: LocalDate;
  /** The rate's zone, an IANA name. */
  readonly zone: string;
}

/**
 * One snapshot per shop with enough settled outcomes or a fresh report, sorted by shop; a report wins. Of windows in parallel the worst
 * counts; one below its minimum sample is left out. `previous` carries the band a shop was in, for hysteresis, within a week or month where the
 * rate is of one.
 */
export function computeRates(
  input: RateInput,
  asOf: Instant,
  previous: PreviousRate = () => undefined,
): readonly RateSnapshot[] {
  if (!isInForce(input.definition, input.today, asOf)) return [];
  const bands = bandsOf(input.definition);
  const counts = byShop(input.counts);
  const looked = lookedAt(input);
  const period = periodOf(input, asOf);
  // A report is about the week or month it was made in.
  const own = input.reported.filter(({ measuredAt }) => periodOf(input, measuredAt) === period);
  const reports = freshReports(own, asOf, looked.evaluatedAt);
  const ends = windowEnds(input.definition, input.today);
  const shops = [...new Set([...counts.keys(), ...reports.keys()])].sort();
  return shops.flatMap((shopId) => {
    const days = counts.get(shopId) ?? [];
    const count = worstWindow(input.definition, ends.now, days);
    const ahead = ends.next === ends.now ? count : worstWindow(input.definition, ends.next, days);
    const report = reports.get(shopId);
    if (!count && !report) return [];
    const before = previous(input.definition.id, shopId, report ? 'reported' : 'computed');
    const held = before && periodOf(input, before.measuredAt) !== period ? { ...before, band: undefined } : before;
    return [{ ...snapshotOf(input.definition, bands, shopId, count, ahead, report, asOf, held), ...looked }];
  });
}

interface WindowCount {
  readonly missed: number;
  readonly settled: number;
  readonly open: number;
  readonly lost: number;
}

/** Since when the rate is what it is, and until when; nothing for a rate that is looked at all the time. */
function lookedAt({ definition, today, zone }: RateInput): Pick<RateSnapshot, 'evaluatedAt' | 'nextEvaluationAt'> {
  if (!definition.evaluatedOn) return {};
  const { latest, next } = evaluationDays(definition.evaluatedOn, today);
  return { evaluatedAt: fromLocal(latest, 0, zone), nextEvaluationAt: fromLocal(next, 0, zone) };
}

function worstWindow(
  { windows }: RateDefinition,
  end: LocalDate,
  counts: readonly OutcomeCount[],
): WindowCount | undefined {
  let worst: WindowCount | undefined;
  for (const window of windows) {
    const { first, last } = windowDays(window, end);
    const count = countDays(counts, dateText(first), dateText(last));
    if (count.settled < Math.max(1, window.minimumSample ?? 1)) continue;
    if (count.settled >= (window.maximumSample ?? Infinity)) continue;
    if (!worst || count.missed * worst.settled > worst.missed * count.settled) worst = count;
  }
  return worst;
}

function countDays(counts: readonly OutcomeCount[], first: string, last: string): WindowCount {
  let [missed, settled, open, lost] = [0, 0, 0, 0];
  for (const count of counts) {
    if (count.day < first || count.day > last) continue;
    missed += count.missed;
    settled += count.missed + count.met;
    open += count.open;
    lost += count.lost;
  }
  return { missed, settled, open, lost };
}

function snapshotOf(
  definition: RateDefinition,
  bands: RateBands,
  shopId: string,
  own: WindowCount | undefined,
  ahead: WindowCount | undefined,
  report: MetricReported['data'] | undefined,
  asOf: Instant,
  previous: RateSnapshot | undefined,
): RateSnapshot {
  const measured = report ? reportedRate(report) : countedRate(own!, bands, asOf);
  const missed = report ? (report.numerator ?? Infinity) : own!.missed;
  const band = bandAt(bands, rateValue(measured), missed, previous?.band);
  const base = report?.base ?? previous?.base;
  const budget = ahead && budgetOf(bands, ahead.missed, ahead.settled, ahead.open, band);
  return {
    rateId: definition.id,
    shopId,
    ...measured,
    ...(base !== undefined && { base }),
    ...(ahead && { projectedRate: shareText(ahead.missed + ahead.lost, ahead.settled + ahead.lost, bands) }),
    ...(budget !== undefined && { budget }),
    effects: band === undefined ? [] : bandEffects(definition, band, base),
    ...(band !== undefined && { band }),
  };
}

type Measured = Pick<RateSnapshot, 'numerator' | 'denominator' | 'rate' | 'origin' | 'measuredAt'>;

function reportedRate({ numerator, denominator, rate, measuredAt }: MetricReported['data']): Measured {
  return { numerator: numerator ?? 0, denominator: denominator ?? 0, rate, origin: 'reported', measuredAt };
}

function countedRate({ missed, settled }: WindowCount, bands: RateBands, asOf: Instant): Measured {
  const numerator = bands.countsMisses ? missed : settled - missed;
  const rate = shareText(missed, settled, bands);
  return { numerator, denominator: settled, rate, origin: 'computed', measuredAt: asOf };
}

function shareText(missed: number, settled: number, { countsMisses }: RateBands): string {
  return ((countsMisses ? missed : settled - missed) / settled).toFixed(6);
}

/** An order cap in percent becomes a number of orders once the platform's base is known. */
function bandEffects(definition: RateDefinition, band: number, base: number | undefined): readonly Effect[] {
  return definition.bands[band]!.effects.map((spec) => {
    const effect = effectOf(spec);
    const percent = spec.values?.['percentOfBase'];
    if (base === undefined || percent === undefined) return effect;
    return { ...effect, values: { ...effect.values, cap: Math.floor((base * Number(percent)) / 100) } };
  });
}

/** The latest report of each shop that is neither of the future nor stale. One made since the last evaluation holds until the next. */
function freshReports(
  reports: readonly MetricReported['data'][],
  asOf: Instant,
  evaluatedAt: Instant | undefined,
): ReadonlyMap<string, MetricReported['data']> {
  const latest = new Map<string, MetricReported['data']>();
  for (const report of reports) {
    const { shopId, measuredAt } = report;
    const isFresh =
      evaluatedAt === undefined ? isFreshReport(measuredAt, asOf) : measuredAt >= evaluatedAt && measuredAt <= asOf;
    if (!isFresh) continue;
    if (replacesReport(report, latest.get(shopId))) latest.set(shopId, report);
  }
  return latest;
}

function byShop(counts: readonly OutcomeCount[]): ReadonlyMap<string, readonly OutcomeCount[]> {
  const shops = new Map<string, OutcomeCount[]>();
  for (const count of counts) {
    const known = shops.get(count.shopId);
    if (known) known.push(count);
    else shops.set(count.shopId, [count]);
  }
  return shops;
}
