import { TRACK_GROUP } from '#contracts';
import type { Counter } from '#platform';
import { OffsetStore } from '#storage';
import { NO_HOLD, isCatchingUp, nextHold } from './catch-up.js';
import type { Hold } from './catch-up.js';
import type { Settings } from './escalate-options.js';

/** Holds sweeps back while `track` catches up, and says so once when it begins and once when it ends. */
export class CatchUpHold {
  private readonly offsets: OffsetStore;
  private readonly held: Counter;
  private readonly startedAt: number;
  private hold = NO_HOLD;

  constructor(private readonly settings: Settings) {
    this.offsets = new OffsetStore(settings.dataSource);
    this.held = settings.metrics.counter(
      'fineline_escalate_held_sweeps_total',
      'Sweeps held back while track catches up',
    );
    this.startedAt = settings.clock.now();
  }

  /** Whether the last sweep that asked had to wait. */
  get wasHeld(): boolean {
    return this.hold.isHeld;
  }

  /** Whether this sweep must wait. */
  async isHeld(): Promise<boolean> {
    const { clock, backlogRecords, maxHoldMs } = this.settings;
    const backlog = await this.offsets.backlog(TRACK_GROUP);
    const now = clock.now();
    const catchingUp = isCatchingUp(backlog, now - this.startedAt, backlogRecords);
    this.moveTo(nextHold(this.hold, catchingUp, now, maxHoldMs), backlog?.records ?? 0, now);
    if (this.hold.isHeld) this.held.inc();
    return this.hold.isHeld;
  }

  private moveTo(next: Hold, backlog: number, now: number): void {
    const { logger } = this.settings;
    const before = this.hold;
    this.hold = next;
    if (next.isHeld && !before.isHeld) logger.info({ backlog }, 'track is catching up: steps are held');
    if (before.isHeld && !next.isHeld) {
      logger.info({ backlog, heldMs: now - before.since!, reason: next.reason }, 'steps are no longer held');
    }
  }
}
