// What satisfies a deadline, compiled to one function: the verdict of a tree of tests at an instant.
import { EVIDENCE_STRENGTHS, type Instant } from '../events.js';
import type { Satisfaction, SatisfyTest } from '../rule.js';
import type { Subject } from '../evaluate/subject.js';
import type { Trace } from '../evaluate/trace.js';
import { compileClock, limitOf, type CompiledClock } from './clock.js';
import { happenedAt, type EventTest } from './happened.js';
import type { Reporter } from './reporter.js';
import type { Scope } from './scope.js';
import { compileValidity, uploadedFrom } from './validity.js';

/** `at` is when the evidence happened, also when that was too late; `limit` the instant that decided or will decide. */
export interface Verdict {
  readonly state: 'satisfied' | 'pending' | 'failed';
  readonly at: Instant | undefined;
  readonly limit: Instant;
}

/** Judges at the context's instant; `dueAt` is the limit of every test without its own. */
export type Judge = (subject: Subject, dueAt: Instant, trace: Trace | undefined) => Verdict;

interface CompiledTest extends EventTest {
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
  const compiled: CompiledTest = {
    ...compileEvent(test, at),
    by: test.by && compileClock(test.by, scope, at.at('by')),
    notBefore: test.notBefore && compileClock(test.notBefore, scope, at.at('notBefore')),
  };
  return (subject, dueAt, trace) => judgeTest(compiled, optional, subject, dueAt, trace);
}

/** The event of a test, without its limits. */
export function compileEvent(test: SatisfyTest, at: Reporter): EventTest {
  checkTest(test, at);
  return {
    event: test.event,
    strength: test.strength ?? 'implied',
    any: test.parcels === 'any',
    rejectedBy: compileValidity(test.valid, at.at('valid')),
    uploadedFrom: uploadedFrom(test.valid),
  };
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
  return { state: secondsLate(subject.context.asOf, limit) > grace(test, subject) ? 'failed' : 'pending', at, limit };
}

/** The second of the limit still counts, but not for a number that is uploaded already and whose upload does not count: it never will. */
function grace(test: CompiledTest, { parcel }: Subject): number {
  return test.event === 'labelled' && parcel ? -1 : 0;
}

function anyOf(judges: readonly Judge[]): Judge {
  return (subject, dueAt, trace) => {
    const verdicts = judges.map((judge) => judge(subject, dueAt, trace));
    const satisfied = verdicts.filter((verdict) => verdict.state === 'satisfied');
    if (satisfied.length > 0) return earliestOf(satisfied);
    const last = Math.max(...verdicts.map((verdict) => verdict.limit));
    const at = least(verdicts.map((verdict) => verdict.at));
    // Alternatives whose limits are all unknown leave the rule's own.
    const limit = last === -Infinity ? dueAt : last;
    return { state: secondsLate(subject.context.asOf, limit) > 0 ? 'failed' : 'pending', at, limit };
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
