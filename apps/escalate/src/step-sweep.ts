import { ladderSteps, nextStep } from '#domain';
import type { Counter, Histogram } from '#platform';
import type { DueStep, TakenStep } from '#storage';
import { EscalationStore, withService, withServiceByKey } from '#storage';
import type { Settings } from './escalate-options.js';

const LAG_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30, 60, 600, 3_600];

/** Takes ladder steps whose time has come, straight from the record: it needs no queue and no memory to find them. */
export class StepSweep {
  private readonly store = new EscalationStore();
  private readonly steps: Counter<'step' | 'late'>;
  private readonly lag: Histogram;

  constructor(private readonly settings: Settings) {
    const { metrics } = settings;
    this.steps = metrics.counter('fineline_escalate_steps_total', 'Ladder steps raised', ['step', 'late']);
    this.lag = metrics.histogram(
      'fineline_escalate_step_lag_seconds',
      'From the time of a step to its claim',
      LAG_SECONDS,
    );
  }

  /** Takes every due step, lot by lot. Answers how many escalations were raised. */
  async takeDue(): Promise<number> {
    let total = 0;
    for (;;) {
      const { isMore, raised } = await this.takeLot();
      total += raised;
      if (!isMore) return total;
    }
  }

  /** The clock's instant at which the first step or change after `after` is due. */
  nextWakeAt(after: number): Promise<number | undefined> {
    return withService(this.settings.dataSource, (transaction) => this.store.nextWakeAt(transaction, after));
  }

  /** Takes one lot in one transaction, beside any other that does the same. */
  takeLot(): Promise<{ isMore: boolean; raised: number }> {
    const { dataSource, clock, lotSize } = this.settings;
    return withServiceByKey(dataSource, async (transaction) => {
      const now = clock.now();
      const due = await this.store.claimDue(transaction, now, lotSize);
      if (due.length === 0) return { isMore: false, raised: 0 };
      const taken = due.map((each) => this.take(each, now)).sort(byTenantAndOrder);
      const counts = await this.store.raise(transaction, taken, now);
      for (const { step, late, count } of counts) this.steps.inc({ step, late: String(late) }, count);
      return { isMore: due.length === lotSize, raised: counts.reduce((sum, { count }) => sum + count, 0) };
    });
  }

  private take(due: DueStep, now: number): TakenStep {
    const { tenantId, orderId, ruleId, parcelId, startsAt, dueAt, ladderHours, ladderSince } = due;
    const { due: step, next } = nextStep(ladderSteps(dueAt, startsAt, ladderHours ?? undefined), now, []);
    const lagMs = step ? now - Math.max(step.at, ladderSince) : 0;
    if (step) this.lag.observe(lagMs / 1_000);
    return {
      tenantId,
      orderId,
      ruleId,
      parcelId,
      step: step?.step ?? null,
      late: lagMs > this.settings.lateAfterMs,
      nextStep: next?.step ?? null,
      nextStepAt: next?.at ?? null,
    };
  }
}

/** Rows written in this order find their neighbours' index pages at hand, and those of a tenant are read together afterwards. */
function byTenantAndOrder(a: TakenStep, b: TakenStep): number {
  if (a.tenantId !== b.tenantId) return a.tenantId < b.tenantId ? -1 : 1;
  return a.orderId < b.orderId ? -1 : 1;
}
