// One thread serves every tenant, so they take turns on it: in each turn of the event loop every tenant that waits gets as many pieces of work
// done as the others. However much one of them sends, another's request waits for a few pieces of it and not for all.
import { Injectable } from '@nestjs/common';

type Begin = () => void;

/** Pieces of work in a turn of the event loop, of all tenants; each tenant gets one in any case. A turn costs as much as a small piece. */
const PIECES_A_ROUND = 4;

@Injectable()
export class FairTurns {
  private readonly waiting = new Map<string, Begin[]>();

  /** How many pieces of this tenant's work wait. */
  waitingOf(tenantId: string): number {
    return this.waiting.get(tenantId)?.length ?? 0;
  }

  /** Resolves when the tenant's next piece of work may begin: in its own order, after what the event loop has at hand. */
  next(tenantId: string): Promise<void> {
    return new Promise((begin) => {
      if (this.waiting.size === 0) setImmediate(() => this.round());
      const queue = this.waiting.get(tenantId);
      if (queue) queue.push(begin);
      else this.waiting.set(tenantId, [begin]);
    });
  }

  private round(): void {
    const each = Math.max(1, Math.floor(PIECES_A_ROUND / this.waiting.size));
    for (let piece = 0; piece < each; piece++) {
      for (const [tenantId, queue] of this.waiting) {
        queue.shift()?.();
        if (queue.length === 0) this.waiting.delete(tenantId);
      }
    }
    // The event loop reads from sockets in between, so that whoever comes meanwhile is in the next round.
    if (this.waiting.size > 0) setImmediate(() => this.round());
  }
}
