// A clock compiled: when it starts for an order, in which zone it runs, and the due instants of the rule and of the platform.
import type { Instant } from '../events.js';
import type { Clock } from '../rule.js';
import type { ChainedDue, Subject } from '../evaluate/subject.js';
import type { Trace } from '../evaluate/trace.js';
import { ruleIdsOf, STARTS } from './clock-start.js';
import { compileCount, compileExtension, type CountFrom, type ExtendBy } from './count.js';
import type { Reporter } from './reporter.js';
import type { Scope } from './scope.js';
import { compileZone, type ZoneOf } from './zone-choice.js';

export interface CompiledClock {
  readonly spec: Clock;
  readonly zoneOf: ZoneOf;
  /** Our own due instant for a start; undefined without a count or when its number is unknown for this order. */
  readonly countFrom: CountFrom | undefined;
  /** A count whose result applies if it is earlier. */
  readonly orEarlier: CountFrom | undefined;
  readonly extendBy: ExtendBy;
}

export function compileClock(clock: Clock, scope: Scope, at: Reporter): CompiledClock {
  checkStart(clock, at.at('start'));
  return {
    spec: clock,
    zoneOf: compileZone(clock.zone ?? scope.document.zone, scope, at.at('zone')),
    countFrom: clock.count && compileCount(clock.count, scope, at.at('count')),
    orEarlier: clock.orEarlier && compileCount(clock.orEarlier, scope, at.at('orEarlier')),
    extendBy: compileExtension(clock.count, scope, at.at('count')),
  };
}

/** Where a clock starts for this order, with the zone its date is read in. Undefined: not started yet, or a gap rule. */
export function startOf(
  clock: CompiledClock,
  subject: Subject,
  zone: string,
  trace: Trace | undefined,
): ChainedDue | undefined {
  const { start } = clock.spec;
  if (typeof start === 'object') {
    for (const rule of ruleIdsOf(start)) {
      const due = subject.dueOf(rule);
      if (!due) continue;
      trace?.add('clock-chained', { rule, at: due.at, zone: due.zone });
      return due;
    }
    return undefined;
  }
  if (start === 'last-scan' || start === 'each-scan') return undefined;
  const at = STARTS[start](subject);
  if (at === undefined) return undefined;
  trace?.add('clock-start', { event: start, at, zone });
  return { at, zone };
}

/** Our own due instant: the count, or the earlier of two. */
export function countedDue(
  clock: CompiledClock,
  start: ChainedDue,
  subject: Subject,
  zone: string,
  trace: Trace | undefined,
): Instant | undefined {
  const due = clock.countFrom?.(start, subject, zone, trace);
  const other = clock.orEarlier?.(start, subject, zone, undefined);
  if (due === undefined || other === undefined) return due ?? other;
  if (other < due) trace?.add('earlier-count-applies', { at: other, zone });
  return Math.min(due, other);
}

/**
 * The instant a limit beside the rule's own deadline names (`by`, `notBefore`): the platform's field where the order has it, else the
 * count, else the start itself. Undefined when the order does not say.
 */
export function limitOf(clock: CompiledClock, subject: Subject, trace: Trace | undefined): Instant | undefined {
  const platform = platformDue(clock, subject);
  if (platform !== undefined) return platform;
  if (clock.spec.platformDeadline && !clock.countFrom) return undefined;
  const zone = clock.zoneOf(subject, undefined);
  const start = startOf(clock, subject, zone, undefined);
  if (!start) return undefined;
  const limit = clock.countFrom ? countedDue(clock, start, subject, zone, undefined) : start.at;
  if (limit !== undefined) trace?.add('own-limit', { at: limit, zone });
  return limit;
}

/** The platform's own deadline for this clock; for deliveries the latest of the lines where the order has none. */
export function platformDue(clock: CompiledClock, subject: Subject): Instant | undefined {
  const field = clock.spec.platformDeadline;
  if (!field) return undefined;
  const due = subject.facts.platformDeadlines?.[field];
  if (due !== undefined || field !== 'deliverBy') return due;
  let latest: Instant | undefined;
  for (const { deliverBy } of subject.facts.lines) {
    if (deliverBy !== undefined && (latest === undefined || deliverBy > latest)) latest = deliverBy;
  }
  return latest;
}

function checkStart(clock: Clock, at: Reporter): void {
  const { start } = clock;
  if (typeof start === 'object' || start === 'last-scan' || start === 'each-scan' || start in STARTS) return;
  at.fault(
    `unknown clock start: ${String(start)}`,
    `use one of ${Object.keys(STARTS).join(', ')}, last-scan, each-scan`,
  );
}
