// The intake stage as one module: for its own process, for the embedded form and for tests, which each pass their log and record.
import type { DynamicModule, MiddlewareConsumer, NestModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { EventLog } from '#log';
import type { Clock, Logger } from '#platform';
import { RequestLimits, systemClock } from '#platform';
import type { DataSource } from '#storage';
import { ApiKeyStore } from '#storage';
import { CarrierController } from './carrier.controller.js';
import { CsvController } from './csv.controller.js';
import { EventController } from './event.controller.js';
import { FairTurns } from './fair-turns.js';
import type { IntakeSettings } from './intake.config.js';
import { intakeSettings } from './intake.config.js';
import { IntakeMetrics } from './intake.metrics.js';
import { IntakeService } from './intake.service.js';
import { API_KEYS, CLOCK, DATA_SOURCE, EVENT_LOG, LOGGER, SETTINGS } from './intake.tokens.js';
import { KeyCheck } from './key-check.js';
import { Ownership } from './ownership.js';
import { RequestDesk } from './request-desk.js';
import { SenderGate } from './sender.gate.js';
import { Strangers } from './strangers.js';

export interface IntakeOptions {
  readonly dataSource: DataSource;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly settings?: IntakeSettings;
}

@Module({})
export class IntakeModule implements NestModule {
  /**
   * Needs the global `HealthModule` beside it (for `Metrics`), and a host created with `bodyParser: false` or `rawBody: true`:
   * bodies are read as bytes here.
   */
  static register({
    dataSource,
    log,
    logger,
    clock = systemClock,
    settings = intakeSettings(),
  }: IntakeOptions): DynamicModule {
    return {
      module: IntakeModule,
      controllers: [EventController, CsvController, CarrierController],
      providers: [
        { provide: DATA_SOURCE, useValue: dataSource },
        { provide: EVENT_LOG, useValue: log },
        { provide: LOGGER, useValue: logger },
        { provide: CLOCK, useValue: clock },
        { provide: SETTINGS, useValue: settings },
        { provide: API_KEYS, useValue: new ApiKeyStore() },
        { provide: RequestLimits, useValue: new RequestLimits(settings.strangersPerMinute) },
        FairTurns,
        IntakeMetrics,
        IntakeService,
        KeyCheck,
        Ownership,
        RequestDesk,
        SenderGate,
        Strangers,
      ],
    };
  }

  /** Carriers are known by their endpoint and signature instead: their controller asks the desk itself. */
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(SenderGate).forRoutes(EventController, CsvController);
  }
}
