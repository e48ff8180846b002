// Where points come from: what the platform issued, and what missed deadlines will cost by the rules while it has not.
import type { CompiledPoints } from '../compile/compiled.js';
import type { Deadline } from '../deadline.js';
import type { Instant, PointsIssued } from '../events.js';

/** Points of one shop that count from `at`. */
export interface PointEntry {
  readonly pointsId: string;
  readonly shopId: string;
  readonly points: number;
  readonly at: Instant;
  /** `issued` by the platform; `rule`: of a missed deadline, not issued yet; `open`: of a deadline that may still be met. */
  readonly from: 'issued' | 'rule' | 'open';
  /** The platform's number of the issue, or the deadline's id. */
  readonly reference: string;
  /** What the points were given for, in words. */
  readonly reason: string;
}

/** The part of a deadline that points depend on. */
export type PointedDeadline = Pick<
  Deadline,
  'orderId' | 'ruleId' | 'status' | 'settledAt' | 'dueAt' | 'effects' | 'stage'
> & {
  readonly deadlineId: string;
  readonly shopId: string;
};

export function pointedDeadline(deadline: Deadline, shopId: string): PointedDeadline {
  const { deadlineId, orderId, ruleId, status, settledAt, dueAt, effects, stage } = deadline;
  return { deadlineId, orderId, ruleId, status, settledAt, dueAt, effects, stage, shopId };
}

/** Entries of one balance. What the platform issued for a rule and an order takes the place of what the rule says. */
export function pointEntries(
  { definition, document }: CompiledPoints,
  issued: readonly PointsIssued['data'][],
  deadlines: Iterable<PointedDeadline>,
  asOf: Instant,
): readonly PointEntry[] {
  const own = issued.filter(
    ({ metric, platform, market, issuedAt }) =>
      issuedAt <= asOf &&
      metric === definition.metric &&
      platform === document.platform &&
      (document.markets.includes(market) || document.markets.includes('*')),
  );
  const reversed = new Set(own.filter((one) => one.reversal).map(issueOf));
  const entries = [...eachOnce(own)]
    .filter((one) => !reversed.has(issueOf(one)))
    .map((one) => issuedEntry(definition.id, one));
  const known = new Set(own.map(({ orderId, ruleId }) => pair(orderId, ruleId)));
  for (const deadline of deadlines) {
    if (known.has(pair(deadline.orderId, deadline.ruleId))) continue;
    const entry = deadlineEntry(definition.id, deadline);
    if (entry) entries.push(entry);
  }
  return entries;
}

/** Points a deadline costs this balance if it is missed; 0 where it costs none. */
export function pointsOf(deadline: Pick<Deadline, 'effects'>, pointsId: string): number {
  return deadline.effects.reduce(
    (sum, { kind, values }) =>
      kind === 'points' && values['balance'] === pointsId ? sum + Number(values['points']) : sum,
    0,
  );
}

function deadlineEntry(pointsId: string, deadline: PointedDeadline): PointEntry | undefined {
  const { deadlineId, shopId, ruleId, status, stage } = deadline;
  if (stage !== 'enforced' || (status !== 'missed' && status !== 'open')) return undefined;
  const points = pointsOf(deadline, pointsId);
  if (points === 0) return undefined;
  const from = status === 'missed' ? 'rule' : 'open';
  return {
    pointsId,
    shopId,
    points,
    at: deadline.settledAt ?? deadline.dueAt,
    from,
    reference: deadlineId,
    reason: ruleId,
  };
}

function issuedEntry(
  pointsId: string,
  { shopId, points, issuedAt, issueId, ruleId, reason }: PointsIssued['data'],
): PointEntry {
  return {
    pointsId,
    shopId,
    points,
    at: issuedAt,
    from: 'issued',
    reference: issueId,
    reason: reason ?? ruleId ?? issueId,
  };
}

/** Of one issue told twice the earlier account, whichever came first. */
function eachOnce(issued: readonly PointsIssued['data'][]): Iterable<PointsIssued['data']> {
  const issues = new Map<string, PointsIssued['data']>();
  for (const one of issued) {
    if (one.reversal) continue;
    const known = issues.get(issueOf(one));
    if (!known || one.issuedAt < known.issuedAt || (one.issuedAt === known.issuedAt && one.points < known.points))
      issues.set(issueOf(one), one);
  }
  return issues.values();
}

function issueOf({ shopId, issueId }: PointsIssued['data']): string {
  return pair(shopId, issueId);
}

function pair(a = '', b = ''): string {
  return `${a}\n${b}`;
}
