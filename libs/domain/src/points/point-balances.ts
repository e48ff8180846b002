// Point balances of shops: what still counts, which milestone that is, when the next points lapse, and every step of it in words.
import type { CompiledPoints } from '../compile/compiled.js';
import { secondsLate } from '../compile/satisfaction.js';
import { secondOfDay } from '../compile/dates.js';
import { effectOf } from '../compile/version.js';
import type { ExplanationLine } from '../deadline.js';
import type { PointsBalance } from '../evaluate-types.js';
import type { Instant, MetricReported } from '../events.js';
import { replacesReport } from '../rates/rate-in-use.js';
import { isRateOf, rateZone } from '../rates/rate-scope.js';
import type { PointsDefinition } from '../rule.js';
import { fromLocal, toLocal } from '../zone.js';
import type { PointEntry } from './point-entries.js';

type Report = MetricReported['data'];
/** An entry with the instant it lapses; Infinity where points stay. */
interface Lapsing extends PointEntry {
  readonly lapsesAt: Instant;
}

const END_OF_DAY = '23:59:59';
/** The rest are summed up: an explanation is for people. */
const MOST_ENTRIES_TOLD = 50;

/**
 * One balance per shop with an entry or a report, sorted by shop. `reported` may be of any metric and age: the latest report of this balance is
 * the base, and entries since then are added to it. Points count from their instant until they lapse; the second they lapse in still counts.
 */
export function pointBalances(
  points: CompiledPoints,
  entries: readonly PointEntry[],
  reported: readonly Report[],
  asOf: Instant,
): readonly PointsBalance[] {
  const { definition } = points;
  const reports = latestReports(points, reported, asOf);
  const own = entries.filter(({ pointsId }) => pointsId === definition.id);
  const shops = [...new Set([...own.map(({ shopId }) => shopId), ...reports.keys()])].sort();
  const zone = rateZone(points);
  return shops.map((shopId) => {
    const lapsing = own.filter((entry) => entry.shopId === shopId).map((entry) => withLapse(entry, definition, zone));
    return balanceOf(points, shopId, lapsing, reports.get(shopId), zone, asOf);
  });
}

function balanceOf(
  { definition }: CompiledPoints,
  shopId: string,
  all: readonly Lapsing[],
  report: Report | undefined,
  zone: string,
  asOf: Instant,
): PointsBalance {
  const entries = [...all].sort((a, b) => a.at - b.at || (a.reference < b.reference ? -1 : 1));
  const settled = entries.filter(({ from, at }) => from !== 'open' && at <= asOf);
  const live = settled.filter(({ lapsesAt }) => secondsLate(asOf, lapsesAt) <= 0);
  const since = report?.measuredAt ?? -Infinity;
  const added = live.filter(({ at }) => at > since);
  // A report counted what was live when it was made; of that, what has lapsed since goes again.
  const gone = settled.filter(
    (entry) => entry.at <= since && secondsLate(since, entry.lapsesAt) <= 0 && !live.includes(entry),
  );
  const sign = definition.counts === 'down' ? -1 : 1;
  const base = report ? Number(report.rate) : (definition.start ?? 0);
  const balance = base + sign * (sumOf(added) - sumOf(report ? gone : []));
  const open = sumOf(entries.filter(({ from }) => from === 'open'));
  const nextLapse = lapseOf(live);
  const reached = milestoneAt(definition, balance);
  const next = nextMilestone(definition, balance);
  return {
    pointsId: definition.id,
    shopId,
    balance,
    projectedBalance: balance + sign * open,
    origin: report ? 'reported' : 'computed',
    effects: reached?.effects.map(effectOf) ?? [],
    ...(next && { next: { at: next.at, away: Math.abs(next.at - balance), effects: next.effects.map(effectOf) } }),
    ...(nextLapse && { nextLapse }),
    measuredAt: asOf,
    confidence: definition.confidence,
    explanation: explained(definition, { base, report, added, gone: report ? gone : [], settled, balance, open, zone }),
  };
}

/** The furthest milestone the balance is at or beyond. */
function milestoneAt(
  definition: PointsDefinition,
  balance: number,
): PointsDefinition['milestones'][number] | undefined {
  const reached = definition.milestones.filter(({ at }) =>
    definition.counts === 'down' ? balance <= at : balance >= at,
  );
  return furthest(definition, reached, true);
}

