// Two judgements of the same evidence: per rule, seller and week, which verdicts and fines change.
import type { Deadline } from '../deadline.js';
import { dateText, isoWeekday } from '../local-date.js';
import { toLocal } from '../zone.js';
import type { Evaluation, JudgedOrder } from './evaluate-state.js';
import { drained } from './evaluate-state.js';

export interface ChangedDeadline {
  readonly orderId: string;
  readonly parcelId?: string;
  readonly before?: Pick<Deadline, 'status' | 'dueAt' | 'ruleVersion'>;
  readonly after?: Pick<Deadline, 'status' | 'dueAt' | 'ruleVersion'>;
  readonly differenceMinor: number;
}

export interface ChangedGroup {
  readonly ruleId: string;
  readonly sellerId: string;
  /** Monday of the week the clock started in, UTC. */
  readonly week: string;
  readonly currency: string;
  readonly deadlines: number;
  /** `met -> missed` and the like, with how many. */
  readonly verdicts: Readonly<Record<string, number>>;
  readonly missedBeforeMinor: number;
  readonly missedAfterMinor: number;
  readonly changes: readonly ChangedDeadline[];
}

/** Clock starts to compare, UTC epoch milliseconds; `from` inclusive, `to` exclusive. */
export interface Span {
  readonly from?: number;
  readonly to?: number;
}

type Growing = { -readonly [K in keyof ChangedGroup]: ChangedGroup[K] } & { changes: ChangedDeadline[] };

/** Only groups in which something changed, sorted by rule, seller and week. */
export function compareEvaluations(before: Evaluation, after: Evaluation, span: Span): readonly ChangedGroup[] {
  return drained(compareSteps(before, after, span));
}

/** The same, giving way after each deadline. */
export function* compareSteps(
  before: Evaluation,
  after: Evaluation,
  span: Span,
): Generator<void, readonly ChangedGroup[]> {
  const groups = new Map<string, Growing>();
  for (const pair of pairsOf(before, after)) {
    if (isWithin((pair.now ?? pair.old)!.startsAt, span)) count(groupOf(groups, pair), pair);
    yield;
  }
  return [...groups]
    .filter(([, group]) => group.changes.length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => group);
}

function groupOf(groups: Map<string, Growing>, { sellerId, old, now }: Pair): Growing {
  const { ruleId, startsAt, fine } = (now ?? old)!;
  const { currency } = fine;
  const week = weekOf(startsAt);
  const name = [ruleId, sellerId, week, currency].join('\n');
  let group = groups.get(name);
  if (!group) {
    const none = { deadlines: 0, verdicts: {}, missedBeforeMinor: 0, missedAfterMinor: 0, changes: [] };
    groups.set(name, (group = { ruleId, sellerId, week, currency, ...none }));
  }
  return group;
}

function count(group: Growing, { key, old, now }: Pair): void {
  group.deadlines += 1;
  group.missedBeforeMinor += missedMinor(old);
  group.missedAfterMinor += missedMinor(now);
  if (!isChanged(old, now)) return;
  const verdict = `${old?.status ?? 'none'} -> ${now?.status ?? 'none'}`;
  group.verdicts = { ...group.verdicts, [verdict]: (group.verdicts[verdict] ?? 0) + 1 };
  group.changes.push(changeOf(key, old, now));
}

interface Pair {
  readonly key: { orderId: string; parcelId?: string };
  readonly sellerId: string;
  readonly old?: Deadline;
  readonly now?: Deadline;
}

function* pairsOf(before: Evaluation, after: Evaluation): Generator<Pair> {
  // Both walk the same shipments in the same order.
  const judgedBefore = before.orders[Symbol.iterator]();
  for (const { shipment, deadlines } of after.orders) {
    const earlier = judgedBefore.next().value as JudgedOrder;
    const old = new Map(earlier.deadlines.map((deadline) => [idOf(deadline), deadline]));
    const sellerId = shipment.facts?.sellerId ?? '';
    for (const now of deadlines) {
      yield { key: now, sellerId, old: old.get(idOf(now)), now };
      old.delete(idOf(now));
    }
    for (const gone of old.values()) yield { key: gone, sellerId, old: gone };
  }
}

function idOf({ ruleId, parcelId }: Deadline): string {
  return `${ruleId}\n${parcelId ?? ''}`;
}

function isChanged(old: Deadline | undefined, now: Deadline | undefined): boolean {
  return (
    old?.status !== now?.status ||
    old?.dueAt !== now?.dueAt ||
    old?.fine.amountMinor !== now?.fine.amountMinor ||
    old?.fine.currency !== now?.fine.currency
  );
}

function changeOf({ orderId, parcelId }: Pair['key'], old?: Deadline, now?: Deadline): ChangedDeadline {
  const part = (deadline?: Deadline) =>
    deadline && { status: deadline.status, dueAt: deadline.dueAt, ruleVersion: deadline.ruleVersion };
  return {
    orderId,
    ...(parcelId !== undefined && { parcelId }),
    ...(old && { before: part(old) }),
    ...(now && { after: part(now) }),
    differenceMinor: (now?.fine.amountMinor ?? 0) - (old?.fine.amountMinor ?? 0),
  };
}

function missedMinor(deadline: Deadline | undefined): number {
  return deadline?.status === 'missed' ? deadline.fine.amountMinor : 0;
}

function isWithin(at: number, { from = -Infinity, to = Infinity }: Span): boolean {
  return at >= from && at < to;
}

function weekOf(at: number): string {
  const { date } = toLocal(at, 'UTC');
  return dateText(date - (isoWeekday(date) - 1));
}
