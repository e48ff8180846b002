// One thread serves every tenant, so they take turns on it: in each turn of the event loop every tenant that waits gets one piece of work
// done. However much one of them sends, another's request waits for one piece of it and not for all.
import { Injectable } from '@nestjs/common';

type Begin = () => void;

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
    for (const [tenantId, queue] of this.waiting) {
      queue.shift()?.();
      if (queue.length === 0) this.waiting.delete(tenantId);
    }
    // The event loop reads from sockets in between, so that whoever comes meanwhile is in the next round.
    if (this.waiting.size > 0) setImmediate(() => this.round());
  }
}
