import type { Logger } from '#platform';

/** Does one round of work; answers the real milliseconds to pause before the next, at most the loop's interval. */
export type Round = () => Promise<number>;

/** Repeats a round until it is stopped. A round that fails is logged and tried again after the interval. */
export class Loop {
  private running: Promise<void> | undefined;
  private stopped = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly name: string,
    private readonly round: Round,
    private readonly intervalMs: number,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Lets the round in progress finish. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) await this.pause(await this.attempt());
  }

  private async attempt(): Promise<number> {
    try {
      return await this.round();
    } catch (error) {
      this.logger.error({ err: error, loop: this.name }, 'round failed, trying again');
      return this.intervalMs;
    }
  }

  private pause(ms: number): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(Math.max(ms, 0), this.intervalMs));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
