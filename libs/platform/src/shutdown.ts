// Bounded graceful shutdown: readiness false first, then each step in order, then exit; never longer than the grace period.
import type { Readiness } from './health.js';
import type { Logger } from './logger.js';

export interface ShutdownStep {
  readonly name: string;
  run(): Promise<unknown>;
}

/**
 * Runs `steps` in order on SIGTERM or SIGINT and exits 0; exits 1 when `graceMs` passes first. A second signal exits at once.
 */
export function onShutdown(options: {
  logger: Logger;
  readiness?: Readiness;
  graceMs: number;
  steps: ShutdownStep[];
}): void {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    options.logger.info({ signal }, 'stopping');
    options.readiness?.drain();
    const late = setTimeout(() => {
      options.logger.error({ graceMs: options.graceMs }, 'grace period passed, exiting with work undone');
      process.exit(1);
    }, options.graceMs);
    late.unref();
    for (const step of options.steps) {
      await step
        .run()
        .catch((error: unknown) => options.logger.error({ err: error, step: step.name }, 'shutdown step failed'));
    }
    options.logger.info('stopped');
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}
