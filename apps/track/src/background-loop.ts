import type { Logger } from '#platform';

export interface LoopSettings {
  readonly name: string;
  /** Pause after a round that found nothing to do. */
  readonly idleMs: number;
  readonly logger: Logger;
  /** One round; true when there may be more to do at once. */
  round(): Promise<boolean>;
}

const MAX_BACKOFF_MS = 30_000;

/** Repeats a round until stopped; a round that throws is logged and tried again later and later. */
export class BackgroundLoop {
  private stopping = false;
  private isNudged = false;
  private isIdle = false;
  private wake: (() => void) | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly settings: LoopSettings) {}

  start(): void {
    this.running ??= this.run();
  }

  /** There is something to do: no pause before the next round, but after a round that failed. */
  nudge(): void {
    this.isNudged = true;
    if (this.isIdle) this.wake?.();
  }

  /** Resolves when the round in progress has ended. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake?.();
    await this.running;
  }

  private async run(): Promise<void> {
    const { name, idleMs, logger, round } = this.settings;
    let failures = 0;
    while (!this.stopping) {
      try {
        this.isNudged = false;
        const hasMore = await round();
        failures = 0;
        if (!hasMore && !this.isNudged) await this.idle(idleMs);
      } catch (error) {
        failures += 1;
        logger.error({ err: error, loop: name, failures }, 'background round failed');
        await this.pause(Math.min(MAX_BACKOFF_MS, 250 * 2 ** failures));
      }
    }
  }

  private async idle(ms: number): Promise<void> {
    this.isIdle = true;
    await this.pause(ms);
    this.isIdle = false;
  }

  private pause(ms: number): Promise<void> {
    if (this.stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
