// Time as a dependency: services take a Clock, only this file reads the system's.

/** `now()` is UTC epoch milliseconds. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that runs `speed` times as fast as the system's, from `startsAt` at the moment it is made. Used by the demo. */
export function acceleratedClock(startsAt: number, speed: number): Clock {
  const began = Date.now();
  return { now: () => startsAt + (Date.now() - began) * speed };
}
