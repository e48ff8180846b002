import type { ChangedGroup, CompiledRulebook, ReplayState } from '#domain';
import { backtestReport, compareSteps, evaluateSteps } from '#domain';
import type { Counter } from '#platform';
import type { BacktestJob, JobContext } from '#queue';
import { RulebookError, readRulebookText } from '#rulebook';
import type { BacktestDraft, ClaimedBacktest } from '#storage';
import { BacktestStore, RulebookStore, withService } from '#storage';
import type { BacktestSettings } from './backtest-options.js';
import { TooMuchEvidence, replayEvidence } from './evidence-replay.js';
import { withPauses } from './with-pauses.js';

/** An order is placed before its clocks start, and rates look back: events so much older than `from` are read too. */
const LOOK_BACK_MS = 90 * 86_400_000;
/** A draft that ended its process so often will do it again. */
const MOST_RUNS = 5;
/** Share of the progress bar: reading, two evaluations, comparing. */
const READ = 60;
const JUDGED = 90;

class TakenOver extends Error {}

/**
 * Replays a draft over stored evidence and keeps the report. Reads live tables, writes only its own row; a repeated or competing job
 * is harmless, since only the latest run of a backtest may write.
 */
export class BacktestProcessor {
  private readonly store = new BacktestStore();
  private readonly rulebooks = new RulebookStore();
  private readonly finished: Counter<'outcome'>;

  constructor(private readonly settings: BacktestSettings) {
    this.finished = settings.metrics.counter('fineline_escalate_backtests_total', 'Backtests by outcome', ['outcome']);
  }

  readonly handle = async ({ backtestId, tenantId }: BacktestJob, context: JobContext): Promise<void> => {
    const { dataSource, logger } = this.settings;
    const backtest = await withService(dataSource, (tx) => this.store.claim(tx, backtestId, tenantId));
    if (!backtest) return;
    try {
      if (backtest.run > MOST_RUNS) return await this.fail(backtest, `given up after ${MOST_RUNS} runs`);
      await this.run(backtest, context);
      this.finished.inc({ outcome: 'done' });
    } catch (error) {
      if (error instanceof TakenOver) return logger.info({ backtestId, run: backtest.run }, 'another run took over');
      if (error instanceof RulebookError || error instanceof TooMuchEvidence) {
        return await this.fail(backtest, error.message);
      }
      await withService(dataSource, (tx) => this.store.release(tx, backtest));
      throw error;
    }
  };

  private async run(backtest: ClaimedBacktest, context: JobContext): Promise<void> {
    const { dataSource, backtestPageSize } = this.settings;
    const { tenantId, from, until, asOf } = backtest;
    const tell = (percent: number): Promise<void> => this.tell(backtest, context, percent);
    const [live, draft] = await this.compiled(backtest);
    const range = { tenantId, since: from === undefined ? 0 : from - LOOK_BACK_MS, until: asOf };
    const { state, ...counts } = await replayEvidence(dataSource, range, backtestPageSize, (share) =>
      tell(Math.floor(share * READ)),
    );
    const groups = await compare(state, live, draft, { asOf, from, to: until }, tell);
    const report = { ...backtestReport(groups), ...counts };
    await withService(dataSource, (tx) => this.store.finish(tx, backtest, report));
  }

  private async compiled({ tenantId, draft }: ClaimedBacktest): Promise<[CompiledRulebook, CompiledRulebook]> {
    const { dataSource, rulebooks } = this.settings;
    const overlays = await withService(dataSource, (tx) => this.rulebooks.overlays(tx, [tenantId]));
    const own = overlays.get(tenantId) ?? [];
    const live = rulebooks.forTenant(tenantId, own);
    if ('overlay' in draft) return [live, rulebooks.draft([...own, draft.overlay])];
    return [live, rulebooks.draft(own, [documentOf(draft)])];
  }

  private async tell(backtest: ClaimedBacktest, context: JobContext, percent: number): Promise<void> {
    const isOurs = await withService(this.settings.dataSource, (tx) => this.store.progress(tx, backtest, percent));
    if (!isOurs) throw new TakenOver();
    await context.progress?.(percent);
  }

  private async fail(backtest: ClaimedBacktest, failure: string): Promise<void> {
    await withService(this.settings.dataSource, (tx) => this.store.fail(tx, backtest, failure));
    this.finished.inc({ outcome: 'failed' });
  }
}

async function compare(
  state: ReplayState,
  live: CompiledRulebook,
  draft: CompiledRulebook,
  { asOf, ...span }: { asOf: number; from?: number; to?: number },
  tell: (percent: number) => Promise<void>,
): Promise<readonly ChangedGroup[]> {
  const before = await withPauses(evaluateSteps(live, state, asOf));
  await tell((READ + JUDGED) / 2);
  const after = await withPauses(evaluateSteps(draft, state, asOf));
  await tell(JUDGED);
  return withPauses(compareSteps(before, after, span));
}

function documentOf({ rulebook }: Extract<BacktestDraft, { rulebook: string }>) {
  const read = readRulebookText(rulebook, 'draft');
  if (!read.value) throw new RulebookError(read.faults);
  return read.value;
}
