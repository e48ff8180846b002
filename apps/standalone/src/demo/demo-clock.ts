// The demo's clock: a day in a minute or two, then real time. It never runs backwards.
import type { Clock } from '#platform';

/** Runs `speed` times as fast as the system's clock from `startsAt` until it meets real time, then is real time. */
export class DemoClock implements Clock {
  private readonly began: number;

  constructor(
    private readonly startsAt: number,
    private readonly speed: number,
    private readonly real: () => number = Date.now,
  ) {
    this.began = real();
  }

  now(): number {
    const real = this.real();
    return Math.min(real, this.startsAt + (real - this.began) * this.speed);
  }

  /** How fast it runs now: 1 once it has met real time. */
  pace(): number {
    return this.now() < this.real() ? this.speed : 1;
  }
}