function nextMilestone(
  definition: PointsDefinition,
  balance: number,
): PointsDefinition['milestones'][number] | undefined {
  const ahead = definition.milestones.filter(({ at }) => (definition.counts === 'down' ? balance > at : balance < at));
  return furthest(definition, ahead, false);
}

function furthest(
  { counts }: PointsDefinition,
  milestones: PointsDefinition['milestones'],
  far: boolean,
): PointsDefinition['milestones'][number] | undefined {
  const ascending = [...milestones].sort((a, b) => a.at - b.at);
  return ascending.at((counts === 'down') === far ? 0 : -1);
}

function lapseOf(live: readonly Lapsing[]): PointsBalance['nextLapse'] {
  const at = Math.min(...live.map(({ lapsesAt }) => lapsesAt));
  return at === Infinity ? undefined : { at, points: sumOf(live.filter(({ lapsesAt }) => lapsesAt === at)) };
}

function withLapse(entry: PointEntry, { lapses }: PointsDefinition, zone: string): Lapsing {
  if (!lapses) return { ...entry, lapsesAt: Infinity };
  const local = toLocal(entry.at, zone);
  const { endOfDay = END_OF_DAY } = lapses;
  const second = endOfDay === 'same-time' ? local.secondOfDay : secondOfDay(endOfDay)!;
  return { ...entry, lapsesAt: fromLocal(local.date + lapses.days, second, zone) };
}

function latestReports(
  points: CompiledPoints,
  reported: readonly Report[],
  asOf: Instant,
): ReadonlyMap<string, Report> {
  const latest = new Map<string, Report>();
  for (const report of reported) {
    const { metric, platform, market, shopId, measuredAt } = report;
    if (metric !== points.definition.metric || !isRateOf(points, platform, market) || measuredAt > asOf) continue;
    if (replacesReport(report, latest.get(shopId))) latest.set(shopId, report);
  }
  return latest;
}

function sumOf(entries: readonly PointEntry[]): number {
  return entries.reduce((sum, { points }) => sum + points, 0);
}

interface Told {
  readonly base: number;
  readonly report: Report | undefined;
  readonly added: readonly Lapsing[];
  readonly gone: readonly Lapsing[];
  readonly settled: readonly Lapsing[];
  readonly balance: number;
  readonly open: number;
  readonly zone: string;
}

function explained(definition: PointsDefinition, told: Told): readonly ExplanationLine[] {
  const { base, report, added, gone, settled, balance, open, zone } = told;
  const lines: ExplanationLine[] = [];
  const add = (code: string, values: ExplanationLine['values']): void => void lines.push({ code, values });
  add('points', {
    points: definition.id,
    en: definition.title.en,
    zh: definition.title.zh,
    confidence: definition.confidence,
  });
  for (const { en, zh } of definition.assumed ?? []) add('assumed', { en, zh });
  if (report) add('points-reported', { balance: base, at: report.measuredAt, zone });
  else add('points-start', { balance: base });
  for (const entry of added.slice(0, MOST_ENTRIES_TOLD)) add(`points-${entry.from}`, entryValues(entry, zone));
  const rest = added.slice(MOST_ENTRIES_TOLD);
  if (rest.length > 0) add('points-more', { entries: rest.length, sum: sumOf(rest) });
  const lapsed = report ? gone : settled.filter((entry) => !added.includes(entry));
  if (lapsed.length > 0) add('points-lapsed', { entries: lapsed.length, sum: sumOf(lapsed) });
  add('points-balance', { balance });
  const reached = milestoneAt(definition, balance);
  for (const { text } of reached?.effects ?? []) add('points-milestone', { at: reached!.at, en: text.en, zh: text.zh });
  const next = nextMilestone(definition, balance);
  for (const { text } of next?.effects ?? []) {
    add('points-next', { milestone: next!.at, away: Math.abs(next!.at - balance), en: text.en, zh: text.zh });
  }
  if (open > 0) add('points-open', { sum: open });
  return lines;
}

function entryValues({ points, at, reference, reason, lapsesAt }: Lapsing, zone: string): ExplanationLine['values'] {
  const values = { sum: points, at, zone, reference, reason };
  return lapsesAt === Infinity ? values : { ...values, lapsesAt };
}
