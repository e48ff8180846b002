// What satisfies a deadline, compiled to one function: the verdict of a tree of tests at an instant.
import type { EvidenceStrength, Instant } from '../events.js';
import { EVIDENCE_STRENGTHS } from '../events.js';
import { earliestScan, type ParcelView, type ScanSatisfyingEvent } from '../evidence.js';
import type { Satisfaction, SatisfyTest } from '../rule.js';
import { parcelCount, type Subject } from '../evaluate/subject.js';
import type { Trace } from '../evaluate/trace.js';
import { compileClock, limitOf, type CompiledClock } from './clock.js';
import type { Reporter } from './reporter.js';
import type { Scope } from './scope.js';
import { compileValidity, type RejectedBy } from './validity.js';

/** `at` is when the evidence happened, also when that was too late; `limit` the instant that decided or will decide. */
export interface Verdict {
  readonly state: 'satisfied' | 'pending' | 'failed';
  readonly at: Instant | undefined;
  readonly limit: Instant;
}

/** Judges at the context's instant; `dueAt` is the limit of every test without its own. */
export type Judge = (subject: Subject, dueAt: Instant, trace: Trace | undefined) => Verdict;

interface CompiledTest {
  readonly event: SatisfyTest['event'];
  readonly strength: EvidenceStrength;
  readonly any: boolean;
  readonly rejectedBy: RejectedBy | undefined;
  readonly by: CompiledClock | undefined;
  readonly notBefore: CompiledClock | undefined;
}

/** Whole seconds by which `at` is after `limit`; an event in the same second is on time. */
export function secondsLate(at: Instant, limit: Instant): number {
  return Math.floor(at / 1000) - Math.floor(limit / 1000);
}

export function compileSatisfaction(satisfaction: Satisfaction, scope: Scope, at: Reporter): Judge {
  if ('anyOf' in satisfaction) return anyOf(compileTests(satisfaction.anyOf, scope, at.at('anyOf'), true));
  if ('allOf' in satisfaction) return allOf(compileTests(satisfaction.allOf, scope, at.at('allOf'), false));
  return compileTest(satisfaction, scope, at, false);
}

function compileTests(tests: readonly SatisfyTest[], scope: Scope, at: Reporter, optional: boolean): readonly Judge[] {
  if (tests.length === 0) at.fault('no test', 'list at least one event');
  return tests.map((test, i) => compileTest(test, scope, at.at(i), optional));
}

function compileTest(test: SatisfyTest, scope: Scope, at: Reporter, optional: boolean): Judge {
  checkTest(test, at);
  const compiled: CompiledTest = {
    event: test.event,
    strength: test.strength ?? 'implied',
    any: test.parcels === 'any',
    rejectedBy: compileValidity(test.valid, at.at('valid')),
    by: test.by && compileClock(test.by, scope, at.at('by')),
    notBefore: test.notBefore && compileClock(test.notBefore, scope, at.at('notBefore')),
  };
  return (subject, dueAt, trace) => judgeTest(compiled, optional, subject, dueAt, trace);
}

/** One of several alternatives whose own limit is unknown for this order is no alternative; alone it keeps the rule's limit. */
function judgeTest(
  test: CompiledTest,
  optional: boolean,
  subject: Subject,
  dueAt: Instant,
  trace: Trace | undefined,
): Verdict {
  const own = test.by && limitOf(test.by, subject, trace);
  if (test.by && own === undefined && optional) return { state: 'failed', at: undefined, limit: -Infinity };
  const limit = own ?? dueAt;
  const at = happenedAt(test, subject, trace);
  const earliest = test.notBefore && limitOf(test.notBefore, subject, trace);
  if (at !== undefined && earliest !== undefined && secondsLate(earliest, at) > 0) {
    trace?.add('too-early', { at, notBefore: earliest });
    return { state: 'failed', at, limit: at };
  }
  if (at !== undefined && secondsLate(at, limit) <= 0) return { state: 'satisfied', at, limit };
  return { state: secondsLate(subject.context.asOf, limit) > 0 ? 'failed' : 'pending', at, limit };
}

function anyOf(judges: readonly Judge[]): Judge {
  return (subject, dueAt, trace) => {
    const verdicts = judges.map((judge) => judge(subject, dueAt, trace));
    const satisfied = verdicts.filter((verdict) => verdict.state === 'satisfied');
    if (satisfied.length > 0) return earliestOf(satisfied);
    const limit = Math.max(...verdicts.map((verdict) => verdict.limit));
    const at = least(verdicts.map((verdict) => verdict.at));
    const pending = verdicts.some((verdict) => verdict.state === 'pending');
    return { state: pending ? 'pending' : 'failed', at, limit };
  };
}

