import { setImmediate as nextTurn } from 'node:timers/promises';

const LONGEST_TURN_MS = 10;

/** Runs a generator to its end, letting timers and sockets have their turn every few milliseconds. */
export async function withPauses<Result>(steps: Generator<unknown, Result>): Promise<Result> {
  let turnEndsAt = performance.now() + LONGEST_TURN_MS;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() < turnEndsAt) continue;
    await nextTurn();
    turnEndsAt = performance.now() + LONGEST_TURN_MS;
  }
}
