// When a failed attempt is made again: the schedule Standard Webhooks proposes, over three days.
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DELAYS_MS = [
  5 * SECOND,
  300 * SECOND,
  1_800 * SECOND,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
const JITTER = 0.2;

/** Attempts a notice has, the first included. */
export const ATTEMPTS = DELAYS_MS.length + 1;

/**
 * Milliseconds from attempt number `attempt` (1 for the first) to the next, spread by a fifth either way; undefined when it was
 * the last. Never before `notBeforeMs`.
 */
export function retryDelayMs(attempt: number, notBeforeMs: number, random: () => number): number | undefined {
  const delay = DELAYS_MS[attempt - 1];
  if (delay === undefined) return undefined;
  return Math.max(notBeforeMs, Math.round(delay * (1 - JITTER + 2 * JITTER * random())));
}
