import { CatchUpHold } from './catch-up-hold.js';
import { EscalationsProcessor } from './escalations.processor.js';
import type { Settings } from './escalate-options.js';
import { Loop } from './loop.js';
import { Relay } from './relay.js';
import { StepSweep } from './step-sweep.js';
import { Upkeep } from './upkeep.js';

/** It reads every live escalation, and hardly ever finds one. */
const SETTLE_ALL_EVERY_MS = 3_600_000;

/**
 * The stage. One loop takes steps and must be on time; the other does what may wait, so that a thousand verdicts at midnight do
 * not hold up a step. Both find their work in the record: a restart loses nothing.
 */
export class EscalateService {
  readonly sweep: StepSweep;
  readonly upkeep: Upkeep;
  readonly relay: Relay;
  readonly processor: EscalationsProcessor;
  private readonly hold: CatchUpHold;
  private readonly loops: readonly Loop[];
  private settledAllAt = -Infinity;

  constructor(private readonly settings: Settings) {
    this.sweep = new StepSweep(settings);
    this.upkeep = new Upkeep(settings);
    this.relay = new Relay(settings);
    this.hold = new CatchUpHold(settings);
    this.processor = new EscalationsProcessor(settings, this.upkeep, this.hold);
    const { sweepIntervalMs, logger } = settings;
    this.loops = [
      new Loop('steps', () => this.stepRound(), sweepIntervalMs, logger),
      new Loop('upkeep', () => this.upkeepRound(), sweepIntervalMs, logger),
    ];
  }

  async start(): Promise<void> {
    const { queues, concurrency } = this.settings;
    await queues.work('escalations', this.processor.handle, { concurrency });
    for (const loop of this.loops) loop.start();
  }

  /** Lets rounds in progress finish. The queues' workers are closed with the queues. */
  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  /** Takes and queues what is due; answers how long the timer may sleep: until the next step, as the index knows it. */
  private async stepRound(): Promise<number> {
    if (await this.hold.isHeld()) return this.settings.sweepIntervalMs;
    const startedAt = this.settings.clock.now();
    const { isMore } = await this.sweep.takeLot();
    // Thousands at once: two lanes raise them, and they are queued afterwards, so that a job carries many of a tenant.
    if (isMore) await Promise.all([this.sweep.takeDue(), this.sweep.takeDue()]);
    await this.relay.queueNew();
    // Not after this instant but after that one: what has become due during the round would wait for the next sweep.
    const nextAt = await this.sweep.nextWakeAt(startedAt);
    return (nextAt ?? Infinity) - this.settings.clock.now();
  }

  private async upkeepRound(): Promise<number> {
    // A deadline that has passed is not missed while its proof may wait in the log.
    const isMore = !(await this.hold.isHeld()) && (await this.upkeep.judgeChanging());
    await this.upkeep.foldExposure();
    // Before snoozes end, so that nobody is reminded of what is over.
    const overtaken = await this.upkeep.settleOvertaken();
    await this.settleAllNowAndThen();
    await this.upkeep.reopenSnoozed();
    // Last: these need the queue, and without it everything else goes on.
    await this.relay.requeueLost();
    await this.relay.queueNotices();
    return isMore || overtaken >= this.settings.lotSize ? 0 : this.settings.sweepIntervalMs;
  }

  private async settleAllNowAndThen(): Promise<void> {
    if (performance.now() - this.settledAllAt < SETTLE_ALL_EVERY_MS) return;
    await this.upkeep.settleStale();
    this.settledAllAt = performance.now();
  }
}
