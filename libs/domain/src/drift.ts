// Two clocks: whether a rule version and the platform's own deadline have begun to disagree. A platform that changes its rule shows first here.
import type { Instant } from './events.js';

/** Deadlines with a platform clock. Differences are the platform's due instant less ours, in milliseconds. */
export interface DriftCounts {
  readonly deadlines: number;
  /** More than `DRIFT.toleranceMs` apart. */
  readonly differing: number;
  readonly medianMs: number;
  /** The one furthest from zero. */
  readonly worstMs: number;
}

export const DRIFT = {
  /** Due instants this close agree: many platforms state theirs to the minute. */
  toleranceMs: 60_000,
  /** The batch looked at: a rule version's newest deadlines, by the start of their clock. */
  newest: 50,
  /** Below this a batch says nothing. */
  fewest: 10,
  /** Opens when at least this share of the batch differs ... */
  opensAt: 0.3,
  /** ... and this much more than among the earlier ones. */
  rise: 0.2,
  /** Closes when at most this share of the batch still differs. Lower than `opensAt`, so that an alert does not flicker. */
  closesAt: 0.1,
  /** How far back clock starts are counted. */
  reachMs: 90 * 86_400_000,
} as const;

export type DriftDecision =
  | { readonly kind: 'open' | 'close'; readonly reason: 'batch-differs' | 'batch-agrees' }
  | { readonly kind: 'none'; readonly reason: 'too-few' | 'as-before' };

/** What is known of a rule version so far: never an alert, one that is open, or only closed ones. */
export type DriftState = 'never' | 'open' | 'closed';

/**
 * Opens, closes or leaves the alert of one rule version. Without earlier deadlines a rule that differs from its first day on is
 * drift as well. After a first alert the earlier ones include that drift: an open alert ignores them, and a closed one says that a batch
 * has agreed since.
 */
export function driftDecision(recent: DriftCounts, earlier: DriftCounts, state: DriftState): DriftDecision {
  if (recent.deadlines < DRIFT.fewest) return { kind: 'none', reason: 'too-few' };
  const share = shareOf(recent);
  if (state === 'open') {
    return share <= DRIFT.closesAt ? { kind: 'close', reason: 'batch-agrees' } : { kind: 'none', reason: 'as-before' };
  }
  const before = state === 'closed' || earlier.deadlines < DRIFT.fewest ? 0 : shareOf(earlier);
  const hasRisen = share >= DRIFT.opensAt && share - before >= DRIFT.rise;
  return hasRisen ? { kind: 'open', reason: 'batch-differs' } : { kind: 'none', reason: 'as-before' };
}

/** The first clock start that counts at `now`. */
export function driftSince(now: Instant): Instant {
  return now - DRIFT.reachMs;
}

function shareOf({ deadlines, differing }: DriftCounts): number {
  return differing / deadlines;
}
