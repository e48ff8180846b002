// The demo's clock: it stands still while the past is loaded, runs a day in a minute or two, then is real time.
import type { Clock } from '#platform';

/**
 * Stands at `standsAt` until `run`, from then on runs `speed` times as fast as the system's clock until it meets real time.
 * It never runs backwards.
 */
export class DemoClock implements Clock {
  private startsAt: number;
  private began: number | undefined;

  constructor(
    standsAt: number,
    private readonly speed: number,
    readonly real: () => number = Date.now,
  ) {
    this.startsAt = standsAt;
  }

  /** Jumps to `startsAt` (UTC epoch ms) and runs. */
  run(startsAt: number): void {
    this.startsAt = Math.max(startsAt, this.startsAt);
    this.began = this.real();
  }

  now(): number {
    if (this.began === undefined) return this.startsAt;
    const real = this.real();
    return Math.min(real, this.startsAt + (real - this.began) * this.speed);
  }

  /** How fast it runs now: 1 once it has met real time. */
  pace(): number {
    return this.now() < this.real() ? this.speed : 1;
  }
}
