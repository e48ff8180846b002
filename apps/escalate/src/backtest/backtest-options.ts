import type { Clock, Logger, Metrics } from '#platform';
import type { Queues } from '#queue';
import type { DataSource } from '#storage';
import type { RulebookHolder } from '#tracking';

/** What the worker is given; the application opens and closes it. */
export interface BacktestOptions {
  readonly dataSource: DataSource;
  readonly queues: Queues;
  readonly rulebooks: RulebookHolder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Pause between two looks at the table, real milliseconds. Default 2,000. */
  readonly backtestSweepMs?: number;
  /** A backtest without a sign of life for so long is queued again; real milliseconds. Default 120,000. */
  readonly backtestSilentMs?: number;
  /** Events read at once. Default 1,000. */
  readonly backtestPageSize?: number;
}

export type BacktestSettings = Required<BacktestOptions>;

export function withBacktestDefaults(options: BacktestOptions): BacktestSettings {
  return { backtestSweepMs: 2_000, backtestSilentMs: 120_000, backtestPageSize: 1_000, ...options };
}
