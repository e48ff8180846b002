import { Inject, Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { EventLogServer } from '#log';
import type { EventLog } from '#log';
import type { Clock, Logger } from '#platform';
import { MAX_AHEAD_BY_DEFAULT } from '#platform';
import { OffsetStore } from '#storage';
import type { DataSource } from '#storage';
import {
  DriftService,
  LATE_LOTS_AT_ONCE,
  LateJudgement,
  OrderCloser,
  RateService,
  RecomputeService,
  RulebookHolder,
  TrackingService,
} from '#tracking';
import { TRACK_GROUP } from '#contracts';
import { BackgroundWork } from './background-work.js';
import { DecisionRelay } from './decision-relay.js';
import { FirstClaim } from './first-claim.js';
import type { RetentionSettings } from './retention.js';
import { Retention } from './retention.js';
import { CLOCK, DATA_SOURCE, EVENT_LOG, LOGGER, LOOP_SETTINGS, MAX_AHEAD_MS, TRANSACTIONS } from './tokens.js';
import { TrackController } from './track.controller.js';
import { TrackMetrics } from './track.metrics.js';
import type { TransactionSettings } from './track.service.js';
import { TrackService } from './track.service.js';

export interface TrackOptions {
  readonly dataSource: DataSource;
  readonly log: EventLog;
  readonly rulebooks: RulebookHolder;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How far in the future an event may claim to have happened: the limit of intake. Default `MAX_AHEAD_BY_DEFAULT`. */
  readonly maxAheadMs?: number;
  /** How often shop rates and miss histories are counted anew. Default one minute. */
  readonly rateRefreshMs?: number;
  /** How often rules are compared with the platforms' own deadlines. Default five minutes. */
  readonly driftRefreshMs?: number;
  /** What is dropped by age. Default nothing. */
  readonly retention?: RetentionSettings;
  /** Default `TRANSACTIONS_BY_DEFAULT`. */
  readonly transactions?: TransactionSettings;
  /** How long an order must have been over to be closed. Default none is. */
  readonly closedMs?: number;
  /** Pause of the relay and of recompute work when there is nothing to do. Default 200 ms. */
  readonly idleMs?: number;
}

/** Of 500, 1,000 and 2,500 records the last cost the least each. */
export const TRANSACTIONS_BY_DEFAULT: TransactionSettings = { maxRecords: 2_500, atOnce: 4, farBehind: 10_000 };

/** One for each transaction in flight, and three for the other background loops and readiness. */
export function connectionsFor({ atOnce }: TransactionSettings): number {
  return atOnce + LATE_LOTS_AT_ONCE + 3;
}

/** Everything `track` does. `HealthModule` must be registered beside it: it provides the metrics. */
@Module({})
export class TrackModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(BackgroundWork) private readonly background: BackgroundWork) {}

  static register(options: TrackOptions): DynamicModule {
    const { dataSource, rulebooks, logger, transactions = TRANSACTIONS_BY_DEFAULT } = options;
    const tracking = new TrackingService(rulebooks);
    return {
      module: TrackModule,
      controllers: [TrackController],
      providers: [
        { provide: DATA_SOURCE, useValue: dataSource },
        { provide: EVENT_LOG, useValue: options.log },
        { provide: CLOCK, useValue: options.clock },
        { provide: LOGGER, useValue: logger },
        {
          provide: LOOP_SETTINGS,
          useValue: { rateRefreshMs: 60_000, driftRefreshMs: 300_000, idleMs: 200, ...options },
        },
        { provide: TRANSACTIONS, useValue: transactions },
        { provide: MAX_AHEAD_MS, useValue: options.maxAheadMs ?? MAX_AHEAD_BY_DEFAULT },
        { provide: OffsetStore, useValue: new OffsetStore(dataSource) },
        { provide: TrackingService, useValue: tracking },
        {
          provide: LateJudgement,
          useValue: new LateJudgement(dataSource, tracking, { farBehind: transactions.farBehind, logger }),
        },
        { provide: RecomputeService, useValue: new RecomputeService(dataSource, tracking, rulebooks, { logger }) },
        { provide: RateService, useValue: new RateService(dataSource, rulebooks) },
        { provide: DriftService, useValue: new DriftService(dataSource) },
        {
          provide: Retention,
          useValue: new Retention(dataSource, options.retention ?? {}, options.clock, logger),
        },
        { provide: OrderCloser, useValue: new OrderCloser(dataSource, rulebooks.base, options.closedMs) },
        BackgroundWork,
        DecisionRelay,
        FirstClaim,
        TrackMetrics,
        TrackService,
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.background.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.background.stop();
  }
}

/** All of them: their batches wait in `TrackService` for the transaction they share. */
const PARTITIONS_CONCURRENTLY = 64;

/** The transport of `track`: `app.connectMicroservice({ strategy: trackServer(options) })`. */
export function trackServer({
  log,
  dataSource,
  transactions = TRANSACTIONS_BY_DEFAULT,
}: Pick<TrackOptions, 'log' | 'dataSource' | 'transactions'>): EventLogServer {
  return new EventLogServer({
    log,
    group: TRACK_GROUP,
    offsets: new OffsetStore(dataSource),
    maxBatch: transactions.maxRecords,
    partitionsConcurrently: PARTITIONS_CONCURRENTLY,
  });
}
