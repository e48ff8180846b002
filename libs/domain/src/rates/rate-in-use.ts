// Which of two measurements of a shop's rate counts: the platform's word while it is fresh, our own count after that.
import type { RateSnapshot } from '../evaluate-types.js';
import type { Instant, MetricReported } from '../events.js';

type Report = MetricReported['data'];

/** A report is believed this long; after that our own counts are nearer to the truth. */
const REPORT_FRESH_MS = 7 * 86_400_000;

/** Neither of the future nor stale. */
export function isFreshReport(measuredAt: Instant, asOf: Instant): boolean {
  return measuredAt <= asOf && asOf - measuredAt <= REPORT_FRESH_MS;
}

/** Whether a report replaces another of its shop: the later one, of two in the same instant the higher figure, whatever came first. */
export function replacesReport(report: Report, known: Report | undefined): boolean {
  if (!known) return true;
  const [a, b] = [report, known].map(({ measuredAt, rate, base = 0, numerator = 0 }) => [
    measuredAt,
    Number(rate),
    base,
    numerator,
  ]);
  const differing = a!.findIndex((value, i) => value !== b![i]);
  return differing >= 0 && a![differing]! > b![differing]!;
}

/** A rate looked at on a day of its own is what it was reported to be until it is looked at again. */
export function isBelieved(
  { measuredAt, nextEvaluationAt }: Pick<RateSnapshot, 'measuredAt' | 'nextEvaluationAt'>,
  asOf: Instant,
): boolean {
  if (nextEvaluationAt === undefined) return isFreshReport(measuredAt, asOf);
  return measuredAt <= asOf && asOf < nextEvaluationAt;
}

/** Of one rate and shop the latest measurement of each origin. A report knows nothing of open deadlines: what they will do is our own. */
export function rateInUse(snapshots: readonly RateSnapshot[], asOf: Instant): RateSnapshot | undefined {
  const latest = snapshots.toSorted((a, b) => b.measuredAt - a.measuredAt);
  const computed = latest.find(({ origin }) => origin === 'computed');
  const reported = latest.find((snapshot) => snapshot.origin === 'reported' && isBelieved(snapshot, asOf));
  if (!reported || computed?.projectedRate === undefined) return reported ?? computed;
  return { ...reported, projectedRate: computed.projectedRate };
}
