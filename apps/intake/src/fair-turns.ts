// One thread serves every tenant, so they take turns on it: in each turn of the event loop every tenant that waits gets as many pieces of work
// done as the others. However much one of them sends, another's request waits for a few pieces of it and not for all.
import { Injectable } from '@nestjs/common';

type Begin = () => void;

/** Pieces of work in a turn of the event loop while one tenant alone sends. A turn costs as much as a small piece. */
const PIECES_ALONE = 8;
/** A tenant is alone when no other has sent for so long. */
const ALONE_MS = 1_000;
/** Turns in a row that may pass without work because connections come in. */
const MOST_PASSED = 128;

@Injectable()
export class FairTurns {
  private readonly waiting = new Map<string, Begin[]>();
  private latest = '';
  private changedAt = 0;
  private hasArrival = false;
  private passed = 0;

  /** How many pieces of this tenant's work wait. */
  waitingOf(tenantId: string): number {
    return this.waiting.get(tenantId)?.length ?? 0;
  }

  /** Resolves when the tenant's next piece of work may begin: in its own order, after what the event loop has at hand. */
  next(tenantId: string): Promise<void> {
    if (tenantId !== this.latest) this.changedAt = performance.now();
    this.latest = tenantId;
    return new Promise((begin) => {
      if (this.waiting.size === 0) setImmediate(() => this.round());
      const queue = this.waiting.get(tenantId);
      if (queue) queue.push(begin);
      else this.waiting.set(tenantId, [begin]);
    });
  }

  /**
   * Somebody has connected. Node accepts one connection in a turn, so where one tenant opens many, another's would wait for as many turns
   * full of work: a turn in which one arrives has none.
   */
  arrival(): void {
    this.hasArrival = true;
  }

  private round(): void {
    if (this.hasArrival && this.passed < MOST_PASSED) this.passed += 1;
    else this.work();
    this.hasArrival = false;
    // The event loop reads from sockets in between, so that whoever comes meanwhile is in the next round.
    if (this.waiting.size > 0) setImmediate(() => this.round());
  }

  private work(): void {
    this.passed = 0;
    const isAlone = performance.now() - this.changedAt >= ALONE_MS;
    for (let piece = 0; piece < (isAlone ? PIECES_ALONE : 1); piece++) {
      for (const [tenantId, queue] of this.waiting) {
        queue.shift()?.();
        if (queue.length === 0) this.waiting.delete(tenantId);
      }
    }
  }
}
