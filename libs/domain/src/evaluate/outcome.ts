// The verdict on one rule for one order or parcel, before money: open, met, missed, waived or void, and since when.
import type { CompiledVersion } from '../compile/compiled.js';
import { secondsLate, type Verdict } from '../compile/satisfaction.js';
import type { DeadlineStatus } from '../deadline.js';
import type { Instant } from '../events.js';
import type { ViolationFact } from '../state.js';
import { dueOf, type Due } from './due.js';
import { isGapRule, worstGap } from './gaps.js';
import { isExempt, isWaived, refundOf, type Refund } from './relief.js';
import { reversalOf } from './reversal.js';
import type { Subject } from './subject.js';
import type { Trace } from './trace.js';
import { finedIncidents } from './violations.js';
import { waiversFor } from './waivers.js';

export interface Outcome {
  readonly status: DeadlineStatus;
  readonly due: Due;
  /** The instant that decides or will decide; later than the due instant where an alternative has its own limit. */
  readonly limit: Instant;
  readonly satisfiedAt: Instant | undefined;
  readonly settledAt: Instant | undefined;
  /** Whole seconds after the limit: of the late event, else of the evaluation. 1 for an open deadline: what missing it would cost. */
  readonly lateSeconds: number;
  /** True while lateness still grows. */
  readonly growing: boolean;
  readonly incidents: readonly ViolationFact[];
  readonly refund: Refund | undefined;
}

const NONE: readonly ViolationFact[] = [];

/** Undefined when the rule's clock has not started, or no incident is fined. */
export function outcomeOf(version: CompiledVersion, subject: Subject, trace: Trace | undefined): Outcome | undefined {
  if (version.spec.violation) return violationOutcome(version, subject, trace);
  if (isGapRule(version)) {
    const gap = worstGap(version, subject, trace);
    return gap && settle(version, subject, gap.due, gap.verdict, trace);
  }
  const due = dueOf(version, subject, trace);
  if (!due || !version.judge) return undefined;
  return settle(version, subject, due, version.judge(subject, due.dueAt, trace), trace);
}

function settle(
  version: CompiledVersion,
  subject: Subject,
  due: Due,
  verdict: Verdict,
  trace: Trace | undefined,
): Outcome {
  const { at, limit, state } = verdict;
  const reversedAt = state === 'failed' ? reversalOf(version, subject, due, trace) : undefined;
  const lateSeconds = state === 'failed' ? Math.max(1, secondsLate(at ?? subject.context.asOf, limit)) : 1;
  const status =
    reversedAt === undefined ? statusOf(version, subject, due, verdict, lateSeconds, trace) : ('waived' as const);
  const owed = status === 'open' || status === 'missed';
  return {
    status,
    due,
    limit,
    satisfiedAt: at,
    settledAt: reversedAt ?? settledAtOf(status, verdict, due, subject),
    lateSeconds,
    growing: status === 'missed' && at === undefined,
    incidents: NONE,
    refund: owed ? refundOf(due.waivers, verdict, lateSeconds, trace) : undefined,
  };
}

function statusOf(
  version: CompiledVersion,
  subject: Subject,
  due: Due,
  verdict: Verdict,
  lateSeconds: number,
  trace: Trace | undefined,
): DeadlineStatus {
  if (verdict.state === 'satisfied') return 'met';
  if (isVoided(version, subject, verdict.limit)) {
    const { cancelledAt, cancelledBy } = subject.order;
    trace?.add('voided-by-cancellation', { at: cancelledAt!, zone: due.zone, by: cancelledBy ?? '' });
    return 'void';
  }
  if (isExempt(version, subject, trace) || isWaived(due.waivers, verdict, lateSeconds, trace)) return 'waived';
  return verdict.state === 'failed' ? 'missed' : 'open';
}

/** The same however often it is evaluated: a waived deadline is settled from its start, or from its limit once that has passed. */
function settledAtOf(status: DeadlineStatus, verdict: Verdict, due: Due, subject: Subject): Instant | undefined {
  if (status === 'open') return undefined;
  if (status === 'met') return verdict.at;
  if (status === 'void') return subject.order.cancelledAt;
  return status === 'missed' || verdict.state === 'failed' ? verdict.limit : due.startsAt;
}

/**
 * A cancellation before the limit ends the obligation, unless the rule keeps it; an incident has happened all the same. The platform's own at
 * the limit of a rule that threatens it is what the rule threatens.
 */
function isVoided(version: CompiledVersion, subject: Subject, limit: Instant): boolean {
  const { cancelledAt, cancelledBy } = subject.order;
  if (cancelledAt === undefined || version.spec.onCancel === 'keep' || version.spec.violation) return false;
  const isThreatened = cancelledBy === 'platform' && version.effects.some(({ kind }) => kind === 'auto-cancel');
  return isThreatened ? secondsLate(cancelledAt, limit) < 0 : secondsLate(cancelledAt, limit) <= 0;
}

function violationOutcome(version: CompiledVersion, subject: Subject, trace: Trace | undefined): Outcome | undefined {
  const incidents = finedIncidents(version, subject, trace);
  const first = incidents[0];
  if (!first) return undefined;
  const at = first.occurredAt;
  const due: Due = {
    startsAt: at,
    dueAt: at,
    governedBy: 'rule',
    computedDueAt: undefined,
    platformDueAt: undefined,
    zone: version.document.marketZone,
    waivers: waiversFor(version, at, subject),
  };
  const verdict: Verdict = { state: 'failed', at: undefined, limit: at };
  return { ...settle(version, subject, due, verdict, trace), incidents, lateSeconds: 1, growing: false };
}
