// The due instant that governs: the rule's own, the platform's where it sent one, or a waiver's.
import { countedDue, platformDue, startOf, type CompiledClock } from '../compile/clock.js';
import type { CompiledVersion, CompiledWaiver } from '../compile/compiled.js';
import type { Instant } from '../events.js';
import type { ChainedDue, Subject } from './subject.js';
import type { Trace } from './trace.js';
import { waiversFor } from './waivers.js';

export interface Due {
  readonly startsAt: Instant;
  readonly dueAt: Instant;
  readonly governedBy: 'rule' | 'platform' | 'waiver';
  readonly computedDueAt: Instant | undefined;
  readonly platformDueAt: Instant | undefined;
  readonly zone: string;
  /** Waivers that cover the clock start. */
  readonly waivers: readonly CompiledWaiver[];
}

/** Undefined while the clock has not started, or when neither we nor the platform know a due instant. */
export function dueOf(version: CompiledVersion, subject: Subject, trace: Trace | undefined): Due | undefined {
  const { clock } = version;
  if (!clock) return undefined;
  const zone = clock.zoneOf(subject, trace);
  if (trace) trace.zone = zone;
  const start = startOf(clock, subject, zone, trace);
  return dueFrom(version, clock, start, subject, zone, trace);
}

/** The same from a known start; without one only the platform's deadline counts, from the order's placing. */
export function dueFrom(
  version: CompiledVersion,
  clock: CompiledClock,
  start: ChainedDue | undefined,
  subject: Subject,
  zone: string,
  trace: Trace | undefined,
): Due | undefined {
  const computed = start && countedDue(clock, start, subject, zone, trace);
  const platform = platformDue(clock, subject);
  if (computed === undefined && platform === undefined) return undefined;
  const waivers = waiversFor(version, start?.at ?? subject.facts.clocks.placedAt, subject);
  if (trace) traceDues(computed, platform, zone, clock, trace);
  const plain = platform ?? computed!;
  const extended = waivers.length > 0 ? extendedDue(clock, waivers, computed, platform, subject, zone, trace) : plain;
  return {
    startsAt: runsSince(start, computed) ?? subject.facts.clocks.placedAt,
    dueAt: extended,
    governedBy: extended !== plain ? 'waiver' : platform === undefined ? 'rule' : 'platform',
    computedDueAt: computed,
    platformDueAt: platform,
    zone,
    waivers,
  };
}

/** A rule that is due with the one it waits for runs as long as that one: there is time to act before both. */
function runsSince(start: ChainedDue | undefined, computed: Instant | undefined): Instant | undefined {
  return start && start.at === computed ? (start.startsAt ?? start.at) : start?.at;
}

/**
 * Waivers move our own due instant; the platform's may know of the waiver already, so of the two the later governs. A platform deadline
 * without a count of ours is moved itself.
 */
function extendedDue(
  clock: CompiledClock,
  waivers: readonly CompiledWaiver[],
  computed: Instant | undefined,
  platform: Instant | undefined,
  subject: Subject,
  zone: string,
  trace: Trace | undefined,
): Instant {
  const before = computed ?? platform!;
  let due = before;
  for (const { id, effect, text } of waivers) {
    if (effect.kind === 'extra-days') due = clock.extendBy(due, effect.days, subject, zone);
    else if (effect.kind === 'fixed-due') due = effect.dueAt;
    else continue;
    trace?.add('waiver-moves-due', { waiver: id, en: text.en, zh: text.zh, at: due, zone });
  }
  if (due === before) return platform ?? before;
  return platform === undefined ? due : Math.max(platform, due);
}

function traceDues(
  computed: Instant | undefined,
  platform: Instant | undefined,
  zone: string,
  clock: CompiledClock,
  trace: Trace,
): void {
  if (computed !== undefined) trace.add('computed-due', { at: computed, zone });
  if (platform === undefined) return;
  trace.add('platform-due', { at: platform, zone, field: clock.spec.platformDeadline! });
  if (computed === undefined) return;
  const differenceMs = platform - computed;
  trace.add(differenceMs === 0 ? 'dues-agree' : 'dues-differ', { differenceMs });
}
