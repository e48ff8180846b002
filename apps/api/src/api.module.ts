// The API as a module: `main` runs it alone, standalone beside everything else, tests with their own database and clock.
import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { RequestLimits } from '#platform';
import type { ApiOptions } from './api-options.js';
import { API_OPTIONS } from './api-options.js';
import { IdentityGuard } from './auth/identity-guard.js';
import { KeyDirectory } from './auth/key-directory.js';
import { ProfileService } from './auth/profile.service.js';
import { SessionController } from './auth/session.controller.js';
import { ChangeHub } from './changes/change-hub.js';
import { ChangesController } from './changes/changes.controller.js';
import { DaysOffController } from './days-off/days-off.controller.js';
import { DeadlinesController } from './deadlines/deadlines.controller.js';
import { WaiveService } from './deadlines/waive.service.js';
import { EscalationsController } from './escalations/escalations.controller.js';
import { EscalationsService } from './escalations/escalations.service.js';
import { ExposureController } from './exposure/exposure.controller.js';
import { ExposureService } from './exposure/exposure.service.js';
import { OrderDetailService } from './orders/order-detail.service.js';
import { OrderEvaluation } from './orders/order-evaluation.js';
import { OrdersController } from './orders/orders.controller.js';
import { WhatIfService } from './orders/what-if.service.js';
import { ParcelsController } from './parcels/parcels.controller.js';
import { PersonalRecord } from './personal-record.js';
import { QuarantineController } from './quarantine/quarantine.controller.js';
import { QuarantineService } from './quarantine/quarantine.service.js';
import { PointsService } from './records/points.service.js';
import { RatesService } from './records/rates.service.js';
import { RecordsController } from './records/records.controller.js';
import { RuleTitles } from './rulebooks/rule-titles.js';
import { RulebooksController } from './rulebooks/rulebooks.controller.js';
import { BacktestsController } from './rules/backtests.controller.js';
import { BacktestsService } from './rules/backtests.service.js';
import { DriftController } from './rules/drift.controller.js';
import { OverlaysController } from './rules/overlays.controller.js';
import { OverlaysService } from './rules/overlays.service.js';

const CONTROLLERS = [
  SessionController,
  OrdersController,
  ParcelsController,
  DaysOffController,
  DeadlinesController,
  EscalationsController,
  ExposureController,
  QuarantineController,
  RecordsController,
  RulebooksController,
  DriftController,
  OverlaysController,
  BacktestsController,
  ChangesController,
];

@Module({})
export class ApiModule {
  static register(options: ApiOptions): DynamicModule {
    return {
      module: ApiModule,
      controllers: CONTROLLERS,
      providers: [
        { provide: API_OPTIONS, useValue: options },
        { provide: RequestLimits, useValue: new RequestLimits(options.requestsPerMinute) },
        IdentityGuard,
        KeyDirectory,
        ProfileService,
        PersonalRecord,
        RuleTitles,
        OrderEvaluation,
        OrderDetailService,
        WhatIfService,
        WaiveService,
        EscalationsService,
        ExposureService,
        QuarantineService,
        PointsService,
        RatesService,
        OverlaysService,
        BacktestsService,
        ChangeHub,
      ],
    };
  }
}
