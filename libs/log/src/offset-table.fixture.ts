import pg from 'pg';
import { StaleOwnerError } from './errors.js';
import type { Claim, LogBatch, OffsetSource } from './event-log.js';

/** What `#storage` does for real, as small as a test needs it: effects and offset in one transaction, fenced by epoch. */
export class OffsetTable implements OffsetSource {
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({ connectionString: url });
    this.pool.on('error', () => undefined);
  }

  async create(): Promise<this> {
    await this.pool.query(
      `CREATE TABLE place (consumer_group text, topic text, "partition" int, next_offset bigint, epoch bigint,
                           PRIMARY KEY (consumer_group, topic, "partition"));
       CREATE TABLE effect (id bigserial, topic text, "partition" int, "offset" bigint, value text,
                            PRIMARY KEY (topic, "partition", "offset"))`,
    );
    return this;
  }

  async claim(group: string, topic: string, ends: ReadonlyMap<number, bigint>): Promise<Claim[]> {
    const { rows } = await this.pool.query<{ partition: number; next_offset: string; epoch: string }>(
      `INSERT INTO place SELECT $1, $2, p, 0, 1 FROM unnest($3::int[]) AS p
       ON CONFLICT (consumer_group, topic, "partition") DO UPDATE SET epoch = place.epoch + 1
       RETURNING "partition", next_offset, epoch`,
      [group, topic, [...ends.keys()]],
    );
    return rows.map((row) => ({
      partition: row.partition,
      nextOffset: BigInt(row.next_offset),
      epoch: BigInt(row.epoch),
    }));
  }

  /** Fails with a duplicate key when a record is applied twice. */
  async apply(group: string, batch: LogBatch): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const moved = await client.query(
        `UPDATE place SET next_offset = $4 WHERE consumer_group = $1 AND topic = $2 AND "partition" = $3
         AND epoch = $5 AND next_offset = $6`,
        [group, batch.topic, batch.partition, batch.lastOffset + 1n, batch.epoch, batch.firstOffset],
      );
      if (moved.rowCount !== 1) throw new StaleOwnerError();
      for (const { offset, value } of batch.records) {
        await client.query('INSERT INTO effect (topic, "partition", "offset", value) VALUES ($1, $2, $3, $4)', [
          batch.topic,
          batch.partition,
          offset,
          value?.toString(),
        ]);
      }
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }

  /** Values in the order in which they took effect. */
  async effects(): Promise<(string | null)[]> {
    const { rows } = await this.pool.query<{ value: string | null }>('SELECT value FROM effect ORDER BY id');
    return rows.map(({ value }) => value);
  }

  async moveTo(group: string, topic: string, partition: number, nextOffset: bigint): Promise<void> {
    await this.pool.query(
      `INSERT INTO place VALUES ($1, $2, $3, $4, 1) ON CONFLICT (consumer_group, topic, "partition")
       DO UPDATE SET next_offset = $4`,
      [group, topic, partition, nextOffset],
    );
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
