import type { DynamicModule, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Inject, Module } from '@nestjs/common';
import type { EscalateOptions } from './escalate-options.js';
import { withDefaults } from './escalate-options.js';
import { EscalateService } from './escalate.service.js';

/** Runs the stage from the start of the Nest application to its close. Options are the application's own to open and close. */
@Module({})
export class EscalateModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(@Inject(EscalateService) private readonly service: EscalateService) {}

  static register(options: EscalateOptions): DynamicModule {
    const service = { provide: EscalateService, useFactory: () => new EscalateService(withDefaults(options)) };
    return { module: EscalateModule, providers: [service], exports: [EscalateService] };
  }

  onApplicationBootstrap(): Promise<void> {
    return this.service.start();
  }

  // The first hook of a close: later ones may already find connections closed.
  onModuleDestroy(): Promise<void> {
    return this.service.stop();
  }
}
