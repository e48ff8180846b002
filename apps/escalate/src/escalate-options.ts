// What the stage is given rather than looks up. `main` reads it from the environment; standalone and tests pass their own.
import type { Clock, Logger, Metrics } from '#platform';
import type { Queues } from '#queue';
import type { DataSource } from '#storage';
import type { RulebookHolder } from '#tracking';

export interface EscalateOptions {
  /** Connected. Closed by whoever opened it, after the module. */
  readonly dataSource: DataSource;
  readonly queues: Queues;
  readonly rulebooks: RulebookHolder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Longest pause between two looks at the database, real milliseconds. Default 1,000. */
  readonly sweepIntervalMs?: number;
  /** Deadlines claimed in one transaction. Default 2,500. */
  readonly lotSize?: number;
  /** What was queued so long ago and is still undone is queued again; milliseconds of the clock. Default 60,000. */
  readonly requeueAfterMs?: number;
  /** A step taken later than this is marked late; milliseconds of the clock. Default 60,000. */
  readonly lateAfterMs?: number;
  /** Jobs of the `escalations` queue at the same time. Default 4. */
  readonly concurrency?: number;
  /** Records `track` may be behind without steps being held. Default 5,000. */
  readonly backlogRecords?: number;
  /** Longest time steps are held while `track` catches up; milliseconds of the clock. Default 120,000. */
  readonly maxHoldMs?: number;
}

export type Settings = Required<EscalateOptions>;

export function withDefaults(options: EscalateOptions): Settings {
  return {
    sweepIntervalMs: 1_000,
    lotSize: 1_000,
    requeueAfterMs: 60_000,
    lateAfterMs: 60_000,
    concurrency: 4,
    backlogRecords: 5_000,
    maxHoldMs: 120_000,
    ...options,
  };
}
