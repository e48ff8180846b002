// The ladder of escalation: which steps lead up to a deadline, and which of them is due.
import type { LadderStep } from './deadline.js';
import type { Instant } from './events.js';
import type { LadderSpec } from './rule.js';

const HOUR_MS = 3_600_000;
const DEFAULT_HOURS: readonly number[] = [24, 12, 4, 0];

/**
 * Steps in time order. Hours before the due instant; 0 is the breach, one second after it, since the due second itself is on time.
 * Default 24, 12, 4 and the breach. Steps before the start are left out.
 */
export function ladderOf(dueAt: Instant, startsAt: Instant, spec?: readonly LadderSpec[]): readonly LadderStep[] {
  const hours = spec ? spec.map((step) => step.hoursBefore).sort((a, b) => b - a) : DEFAULT_HOURS;
  return ladderSteps(dueAt, startsAt, hours);
}

/** The same for hours sorted already, longest first; `undefined` for the default. */
export function ladderSteps(
  dueAt: Instant,
  startsAt: Instant,
  hours: readonly number[] = DEFAULT_HOURS,
): readonly LadderStep[] {
  const steps: LadderStep[] = [];
  for (const before of hours) {
    const at = before === 0 ? firstLateInstant(dueAt) : dueAt - before * HOUR_MS;
    if (at >= startsAt) steps.push({ step: stepName(before), at });
  }
  return steps;
}

/**
 * `due`: of the steps whose time has come and that were not taken, the most urgent, which is the last; steps before one that was taken are
 * past. `next`: the first step still to come. `takenSteps` are step names.
 */
export function nextStep(
  ladder: readonly LadderStep[],
  asOf: Instant,
  takenSteps: readonly string[],
): { readonly due: LadderStep | undefined; readonly next: LadderStep | undefined } {
  const latest = ladder.findLast((step) => step.at <= asOf);
  const due = latest && !takenSteps.includes(latest.step) ? latest : undefined;
  return { due, next: ladder.find((step) => step.at > asOf) };
}

/** The first instant that is late for a limit: the start of the next whole second. */
export function firstLateInstant(limit: Instant): Instant {
  return (Math.floor(limit / 1000) + 1) * 1000;
}

function stepName(hoursBefore: number): string {
  return hoursBefore === 0 ? 'breach' : `t-${hoursBefore}h`;
}
