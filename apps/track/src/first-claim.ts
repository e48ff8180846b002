import { Inject, Injectable } from '@nestjs/common';
import { TRACK_GROUP } from '#contracts';
import { FIRST_CLAIM_MS, OffsetStore } from '#storage';

/** What is left to read of the log is not known before its partitions have been claimed after a start: what is known by then is of before it. */
@Injectable()
export class FirstClaim {
  private readonly startedAt = performance.now();
  private isOver = false;

  constructor(@Inject(OffsetStore) private readonly offsets: OffsetStore) {}

  /** Whether partitions have been claimed or read since this process started, or it has waited long enough for that. */
  async isMade(): Promise<boolean> {
    const runningMs = performance.now() - this.startedAt;
    this.isOver ||= runningMs >= FIRST_CLAIM_MS || (await this.hasMovedWithin(runningMs));
    return this.isOver;
  }

  private async hasMovedWithin(ms: number): Promise<boolean> {
    const backlog = await this.offsets.backlog(TRACK_GROUP);
    return backlog !== undefined && backlog.movedMsAgo < ms;
  }
}
