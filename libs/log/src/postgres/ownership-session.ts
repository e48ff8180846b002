import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { CHANNEL } from './log-table.js';

/**
 * One database session that holds a consumer's place in its group and the locks of its partitions: when the session
 * dies, all of that is gone at once. It also listens for appended records.
 */
export class OwnershipSession {
  private lost = false;

  private constructor(
    private readonly client: PoolClient,
    private readonly group: string,
    private readonly onNotice: (payload: string) => void,
  ) {
    const lose = () => {
      this.lost = true;
      this.onNotice(this.membersNotice());
    };
    client.on('error', lose);
    client.on('end', lose);
    client.on('notification', ({ payload }) => this.onNotice(payload ?? ''));
  }

  static async open(pool: Pool, group: string, onNotice: (payload: string) => void): Promise<OwnershipSession> {
    const client = await pool.connect();
    const session = new OwnershipSession(client, group, onNotice);
    try {
      await client.query(`LISTEN ${CHANNEL}`);
      await client.query('SELECT pg_advisory_lock_shared($1)', [memberKey(group)]);
      await session.announce();
      return session;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  isLost(): boolean {
    return this.lost;
  }

  /** Tells the other members of the group to look at their share again. */
  async announce(): Promise<void> {
    await this.client.query('SELECT pg_notify($1, $2)', [CHANNEL, this.membersNotice()]);
  }

  /** Every member holds one shared lock, so the holders can be counted. */
  async countMembers(): Promise<number> {
    const { rows } = await this.client.query<{ members: number }>(
      `SELECT count(*)::int AS members FROM pg_locks
       WHERE locktype = 'advisory' AND objsubid = 1 AND granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND (classid::bigint << 32) | objid::bigint = $1`,
      [memberKey(this.group)],
    );
    return rows[0]?.members ?? 1;
  }

  async tryLock(topic: string, partition: number): Promise<boolean> {
    const { rows } = await this.client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
      lockKey('partition', this.group, topic, String(partition)),
    ]);
    return rows[0]?.locked ?? false;
  }

  async unlock(topic: string, partition: number): Promise<void> {
    await this.client.query('SELECT pg_advisory_unlock($1)', [
      lockKey('partition', this.group, topic, String(partition)),
    ]);
  }

  /** Ends the session rather than returning it to the pool: its locks must not outlive it. */
  async close(): Promise<void> {
    if (!this.lost) await this.client.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
    if (!this.lost) await this.announce().catch(() => undefined);
    this.client.removeAllListeners('notification');
    this.client.release(true);
  }

  private membersNotice(): string {
    return `members/${this.group}`;
  }
}

function memberKey(group: string): string {
  return lockKey('member', group);
}

/** A 64-bit advisory lock key. Positive, so that it can be put together again from the halves that pg_locks shows. */
function lockKey(...parts: string[]): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(['fineline', ...parts]))
    .digest();
  return String(hash.readBigInt64BE() & 0x7fffffffffffffffn);
}
