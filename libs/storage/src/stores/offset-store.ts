import type { DataSource } from 'typeorm';
import { withService } from '../transaction.js';
import type { Transaction } from '../transaction.js';
import { milliseconds, timestamp } from './columns.js';

export interface ClaimedOffset {
  readonly partition: number;
  /** Where to go on; 0 for a partition never read. */
  readonly nextOffset: bigint;
  /** Raised by each claim; fences every earlier owner. */
  readonly epoch: bigint;
}

export interface OffsetMove {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: bigint;
  /** Must be the stored next offset. */
  readonly fromOffset: bigint;
  readonly toOffset: bigint;
  /** The offset the next appended record will get, as known when the batch was read. */
  readonly highWatermark: bigint;
  /** When the last of the records was appended, as the log says; UTC epoch milliseconds. */
  readonly appendedAt: number;
}

/** How far a group is behind, over all its partitions, by the database's clock. */
export interface Backlog {
  /** Left in the log at the last commit or claim of each partition. */
  readonly records: number;
  /** Marks of orders whose events are applied and whose deadlines are not judged yet. */
  readonly unjudged: number;
  /** Since a partition was claimed or committed. */
  readonly movedMsAgo: number;
  /** Whether something is left in a partition that was claimed within `ALIVE_MS` and nothing of it has been read yet: it may be of any age. */
  readonly isStarting: boolean;
}

/** Marks of unjudged orders that are many. */
const MANY = 2_500;

/** What a group has not read of the log, as far as its last commits and claims know. A partition that has not moved for `ALIVE_MS` does not count. */
export interface Unread {
  /** Infinite while something is left in a partition that was claimed and nothing of it has been read yet: it may be of any age. */
  readonly records: number;
  /** Whether many orders that it has read wait to be judged. */
  readonly isJudging: boolean;
  /** Whatever was appended before this instant (UTC epoch milliseconds) has been applied; undefined where nothing is left to read. */
  readonly readUntil: number | undefined;
}

const CLAIM = `
INSERT INTO log_offset AS o (consumer_group, topic, "partition", next_offset, epoch, lag)
SELECT $1, $2, p, 0, 1, high FROM unnest($3::int[], $4::bigint[]) AS v (p, high) ORDER BY p
ON CONFLICT (consumer_group, topic, "partition")
DO UPDATE SET epoch = o.epoch + 1, lag = greatest(excluded.lag - o.next_offset, 0), read_until = NULL, updated_at = now()
RETURNING "partition", next_offset AS "nextOffset", epoch`;

const ADVANCE = `
UPDATE log_offset o SET next_offset = v.to_offset, lag = greatest(v.high - v.to_offset, 0), updated_at = now(),
  read_until = CASE WHEN v.high > v.to_offset THEN ${timestamp('v.appended_at')} END
FROM unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::float8[])
  AS v (topic, "partition", epoch, from_offset, to_offset, high, appended_at)
WHERE o.consumer_group = $1 AND o.topic = v.topic AND o."partition" = v."partition" AND o.epoch = v.epoch AND o.next_offset = v.from_offset`;

/** Something is left in the partition and somebody reads it; a commit that leaves something says until where it was read. */
const LEFT = `lag > 0 AND updated_at > now() - $2 * interval '1 millisecond'`;

const BACKLOG = `
SELECT coalesce(sum(lag), 0)::float8 AS records,
  (SELECT count(*) FROM unjudged_order WHERE marked_at <= now())::float8 AS unjudged,
  extract(epoch FROM now() - max(updated_at))::float8 * 1000 AS "movedMsAgo",
  count(*) FILTER (WHERE read_until IS NULL AND ${LEFT}) > 0 AS "isStarting"
FROM log_offset WHERE consumer_group = $1 HAVING count(*) > 0`;

const UNREAD = `
SELECT coalesce(sum(CASE WHEN read_until IS NULL THEN 'Infinity' ELSE lag::float8 END), 0) AS records,
  EXISTS (SELECT FROM unjudged_order WHERE marked_at <= now() OFFSET ${MANY - 1}) AS "isJudging", ${milliseconds('min(read_until)', 'readUntil')} FROM log_offset
WHERE consumer_group = $1 AND ${LEFT}`;

/** After a start `track` needs this long to claim its partitions. */
export const FIRST_CLAIM_MS = 10_000;
/** A group that neither claimed nor committed for this long is dead, or has nothing to read: nothing waits for it. */
export const ALIVE_MS = 30_000;

/** Offsets of log consumers, moved in the same transaction as the effects of what was read. */
export class OffsetStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Makes the caller the owner of the partitions, committed at once. `ends` are the offsets their next appended records will get. */
  async claim(group: string, topic: string, ends: ReadonlyMap<number, bigint>): Promise<ClaimedOffset[]> {
    const parameters = [group, topic, [...ends.keys()], [...ends.values()]];
    const rows = await withService(this.dataSource, (transaction) =>
      transaction.rows<{ partition: number; nextOffset: string; epoch: string }>(CLAIM, parameters),
    );
    return rows.map(({ partition, nextOffset, epoch }) => ({
      partition,
      nextOffset: BigInt(nextOffset),
      epoch: BigInt(epoch),
    }));
  }

  /** Compare-and-set of each. False when an epoch or an offset is no longer the caller's: another owner moved it, commit nothing. */
  async advance(transaction: Transaction, group: string, moves: readonly OffsetMove[]): Promise<boolean> {
    const columns = [
      moves.map(({ topic }) => topic),
      moves.map(({ partition }) => partition),
      moves.map(({ epoch }) => epoch),
      moves.map(({ fromOffset }) => fromOffset),
      moves.map(({ toOffset }) => toOffset),
      moves.map(({ highWatermark }) => highWatermark),
      moves.map(({ appendedAt }) => appendedAt),
    ];
    return (await transaction.run(ADVANCE, [group, ...columns])) === moves.length;
  }

  async unread(transaction: Transaction, group: string): Promise<Unread> {
    const [row] = await transaction.rows<Omit<Unread, 'readUntil'> & { readUntil: number | null }>(UNREAD, [
      group,
      ALIVE_MS,
    ]);
    return { ...row!, readUntil: row!.readUntil ?? undefined };
  }

  /** Undefined for a group that has never read. */
  async backlog(group: string): Promise<Backlog | undefined> {
    const rows = await withService(this.dataSource, (transaction) =>
      transaction.rows<Backlog>(BACKLOG, [group, ALIVE_MS]),
    );
    return rows[0];
  }
}
