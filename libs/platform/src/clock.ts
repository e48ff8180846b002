// Time as a dependency: services take a Clock, only this file reads the system's.

/** `now()` is UTC epoch milliseconds. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
