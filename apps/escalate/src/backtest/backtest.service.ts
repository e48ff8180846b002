import { BacktestStore, withService } from '#storage';
import { Loop } from '../loop.js';
import type { BacktestSettings } from './backtest-options.js';
import { BacktestProcessor } from './backtest.processor.js';

const LOT = 100;

/** Puts asked-for backtests into the queue, new ones and those it lost, and works on one at a time. */
export class BacktestService {
  readonly processor: BacktestProcessor;
  private readonly store = new BacktestStore();
  private readonly loop: Loop;

  constructor(private readonly settings: BacktestSettings) {
    this.processor = new BacktestProcessor(settings);
    const round = async (): Promise<number> => {
      await this.sweep();
      return settings.backtestSweepMs;
    };
    this.loop = new Loop('backtests', round, settings.backtestSweepMs, settings.logger);
  }

  async start(): Promise<void> {
    await this.settings.queues.work('backtests', this.processor.handle, { concurrency: 1 });
    this.loop.start();
  }

  /** Lets the round in progress finish. The worker is closed with the queues. */
  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** Answers how many were queued. Another instant makes another job id: BullMQ ignores one it still keeps. */
  sweep(): Promise<number> {
    const { dataSource, queues, backtestSilentMs } = this.settings;
    return withService(dataSource, async (transaction) => {
      const taken = await this.store.takeUnqueued(transaction, backtestSilentMs, LOT);
      await queues.backtests.add(
        taken.map(({ backtestId, tenantId, queuedAt }) => ({
          id: `backtest-${backtestId}-${Math.floor(queuedAt)}`,
          payload: { backtestId, tenantId },
          expectedMinor: 0,
          currency: 'USD',
        })),
      );
      return taken.length;
    });
  }
}
