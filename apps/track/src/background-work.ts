import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Logger } from '#platform';
import { DriftService, LateJudgement, OrderCloser, RateService, RecomputeService } from '#tracking';
import { BackgroundLoop } from './background-loop.js';
import { DecisionRelay } from './decision-relay.js';
import { FirstClaim } from './first-claim.js';
import { Retention } from './retention.js';
import { CLOCK, LOGGER, LOOP_SETTINGS } from './tokens.js';
import { TrackMetrics } from './track.metrics.js';

export interface BackgroundSettings {
  readonly rateRefreshMs: number;
  readonly driftRefreshMs: number;
  readonly idleMs: number;
}

/** Judging again, and late, may wait longer than the relay: pauses of it for each one of the relay's. */
const JUDGING_IDLE = 5;
/** How often old evidence and orders that are over are looked for, and the tables of the weeks to come. */
const RETENTION_MS = 3_600_000;

/** What `track` does beside the log: publish decisions, judge orders late or again after a change, count rates, look for rule drift, close orders that are over, drop what is old. */
@Injectable()
export class BackgroundWork {
  private readonly decisions: BackgroundLoop;
  private readonly loops: BackgroundLoop[];

  constructor(
    @Inject(LOOP_SETTINGS) settings: BackgroundSettings,
    @Inject(DecisionRelay) relay: DecisionRelay,
    @Inject(LateJudgement) late: LateJudgement,
    @Inject(RecomputeService) recompute: RecomputeService,
    @Inject(RateService) rates: RateService,
    @Inject(DriftService) drift: DriftService,
    @Inject(Retention) retention: Retention,
    @Inject(OrderCloser) closer: OrderCloser,
    @Inject(FirstClaim) firstClaim: FirstClaim,
    @Inject(TrackMetrics) metrics: TrackMetrics,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    const { idleMs, rateRefreshMs, driftRefreshMs } = settings;
    let isPublished = false;
    const judgeAgain = async (): Promise<boolean> => {
      if (!isPublished) await recompute.publish(clock.now());
      isPublished = true;
      if (!(await firstClaim.isMade())) return false;
      const { judged, broughtBack, setAside, hasMore } = await recompute.runChunk(clock.now());
      metrics.recomputed.inc(judged);
      metrics.setAside.inc(setAside);
      metrics.closedOrders.inc({ change: 'brought-back' }, broughtBack);
      return hasMore;
    };
    const judgeLate = async (): Promise<boolean> => {
      if (!(await firstClaim.isMade())) return false;
      const { judged, broughtBack, decisions, setAside, marks, hasMore } = await late.round(clock.now());
      metrics.judgedLate.inc(judged);
      metrics.setAside.inc(setAside);
      metrics.unjudged.set(marks);
      metrics.closedOrders.inc({ change: 'brought-back' }, broughtBack);
      if (decisions > 0) this.publishSoon();
      return hasMore;
    };
    const countRates = async (): Promise<boolean> => {
      await rates.refresh(clock.now());
      return false;
    };
    const lookForDrift = async (): Promise<boolean> => {
      for (const { kind, row } of await drift.refresh(clock.now())) {
        const { tenantId, ruleId, ruleVersion, recent } = row;
        metrics.ruleDrift.inc({ rule: ruleId, change: kind });
        logger.warn({ tenantId, ruleId, ruleVersion, ...recent, change: kind }, 'rule drift');
      }
      return false;
    };
    const closeOrders = async (): Promise<boolean> => {
      const { closed, hasMore } = await closer.round(clock.now());
      metrics.closedOrders.inc({ change: 'closed' }, closed);
      return hasMore;
    };
    this.decisions = new BackgroundLoop({ name: 'decisions', idleMs, logger, round: () => relay.publish() });
    this.loops = [
      this.decisions,
      new BackgroundLoop({ name: 'late judgement', idleMs: JUDGING_IDLE * idleMs, logger, round: judgeLate }),
      new BackgroundLoop({ name: 'recompute', idleMs: JUDGING_IDLE * idleMs, logger, round: judgeAgain }),
      new BackgroundLoop({ name: 'rates', idleMs: rateRefreshMs, logger, round: countRates }),
      new BackgroundLoop({ name: 'retention', idleMs: RETENTION_MS, logger, round: () => retention.round() }),
      new BackgroundLoop({ name: 'closing', idleMs: RETENTION_MS, logger, round: closeOrders }),
      new BackgroundLoop({ name: 'drift', idleMs: driftRefreshMs, logger, round: lookForDrift }),
    ];
  }

  start(): void {
    for (const loop of this.loops) loop.start();
  }

  /** Decisions are committed: they are published at once. */
  publishSoon(): void {
    this.decisions.nudge();
  }

  /** Resolves when the rounds in progress have ended. */
  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }
}
