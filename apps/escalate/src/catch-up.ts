// Whether `track` is still reading evidence that may meet what is due: then a sweep would raise false alarms. A decision as data.
import { ALIVE_MS, FIRST_CLAIM_MS } from '#storage';
import type { Backlog } from '#storage';

/** Whether alarms should wait. `backlog` is undefined where `track` never ran; `runningMs` is how long `escalate` runs. */
export function isCatchingUp(backlog: Backlog | undefined, runningMs: number, toleratedRecords: number): boolean {
  if (!backlog) return false;
  if (backlog.movedMsAgo > ALIVE_MS) return runningMs < FIRST_CLAIM_MS;
  return backlog.isStarting || backlog.records + backlog.unjudged > toleratedRecords;
}

/** `since` is the first held sweep of this catch-up; it stays when the limit has passed, so that one catch-up holds only once. */
export interface Hold {
  readonly since: number | undefined;
  readonly isHeld: boolean;
  readonly reason: 'current' | 'catching-up' | 'held-too-long';
}

export const NO_HOLD: Hold = { since: undefined, isHeld: false, reason: 'current' };

export function nextHold({ since = Infinity }: Hold, catchingUp: boolean, now: number, maxHoldMs: number): Hold {
  if (!catchingUp) return NO_HOLD;
  const first = Math.min(since, now);
  const isHeld = now - first < maxHoldMs;
  return { since: first, isHeld, reason: isHeld ? 'catching-up' : 'held-too-long' };
}
