// What each app's `main` begins with.
import type { z } from 'zod';
import { loadConfig } from './config.js';
import type { sharedConfig } from './config.js';
import { Readiness } from './health.js';
import { createLogger } from './logger.js';
import type { Logger } from './logger.js';
import { Metrics } from './metrics.js';

export interface AppProcess<Config> {
  readonly app: string;
  readonly config: Config;
  readonly logger: Logger;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
}

type WithLogLevel = z.ZodObject<Pick<(typeof sharedConfig)['shape'], 'LOG_LEVEL'>>;

/** Reads the environment, or ends the process with every problem of it. Once per process: it registers process metrics. */
export function startProcess<Schema extends WithLogLevel>(app: string, schema: Schema): AppProcess<z.output<Schema>> {
  const config = loadConfig(app, schema);
  const { LOG_LEVEL } = config as z.output<WithLogLevel>;
  const metrics = new Metrics().withProcessMetrics();
  return { app, config, logger: createLogger(app, LOG_LEVEL), readiness: new Readiness(), metrics };
}
