// The verdict on one rule for one order or parcel, before money: open, met, missed, waived or void, and since when.
import type { CompiledVersion, CompiledWaiver } from '../compile/compiled.js';
import { secondsLate, type Verdict } from '../compile/satisfaction.js';
import type { DeadlineStatus } from '../deadline.js';
import type { Instant } from '../events.js';
import type { ViolationFact } from '../state.js';
import { dueOf, type Due } from './due.js';
import { isGapRule, worstGap } from './gaps.js';
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
  readonly refund: { readonly monthsMin: number; readonly monthsMax: number } | undefined;
}

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
  const { limit } = verdict;
  const { asOf } = subject.context;
  const failed = verdict.state === 'failed';
  const lateSeconds = failed ? Math.max(1, secondsLate(verdict.at ?? asOf, limit)) : 1;
  const base = {
    due,
    limit,
    lateSeconds,
    growing: failed && verdict.at === undefined,
    incidents: [],
    satisfiedAt: verdict.at,
    refund: undefined,
  };
  if (verdict.state === 'satisfied') return { ...base, status: 'met', settledAt: verdict.at };
  const cancelledAt = voidedAt(version, subject, limit);
  if (cancelledAt !== undefined) {
    trace?.add('voided-by-cancellation', { at: cancelledAt, zone: due.zone, by: subject.order.cancelledBy ?? '' });
    return { ...base, status: 'void', settledAt: cancelledAt };
  }
  if (isExempt(version, subject, trace) || isWaived(due.waivers, verdict, lateSeconds, trace)) {
    return { ...base, status: 'waived', settledAt: failed ? limit : asOf };
  }
  const refund = refundOf(due.waivers, verdict, lateSeconds, trace);
  if (failed) return { ...base, refund, status: 'missed', settledAt: limit };
  return { ...base, refund, status: 'open', settledAt: undefined };
}

/** A cancellation before the limit ends the obligation, unless the rule keeps it. */
function voidedAt(version: CompiledVersion, subject: Subject, limit: Instant): Instant | undefined {
  const { cancelledAt } = subject.order;
  if (cancelledAt === undefined || version.spec.onCancel === 'keep') return undefined;
  return secondsLate(cancelledAt, limit) <= 0 ? cancelledAt : undefined;
}

function isExempt(version: CompiledVersion, subject: Subject, trace: Trace | undefined): boolean {
  for (const { spec, when } of version.exemptions) {
    if (!when(subject)) continue;
    trace?.add(spec.result === 'waived' ? 'exempt' : 'appeal-ground', {
      id: spec.id,
      en: spec.text.en,
      zh: spec.text.zh,
    });
    if (spec.result === 'waived') return true;
  }
  return false;
}

function isWaived(
  waivers: readonly CompiledWaiver[],
  verdict: Verdict,
  lateSeconds: number,
  trace: Trace | undefined,
): boolean {
  const waiver = waivers.find((one) => one.effect.kind === 'waive' && reaches(one, verdict, lateSeconds));
  if (!waiver) return false;
  trace?.add('waived', { waiver: waiver.id, en: waiver.text.en, zh: waiver.text.zh });
  return true;
}

/** A waiver for small lateness needs the late event: until it happened nobody knows how late it will be. */
function reaches(waiver: CompiledWaiver, verdict: Verdict, lateSeconds: number): boolean {
  if (waiver.maxLateSeconds === Infinity) return true;
  return verdict.state === 'failed' && verdict.at !== undefined && lateSeconds <= waiver.maxLateSeconds;
}

function refundOf(
  waivers: readonly CompiledWaiver[],
  verdict: Verdict,
  lateSeconds: number,
  trace: Trace | undefined,
): Outcome['refund'] {
  for (const waiver of waivers) {
    if (waiver.effect.kind !== 'refund-later' || !reaches(waiver, verdict, lateSeconds)) continue;
    const { monthsMin, monthsMax } = waiver.effect;
    trace?.add('refund-later', { waiver: waiver.id, en: waiver.text.en, zh: waiver.text.zh, monthsMin, monthsMax });
    return { monthsMin, monthsMax };
  }
  return undefined;
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
  const outcome = settle({ ...version, spec: { ...version.spec, onCancel: 'keep' } }, subject, due, verdict, trace);
  return { ...outcome, incidents, lateSeconds: 1, growing: false };
}
