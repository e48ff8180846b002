// What changed between what was stored of an order's deadlines and what evaluation says now: data for the log line, the metric and the page.
import type { Deadline, DeadlineStatus } from './deadline.js';
import type { Instant } from './events.js';

/** What must be kept of a deadline to tell later what changed. `parcelId` is empty or absent for rules per order. */
export interface DeadlineSummary {
  readonly orderId: string;
  readonly ruleId: string;
  readonly parcelId?: string | null;
  readonly status: DeadlineStatus;
  readonly dueAt: Instant;
  readonly amountMinor: number;
  readonly currency: string;
}

export type DecisionKind =
  'opened' | 'moved' | 'met' | 'missed' | 'reversed' | 'waived' | 'voided' | 'withdrawn' | 'fine-changed';

export type DecisionReason =
  | 'clock-started'
  | 'due-instant-changed'
  | 'satisfied-in-time'
  | 'limit-passed'
  | 'evidence-withdrawn'
  | 'earlier-evidence-arrived'
  | 'limit-extended'
  | 'waiver-or-exemption'
  | 'order-cancelled'
  | 'rule-no-longer-applies'
  | 'amount-changed';

export interface Decision {
  readonly kind: DecisionKind;
  readonly reason: DecisionReason;
  readonly orderId: string;
  readonly ruleId: string;
  readonly parcelId?: string;
  readonly before?: DeadlineSummary;
  /** Absent when the deadline is withdrawn. */
  readonly after?: DeadlineSummary;
}

/** The stored form of an evaluated deadline. */
export function summaryOf(deadline: Deadline): DeadlineSummary {
  const { orderId, ruleId, parcelId, status, dueAt, fine } = deadline;
  const { amountMinor, currency } = fine;
  return { orderId, ruleId, ...(parcelId !== undefined && { parcelId }), status, dueAt, amountMinor, currency };
}

/**
 * Decisions for one order, in the order of `after`, withdrawn deadlines last. A deadline may give two (`moved` and `fine-changed`); one that
 * is the same gives none, so evaluating twice decides nothing. A miss that turns out to be met is `reversed`, never `met`.
 */
export function decisionsBetween(
  before: readonly DeadlineSummary[],
  after: readonly (Deadline | DeadlineSummary)[],
): readonly Decision[] {
  const known = new Map(before.map((summary) => [keyOf(summary), summary]));
  const decisions: Decision[] = [];
  for (const deadline of after) {
    const now = 'fine' in deadline ? summaryOf(deadline) : deadline;
    const was = known.get(keyOf(now));
    known.delete(keyOf(now));
    decisions.push(...changesOf(was, now));
  }
  for (const was of known.values()) decisions.push(decision('withdrawn', 'rule-no-longer-applies', was, undefined));
  return decisions;
}

function changesOf(was: DeadlineSummary | undefined, now: DeadlineSummary): readonly Decision[] {
  if (!was) return [decision(...firstSeen(now.status), undefined, now)];
  const decisions: Decision[] = [];
  const status = was.status === now.status ? undefined : statusChange(was, now);
  if (was.dueAt !== now.dueAt) decisions.push(decision('moved', 'due-instant-changed', was, now));
  if (status) decisions.push(decision(...status, was, now));
  const sameMoney = was.amountMinor === now.amountMinor && was.currency === now.currency;
  if (!status && !sameMoney) decisions.push(decision('fine-changed', 'amount-changed', was, now));
  return decisions;
}

type Change = readonly [DecisionKind, DecisionReason];

const FIRST_SEEN: Readonly<Record<DeadlineStatus, Change>> = {
  open: ['opened', 'clock-started'],
  met: ['met', 'satisfied-in-time'],
  missed: ['missed', 'limit-passed'],
  waived: ['waived', 'waiver-or-exemption'],
  void: ['voided', 'order-cancelled'],
};

function firstSeen(status: DeadlineStatus): Change {
  return FIRST_SEEN[status];
}

function statusChange(was: DeadlineSummary, now: DeadlineSummary): Change {
  if (was.status === 'missed' && now.status === 'met') {
    return ['reversed', now.dueAt > was.dueAt ? 'limit-extended' : 'earlier-evidence-arrived'];
  }
  if (was.status === 'missed' && now.status === 'open') return ['reversed', 'limit-extended'];
  if (was.status === 'met' && now.status === 'missed') {
    return ['missed', now.dueAt === was.dueAt ? 'evidence-withdrawn' : 'due-instant-changed'];
  }
  if (now.status === 'open') return ['reversed', 'evidence-withdrawn'];
  return FIRST_SEEN[now.status];
}

function decision(
  kind: DecisionKind,
  reason: DecisionReason,
  before: DeadlineSummary | undefined,
  after: DeadlineSummary | undefined,
): Decision {
  const { orderId, ruleId, parcelId } = (after ?? before)!;
  return {
    kind,
    reason,
    orderId,
    ruleId,
    ...(parcelId && { parcelId }),
    ...(before && { before: plain(before) }),
    ...(after && { after }),
  };
}

/** A caller's row may carry more than the summary; only the summary goes into a decision. */
function plain({ orderId, ruleId, parcelId, status, dueAt, amountMinor, currency }: DeadlineSummary): DeadlineSummary {
  return { orderId, ruleId, ...(parcelId && { parcelId }), status, dueAt, amountMinor, currency };
}

function keyOf({ ruleId, parcelId }: DeadlineSummary): string {
  return `${ruleId} ${parcelId || ''}`;
}
