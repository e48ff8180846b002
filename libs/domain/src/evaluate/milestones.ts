// How the amount of a deadline grows if nothing more happens.
import type { CompiledPenalty } from '../compile/penalty.js';
import { secondsLate } from '../compile/satisfaction.js';
import type { ProjectedFine } from '../deadline.js';
import type { Instant } from '../events.js';
import { firstLateInstant } from '../ladder.js';
import { amountAt } from './amount.js';
import type { MoneyInput } from './money-base.js';
import type { Outcome } from './outcome.js';

type Milestone = ProjectedFine['milestones'][number];

const MILESTONES = 6;
export const NO_MILESTONES: readonly Milestone[] = [];

/** The amount at each instant from now on at which it changes if nothing more happens, at most six of them. */
export function milestonesOf(
  penalty: CompiledPenalty,
  outcome: Outcome,
  input: MoneyInput,
  amountNow: number,
): readonly Milestone[] {
  const isMissed = outcome.status === 'missed';
  if (isMissed && !outcome.growing) return NO_MILESTONES;
  const isFlat = penalty.tiers.length === 0 && !penalty.accrual;
  if (isFlat) return isMissed ? NO_MILESTONES : [{ at: firstLateInstant(outcome.limit), amountMinor: amountNow }];
  const milestones: Milestone[] = [];
  let last = isMissed ? amountNow : -1;
  for (const at of changesOf(penalty, outcome.limit, input.subject.context.asOf)) {
    const { amountMinor } = amountAt(penalty, input, secondsLate(at, outcome.limit), undefined);
    if (amountMinor !== last) milestones.push({ at, amountMinor });
    last = amountMinor;
  }
  return milestones;
}

/** Instants after `asOf` at which a tier or a period begins; the breach itself is the first. */
function changesOf(penalty: CompiledPenalty, limit: Instant, asOf: Instant): readonly Instant[] {
  const late = firstLateInstant(limit);
  const changes = [late, ...penalty.tiers.map((tier) => late + tier.afterSeconds * 1000)];
  if (penalty.accrual) {
    const every = penalty.accrual.everySeconds * 1000;
    const passed = Math.max(0, Math.ceil((asOf - late) / every));
    for (let i = 0; i < MILESTONES; i++) changes.push(late + (passed + i) * every);
  }
  return [...new Set(changes)]
    .filter((at) => at > asOf)
    .sort((a, b) => a - b)
    .slice(0, MILESTONES);
}