function allOf(judges: readonly Judge[]): Judge {
  return (subject, dueAt, trace) => {
    const verdicts = judges.map((judge) => judge(subject, dueAt, trace));
    const ats = verdicts.map((verdict) => verdict.at);
    const at = ats.includes(undefined) ? undefined : Math.max(...(ats as Instant[]));
    const failed = verdicts.filter((verdict) => verdict.state === 'failed');
    if (failed.length > 0) return { state: 'failed', at, limit: Math.min(...failed.map((verdict) => verdict.limit)) };
    const pending = verdicts.filter((verdict) => verdict.state === 'pending');
    const limits = (pending.length > 0 ? pending : verdicts).map((verdict) => verdict.limit);
    return { state: pending.length > 0 ? 'pending' : 'satisfied', at, limit: Math.min(...limits) };
  };
}

function happenedAt(test: CompiledTest, subject: Subject, trace: Trace | undefined): Instant | undefined {
  switch (test.event) {
    case 'shipment-confirmed':
      return traced('shipment-confirmed', subject.order.confirmedAt, trace);
    case 'cancelled':
      return traced('cancelled', subject.order.cancelledAt, trace);
    case 'never':
      return undefined;
    default:
      return subject.parcel ? parcelAt(test, subject, subject.parcel, trace) : parcelsAt(test, subject, trace);
  }
}

/** Over the parcels of an order: the last of all of them, or the first of any. */
function parcelsAt(test: CompiledTest, subject: Subject, trace: Trace | undefined): Instant | undefined {
  let result: Instant | undefined;
  let seen = 0;
  for (const parcel of subject.parcels) {
    const at = parcelAt(test, subject, parcel, trace);
    if (at === undefined) continue;
    seen++;
    result = result === undefined ? at : test.any ? Math.min(result, at) : Math.max(result, at);
  }
  const expected = test.any ? 1 : parcelCount(subject);
  if (seen >= expected) return result;
  trace?.add('parcels-missing', { event: test.event, expected, seen });
  return undefined;
}

function parcelAt(
  test: CompiledTest,
  subject: Subject,
  parcel: ParcelView,
  trace: Trace | undefined,
): Instant | undefined {
  const { trackingNumber } = parcel.link;
  const rejected = test.rejectedBy?.(subject, parcel);
  if (rejected) {
    trace?.add('evidence-rejected', { trackingNumber, test: rejected });
    return undefined;
  }
  if (test.event === 'labelled') return traced('labelled', uploadOf(subject, parcel), trace, trackingNumber);
  const event = test.event as ScanSatisfyingEvent;
  const scan = earliestScan(parcel.scans, event, test.strength);
  if (trace) traceScans(parcel, event, test.strength, trace);
  return scan?.at;
}

/** When the parcel was first labelled: a new number for it keeps the upload of the one it replaces. */
function uploadOf(subject: Subject, parcel: ParcelView): Instant {
  let { link } = parcel;
  let first = link.uploadedAt;
  for (let hops = 0; link.replaces !== undefined && hops < subject.order.parcels.length; hops++) {
    const replaced = subject.order.parcels.find((other) => other.trackingNumber === link.replaces);
    if (!replaced) break;
    link = replaced;
    first = Math.min(first, link.uploadedAt);
  }
  return first;
}

function traceScans(parcel: ParcelView, event: ScanSatisfyingEvent, strength: EvidenceStrength, trace: Trace): void {
  const { trackingNumber } = parcel.link;
  const scan = earliestScan(parcel.scans, event, strength);
  const weaker = earliestScan(parcel.scans, event, 'none');
  if (weaker && weaker !== scan && (!scan || weaker.at < scan.at)) {
    const { at, stage } = weaker;
    trace.add('evidence-too-weak', { trackingNumber, at, stage, strength: weaker.strength, needed: strength });
  }
  if (!scan) return trace.add('no-evidence', { trackingNumber, event });
  trace.add('evidence', { trackingNumber, event, at: scan.at, stage: scan.stage, strength: scan.strength });
  if (scan.latest !== undefined) trace.add('time-uncertain', { trackingNumber, at: scan.at, latest: scan.latest });
}

function traced(
  event: string,
  at: Instant | undefined,
  trace: Trace | undefined,
  trackingNumber = '',
): Instant | undefined {
  if (at === undefined) trace?.add('no-evidence', { event, trackingNumber });
  else trace?.add('evidence', { event, at, trackingNumber });
  return at;
}

function earliestOf(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce((first, verdict) => (verdict.at! < first.at! ? verdict : first));
}

function least(instants: readonly (Instant | undefined)[]): Instant | undefined {
  const known = instants.filter((at) => at !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

const EVENTS: ReadonlySet<string> = new Set<SatisfyTest['event']>([
  'labelled',
  'shipment-confirmed',
  'accepted',
  'any-scan',
  'in-transit',
  'delivery-attempted',
  'delivered',
  'available-for-pickup',
  'cancelled',
  'never',
]);

function checkTest(test: SatisfyTest, at: Reporter): void {
  if (!EVENTS.has(test.event)) {
    at.at('event').fault(`unknown event: ${String(test.event)}`, `use one of ${[...EVENTS].join(', ')}`);
  }
  if (test.strength !== undefined && !EVIDENCE_STRENGTHS.includes(test.strength)) {
    at.at('strength').fault(`unknown strength: ${test.strength}`, `use one of ${EVIDENCE_STRENGTHS.join(', ')}`);
  }
}
