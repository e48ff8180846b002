import type { DynamicModule, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Inject, Module } from '@nestjs/common';
import type { BacktestOptions } from './backtest-options.js';
import { withBacktestDefaults } from './backtest-options.js';
import { BacktestService } from './backtest.service.js';

/** Works on backtests from the start of the Nest application to its close. */
@Module({})
export class BacktestModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(@Inject(BacktestService) private readonly service: BacktestService) {}

  static register(options: BacktestOptions): DynamicModule {
    const useFactory = (): BacktestService => new BacktestService(withBacktestDefaults(options));
    return { module: BacktestModule, providers: [{ provide: BacktestService, useFactory }] };
  }

  onApplicationBootstrap(): Promise<void> {
    return this.service.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.service.stop();
  }
}
