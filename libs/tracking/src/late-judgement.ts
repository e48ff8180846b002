import type { Logger } from '#platform';
import { allEnded } from '#platform';
import type { DataSource, OrderKey, Transaction, UnjudgedCount, UnjudgedShare } from '#storage';
import { OffsetStore, UnjudgedStore, withService, withServiceByKey } from '#storage';
import { TRACK_GROUP } from '#contracts';
import { JudgedLots, SET_ASIDE_MS } from './judged-lots.js';
import type { TrackingService } from './tracking-service.js';

export interface LateJudgementSettings {
  /** While so many records are left to read, an order is judged only when it has waited long enough. */
  readonly farBehind: number;
  readonly logger: Logger;
  /** How long an order waits at most while the log is far behind. Default a minute. */
  readonly waitMs?: number;
}

export interface LateRound {
  /** Marks there were. */
  readonly marks: number;
  /** Orders judged. */
  readonly judged: number;
  /** Of these, orders that had been closed. */
  readonly broughtBack: number;
  readonly decisions: number;
  /** Orders that could not be judged. */
  readonly setAside: number;
  /** Come back at once. */
  readonly hasMore: boolean;
}

type LateLot = Omit<LateRound, 'marks'>;
type Part = Omit<UnjudgedShare, 'limit'> & { readonly lots: JudgedLots };

/** Shorter than `escalate` holds its steps back while the log is behind. */
const WAIT_MS = 60_000;
/** Marks of one transaction; an order has two or three of them. */
const LARGEST_LOT = 2_500;
export const LATE_LOTS_AT_ONCE = 3;

/**
 * Judges the orders that batches only marked: each once for all that was read of it meanwhile. In lots, each a transaction that also takes the
 * marks away; several processes may do it at once.
 */
export class LateJudgement {
  private readonly marks = new UnjudgedStore();
  private readonly offsets: OffsetStore;
  private readonly lots = Array.from({ length: LATE_LOTS_AT_ONCE }, () => new JudgedLots(LARGEST_LOT));

  constructor(
    private readonly dataSource: DataSource,
    private readonly tracking: TrackingService,
    private readonly settings: LateJudgementSettings,
  ) {
    this.offsets = new OffsetStore(dataSource);
  }

  /**
   * As many lots as there is work for, judged at `now` (UTC epoch milliseconds) or at the instant the log has been read to; none while it is
   * not known what is left to read. An order that cannot be judged is set aside for an hour.
   */
  async round(now: number): Promise<LateRound> {
    const { marks, ripe, ageMs } = await withService(this.dataSource, (transaction) => this.look(transaction));
    const shares = Math.ceil((ripe * 1.1) / LARGEST_LOT);
    const used = this.lots.slice(0, shares).map((lots, share) => ({ lots, ageMs, share, shares }));
    const done = await allEnded(used.map((part) => this.lot(part, now)));
    const sum = (figure: (lot: LateLot) => number): number => done.reduce((total, lot) => total + figure(lot), 0);
    return {
      marks,
      judged: sum(({ judged }) => judged),
      broughtBack: sum(({ broughtBack }) => broughtBack),
      decisions: sum(({ decisions }) => decisions),
      setAside: sum(({ setAside }) => setAside),
      hasMore: done.some(({ hasMore }) => hasMore),
    };
  }

  private async look(transaction: Transaction): Promise<UnjudgedCount & { ageMs: number }> {
    const { records } = await this.offsets.unread(transaction, TRACK_GROUP);
    const { farBehind, waitMs = WAIT_MS } = this.settings;
    const ageMs = records < farBehind ? 0 : waitMs;
    const { marks, ripe } = await this.marks.count(transaction, ageMs);
    return { marks, ripe: records === Infinity ? 0 : ripe, ageMs };
  }

  private async lot({ lots, ...part }: Part, now: number): Promise<LateLot> {
    let claimed: readonly OrderKey[] = [];
    let lot = { judged: 0, broughtBack: 0, decisions: 0, setAside: 0 };
    const judge = async (limit: number): Promise<boolean> => {
      const { broughtBack, decisions } = await withServiceByKey(this.dataSource, async (transaction) => {
        const { records, readUntil } = await this.offsets.unread(transaction, TRACK_GROUP);
        claimed = records === Infinity ? [] : await this.marks.claim(transaction, { ...part, limit });
        return this.tracking.reevaluate(transaction, claimed, now, { readUntil, withClosed: true, isFirst: true });
      });
      lot = { ...lot, judged: claimed.length, broughtBack, decisions };
      return claimed.length > 0;
    };
    const setAside = async (error: unknown): Promise<void> => {
      await withService(this.dataSource, (transaction) => this.marks.setAside(transaction, claimed, SET_ASIDE_MS));
      this.settings.logger.error(
        { err: error, orders: claimed },
        'order could not be judged and is set aside for an hour',
      );
      lot = { ...lot, setAside: claimed.length };
    };
    const hasMore = await lots.next(judge, setAside);
    return { ...lot, hasMore };
  }
}
