import type { Pool, PoolClient } from 'pg';
import { AppError } from '#platform';
import type { TopicRecord } from '../append-queue.js';
import type { StoredRecord, TopicSpec } from '../event-log.js';
import { readableHeaders, toRawHeaders } from '../headers.js';
import { partitionFor } from '../partition.js';
import { fromStoredHeaders, type StoredHeader, toStoredHeaders } from './stored-headers.js';

/** NOTIFY channel; the payload is `topic/partition`, or `members/<group>` when a group's members changed. */
export const CHANNEL = 'fineline_event_log';

export interface PartitionRead {
  records: StoredRecord[];
  /** First offset still there; the high watermark when the partition is empty. */
  low: bigint;
  high: bigint;
}

export interface PartitionEnd {
  topic: string;
  partition: number;
  /** The offset the next appended record will get. */
  end: bigint;
}

interface Row {
  offset: string;
  key: string;
  value: Buffer | null;
  headers: StoredHeader[];
  created_at: Date;
}

/** The SQL of the embedded log. */
export class LogTable {
  constructor(private readonly pool: Pool) {}

  async ensureTopics(topics: TopicSpec[]): Promise<void> {
    for (const { name, partitions } of topics) {
      // Only a topic without any partition: more partitions later would send a key's records elsewhere.
      await this.pool.query(
        `INSERT INTO event_log_partition (topic, "partition")
         SELECT $1, generate_series(0, $2::int - 1)
         WHERE NOT EXISTS (SELECT 1 FROM event_log_partition WHERE topic = $1) ON CONFLICT DO NOTHING`,
        [name, partitions],
      );
    }
  }

  async partitions(topics: string[]): Promise<PartitionEnd[]> {
    const { rows } = await this.pool.query<{ topic: string; partition: number; end: string }>(
      'SELECT topic, "partition", next_offset AS end FROM event_log_partition WHERE topic = ANY($1) ORDER BY topic, "partition"',
      [topics],
    );
    return rows.map((row) => ({ ...row, end: BigInt(row.end) }));
  }

  async answers(): Promise<boolean> {
    return this.pool.query('SELECT 1').then(
      () => true,
      () => false,
    );
  }

  /** One transaction for all records. */
  async append(records: TopicRecord[], partitionCounts: ReadonlyMap<string, number>): Promise<void> {
    const placed = records.map(({ topic, record }) => {
      const count = partitionCounts.get(topic);
      if (!count) throw new AppError('log.unknown-topic', `there is no topic ${topic}`, { retryable: true });
      return { topic, partition: partitionFor(record.key, count), record };
    });
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      await insert(client, placed);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async read(topic: string, partition: number, from: bigint, limit: number): Promise<PartitionRead> {
    // One statement, so one snapshot: no record below `high` can be missing from it.
    const { rows } = await this.pool.query<{ high: string; low: string | null } & Row>(
      `SELECT p.next_offset AS high,
              (SELECT "offset" FROM event_log WHERE topic = $1 AND "partition" = $2 ORDER BY "offset" LIMIT 1) AS low,
              e."offset", e.key, e.value, e.headers, e.created_at
       FROM event_log_partition p
       LEFT JOIN LATERAL (
         SELECT * FROM event_log
         WHERE topic = $1 AND "partition" = $2 AND "offset" >= $3 ORDER BY "offset" LIMIT $4
       ) e ON true
       WHERE p.topic = $1 AND p."partition" = $2 ORDER BY e."offset"`,
      [topic, partition, String(from), limit],
    );
    const first = rows[0];
    if (!first) throw new AppError('log.unknown-topic', `there is no ${topic}/${partition}`, { retryable: true });
    const records = rows.filter((row) => row.offset !== null).map(toStoredRecord);
    return { records, low: BigInt(first.low ?? first.high), high: BigInt(first.high) };
  }
}

interface Placed {
  topic: string;
  partition: number;
  record: TopicRecord['record'];
}

/**
 * Offsets are given under the lock of the partition's row, held until commit: whoever sees an offset also sees every
 * lower one. The rows are locked in one order, so two appends cannot wait for each other.
 */
async function insert(client: PoolClient, placed: Placed[]): Promise<void> {
  const { rows } = await client.query<{ topic: string; partition: number; next_offset: string }>(
    `SELECT topic, "partition", next_offset FROM event_log_partition
     WHERE (topic, "partition") IN (SELECT * FROM unnest($1::text[], $2::int[]))
     ORDER BY topic, "partition" FOR UPDATE`,
    [placed.map(({ topic }) => topic), placed.map(({ partition }) => partition)],
  );
  const next = new Map(rows.map((row) => [`${row.topic}/${row.partition}`, BigInt(row.next_offset)]));
  const offsets = placed.map(({ topic, partition }) => {
    const offset = next.get(`${topic}/${partition}`);
    if (offset === undefined) throw new AppError('log.unknown-topic', `there is no ${topic}/${partition}`);
    next.set(`${topic}/${partition}`, offset + 1n);
    return String(offset);
  });
  await client.query(
    `INSERT INTO event_log (topic, "partition", "offset", key, value, headers, created_at)
     SELECT t, p, o, k, v, h::jsonb, clock_timestamp()
     FROM unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::bytea[], $6::text[]) AS r(t, p, o, k, v, h)`,
    [
      placed.map(({ topic }) => topic),
      placed.map(({ partition }) => partition),
      offsets,
      placed.map(({ record }) => record.key),
      placed.map(({ record }) => record.value),
      placed.map(({ record }) => JSON.stringify(toStoredHeaders(toRawHeaders(record)))),
    ],
  );
  await client.query(
    `WITH raised AS (
       UPDATE event_log_partition p SET next_offset = n.next_offset
       FROM unnest($1::text[], $2::int[], $3::bigint[]) AS n(topic, "partition", next_offset)
       WHERE p.topic = n.topic AND p."partition" = n."partition" RETURNING p.topic, p."partition"
     ) SELECT pg_notify($4, topic || '/' || "partition") FROM raised`,
    [rows.map(({ topic }) => topic), rows.map(({ partition }) => partition), [...next.values()].map(String), CHANNEL],
  );
}

function toStoredRecord({ offset, key, value, headers, created_at }: Row): StoredRecord {
  const rawHeaders = fromStoredHeaders(headers);
  return {
    offset: BigInt(offset),
    timestampMs: created_at.getTime(),
    key,
    rawKey: Buffer.from(key),
    value,
    headers: readableHeaders(rawHeaders),
    rawHeaders,
  };
}
