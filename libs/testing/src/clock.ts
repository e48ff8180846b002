export interface Clock {
  /** Epoch milliseconds, UTC. */
  now(): number;
}

export interface ManualClock extends Clock {
  advance(ms: number): void;
  /** Jumps to an ISO 8601 instant, also backwards. */
  set(iso: string): void;
}

/** A clock that stands still at an ISO 8601 instant (with zone, e.g. `2026-03-01T09:00:00Z`). */
export function fixedClock(iso: string): Clock {
  const at = instant(iso);
  return { now: () => at };
}

export function manualClock(iso: string): ManualClock {
  let at = instant(iso);
  return {
    now: () => at,
    advance: (ms) => {
      at += ms;
    },
    set: (to) => {
      at = instant(to);
    },
  };
}

function instant(iso: string): number {
  if (!/(Z|[+-]\d\d:\d\d)$/.test(iso)) throw new TypeError(`An instant needs its zone: ${iso}`);
  const at = Date.parse(iso);
  if (Number.isNaN(at)) throw new TypeError(`Not an ISO 8601 instant: ${iso}`);
  return at;
}
