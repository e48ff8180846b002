import type { BacktestReport, RuleOverlay } from '#domain';
import type { Transaction } from '../transaction.js';
import { iso } from '../queries/filters.js';
import { milliseconds, timestamp } from './columns.js';

/** What is tried out: the text of a rulebook, or an overlay of the tenant. */
export type BacktestDraft = { readonly rulebook: string } | { readonly overlay: RuleOverlay };
export type BacktestStatus = 'queued' | 'running' | 'done' | 'failed';

/** Instants are UTC epoch milliseconds. */
export interface NewBacktest {
  readonly backtestId: string;
  readonly tenantId: string;
  readonly draft: BacktestDraft;
  /** Clock starts to compare: from inclusive, until exclusive. */
  readonly from?: number;
  readonly until?: number;
  readonly asOf: number;
  readonly requestedBy: string;
}

export interface StoredReport extends BacktestReport {
  /** Events replayed, and those of the record that could not be read any more. */
  readonly events: number;
  readonly unreadable: number;
}

/** As shown to people; instants are RFC 3339 text. */
export interface BacktestRow {
  readonly backtestId: string;
  readonly status: BacktestStatus;
  readonly progress: number;
  readonly from: string | null;
  readonly until: string | null;
  readonly asOf: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly finishedAt: string | null;
  readonly failure: string | null;
}

/** One run of a backtest; only the latest may write. */
export interface BacktestRun {
  readonly backtestId: string;
  readonly run: number;
}

export interface ClaimedBacktest extends NewBacktest, BacktestRun {}

const ROW = `backtest_id AS "backtestId", status, progress, ${iso('starts_from', 'from')}, ${iso('starts_until', 'until')},
  ${iso('as_of', 'asOf')}, requested_by AS "requestedBy", ${iso('requested_at', 'requestedAt')}, ${iso('finished_at', 'finishedAt')}, failure`;

const CLAIM = `
UPDATE backtest SET status = 'running', run = run + 1, progress = 0, touched_at = now()
WHERE backtest_id = $1 AND tenant_id = $2 AND status = 'queued'
RETURNING backtest_id AS "backtestId", tenant_id AS "tenantId", draft, run, requested_by AS "requestedBy",
  ${milliseconds('starts_from', 'from')}, ${milliseconds('starts_until', 'until')}, ${milliseconds('as_of', 'asOf')}`;

// Marked in the same transaction that queues them: a crash in between queues twice, and the second job finds nothing to claim. A run
// silent for so long is taken for dead; if it is not, it finds out with its next sign of life.
const TAKE_UNQUEUED = `
UPDATE backtest SET status = 'queued', touched_at = now() WHERE backtest_id IN (
  SELECT backtest_id FROM backtest
  WHERE status IN ('queued', 'running') AND (touched_at IS NULL OR touched_at < now() - make_interval(secs => $1::float8 / 1000))
  ORDER BY requested_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING backtest_id AS "backtestId", tenant_id AS "tenantId", ${milliseconds('touched_at', 'queuedAt')}`;

/** Drafts replayed over stored evidence: asked for by people, done by a worker, never more than a report. */
export class BacktestStore {
  async create(transaction: Transaction, backtest: NewBacktest): Promise<void> {
    const { backtestId, tenantId, draft, from = null, until = null, asOf, requestedBy } = backtest;
    await transaction.run(
      `INSERT INTO backtest (backtest_id, tenant_id, draft, starts_from, starts_until, as_of, requested_by) VALUES
       ($1, $2, $3, ${timestamp('$4::float8')}, ${timestamp('$5::float8')}, ${timestamp('$6::float8')}, $7)`,
      [backtestId, tenantId, JSON.stringify(draft), from, until, asOf, requestedBy],
    );
  }

  /** The newest first. */
  list(transaction: Transaction, limit: number): Promise<BacktestRow[]> {
    return transaction.rows(`SELECT ${ROW} FROM backtest ORDER BY requested_at DESC, backtest_id LIMIT $1`, [limit]);
  }

  async find(
    transaction: Transaction,
    backtestId: string,
  ): Promise<(BacktestRow & { readonly report: StoredReport | null }) | undefined> {
    const rows = await transaction.rows<BacktestRow & { readonly report: StoredReport | null }>(
      `SELECT ${ROW}, report FROM backtest WHERE backtest_id = $1`,
      [backtestId],
    );
    return rows[0];
  }

  /** Undone ones that were never queued or have been silent for `silentMs` of real time, marked as queued now. */
  takeUnqueued(
    transaction: Transaction,
    silentMs: number,
    limit: number,
  ): Promise<{ backtestId: string; tenantId: string; queuedAt: number }[]> {
    return transaction.rows(TAKE_UNQUEUED, [silentMs, limit]);
  }

  /** Starts a run; undefined when it is done or somebody is at it. */
  async claim(transaction: Transaction, backtestId: string, tenantId: string): Promise<ClaimedBacktest | undefined> {
    const [row] = await transaction.rows<ClaimedBacktest & { from: number | null; until: number | null }>(CLAIM, [
      backtestId,
      tenantId,
    ]);
    return row && { ...row, from: row.from ?? undefined, until: row.until ?? undefined };
  }

  /** After an error that may pass: another run may start. */
  async release(transaction: Transaction, { backtestId, run }: BacktestRun): Promise<void> {
    await transaction.run(
      `UPDATE backtest SET status = 'queued', touched_at = now() WHERE backtest_id = $1 AND run = $2 AND status = 'running'`,
      [backtestId, run],
    );
  }

  /** A sign of life; false when another run has taken over. */
  async progress(transaction: Transaction, { backtestId, run }: BacktestRun, percent: number): Promise<boolean> {
    const sql = `UPDATE backtest SET progress = $3, touched_at = now() WHERE backtest_id = $1 AND run = $2 AND status = 'running'`;
    return (await transaction.run(sql, [backtestId, run, percent])) === 1;
  }

  async finish(transaction: Transaction, { backtestId, run }: BacktestRun, report: StoredReport): Promise<void> {
    await transaction.run(
      `UPDATE backtest SET status = 'done', progress = 100, report = $3, finished_at = now()
       WHERE backtest_id = $1 AND run = $2 AND status = 'running'`,
      [backtestId, run, JSON.stringify(report)],
    );
  }

  /** No other attempt can help. */
  async fail(transaction: Transaction, { backtestId, run }: BacktestRun, failure: string): Promise<void> {
    await transaction.run(
      `UPDATE backtest SET status = 'failed', failure = $3, finished_at = now()
       WHERE backtest_id = $1 AND run = $2 AND status = 'running'`,
      [backtestId, run, failure],
    );
  }
}
