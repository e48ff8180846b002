// What changed of a deadline between what was stored and what evaluation says now: data for the log line, the metric and the page.
import type { DeadlineStatus } from './deadline.js';
import type { Instant } from './events.js';

/** What is told to the outside when it changes. Estimates are not. */
export interface DeadlineVerdict {
  readonly status: DeadlineStatus;
  readonly dueAt: Instant;
  readonly amountMinor: number;
  readonly currency: string;
  /** Whether the amount is due only once a shop rate is crossed that is not crossed yet. */
  readonly gated: boolean;
}

export type DecisionKind =
  | 'deadline-opened'
  | 'deadline-met'
  | 'deadline-missed'
  | 'deadline-waived'
  | 'deadline-void'
  | 'deadline-moved'
  /** A verdict was taken back: a late scan cured a miss, a retraction undid a proof. */
  | 'deadline-reversed'
  | 'deadline-withdrawn'
  | 'fine-changed';

export type DecisionReason =
  | 'clock-started'
  | 'due-instant-changed'
  | 'satisfied-in-time'
  | 'limit-passed'
  | 'evidence-withdrawn'
  | 'earlier-evidence-arrived'
  | 'limit-extended'
  | 'waiver-or-exemption'
  | 'waiver-ended'
  | 'order-cancelled'
  | 'rule-no-longer-applies'
  | 'amount-changed';

export interface Decision {
  readonly kind: DecisionKind;
  readonly reason: DecisionReason;
}

/**
 * Decisions on one deadline; `before` is undefined for a new one, `after` for one whose rule no longer applies. There may be two (moved, and
 * the fine changed); one that says the same gives none, so evaluating twice decides nothing. A miss that turns out to be met, and a proof
 * that is withdrawn, are reversed, never met or missed.
 */
export function decisionsOn(
  before: DeadlineVerdict | undefined,
  after: DeadlineVerdict | undefined,
): readonly Decision[] {
  if (!after) return before ? [{ kind: 'deadline-withdrawn', reason: 'rule-no-longer-applies' }] : [];
  if (!before) return [FIRST_SEEN[after.status]];
  const decisions: Decision[] = [];
  if (before.dueAt !== after.dueAt) decisions.push({ kind: 'deadline-moved', reason: 'due-instant-changed' });
  if (before.status !== after.status) decisions.push(statusChange(before, after));
  else if (!isSameMoney(before, after)) decisions.push({ kind: 'fine-changed', reason: 'amount-changed' });
  return decisions;
}

const FIRST_SEEN: Readonly<Record<DeadlineStatus, Decision>> = {
  open: { kind: 'deadline-opened', reason: 'clock-started' },
  met: { kind: 'deadline-met', reason: 'satisfied-in-time' },
  missed: { kind: 'deadline-missed', reason: 'limit-passed' },
  waived: { kind: 'deadline-waived', reason: 'waiver-or-exemption' },
  void: { kind: 'deadline-void', reason: 'order-cancelled' },
};

function statusChange(before: DeadlineVerdict, after: DeadlineVerdict): Decision {
  const isLater = after.dueAt > before.dueAt;
  if (after.status === 'waived' || after.status === 'void' || before.status === 'open') return FIRST_SEEN[after.status];
  if (before.status === 'missed')
    return reversed(isLater || after.status === 'open' ? 'limit-extended' : 'earlier-evidence-arrived');
  if (before.status === 'waived')
    return after.status === 'open' ? reversed('waiver-ended') : { ...FIRST_SEEN[after.status], reason: 'waiver-ended' };
  return reversed(before.dueAt === after.dueAt ? 'evidence-withdrawn' : 'due-instant-changed');
}

function reversed(reason: DecisionReason): Decision {
  return { kind: 'deadline-reversed', reason };
}

function isSameMoney(a: DeadlineVerdict, b: DeadlineVerdict): boolean {
  return a.amountMinor === b.amountMinor && a.currency === b.currency && a.gated === b.gated;
}
