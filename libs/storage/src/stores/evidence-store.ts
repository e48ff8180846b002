import { hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Transaction } from '../transaction.js';
import { uuidArray } from './binary-array.js';
import { milliseconds } from './columns.js';
import { CopyRows } from './copy-rows.js';

/** One event as it arrived. Instants are UTC epoch milliseconds. */
export interface EvidenceRow {
  readonly tenantId: string;
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  readonly orderId?: string;
  readonly trackingNumber?: string;
  readonly occurredAt: number;
  readonly receivedAt?: number;
  /** 16 bytes over what the event says, not over how or when it was sent: the same event sent twice hashes the same. */
  readonly payloadHash: Buffer;
  /** UTF-8 of its JSON text. */
  readonly payload: Buffer;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** The table of the evidence recorded in one week, Monday to Sunday UTC. */
export interface EvidenceWeek {
  readonly name: string;
  /** UTC epoch milliseconds, `[startsAt, endsAt)`. */
  readonly startsAt: number;
  readonly endsAt: number;
}

export const EVIDENCE_WEEK_MS = 7 * 86_400_000;

/** What became of each row of a batch, by its index. */
export interface EvidenceOutcome {
  /** Rows stored now. */
  readonly fresh: readonly number[];
  /** Rows whose key was there with the same payload, in the table or earlier in the batch. */
  readonly repeated: readonly number[];
  /** Rows whose key was there with another payload; the first one stays. */
  readonly conflicting: readonly number[];
}

// Sorted by key: two batches that carry the same events then wait for each other instead of deadlocking. NOT IN and not a join: in a
// transaction that works by key the planner has no hash join, but hashes a sub-select all the same.
const ADD_KEYS = `
WITH given AS MATERIALIZED (SELECT * FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS k (event_key, payload_hash, place)),
added AS (
  INSERT INTO evidence_key (event_key, payload_hash, recorded_at)
  SELECT event_key, payload_hash, $3::timestamptz FROM given ORDER BY event_key
  ON CONFLICT DO NOTHING RETURNING event_key)
SELECT place::int AS place FROM given WHERE event_key NOT IN (SELECT event_key FROM added)`;

const STORED_HASHES = `
SELECT place::int AS place, k.payload_hash = e.payload_hash AS "isSame"
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS k (event_key, payload_hash, place) JOIN evidence_key e USING (event_key)`;

const COLUMNS = `tenant_id, source, event_id, type, order_id, tracking_number, occurred_at, received_at, recorded_at, payload, topic,
  "partition", "offset"`;
const COLUMN_COUNT = 13;
const TYPICAL_ROW_BYTES = 700;

/** One stored event with its payload as JSON. */
export interface StoredEvidence {
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  /** UTC epoch milliseconds. */
  readonly occurredAt: number;
  readonly payload: unknown;
  /** For the page that follows. */
  readonly place: string;
}

/** What evidence is about: its order, else its parcel, else nothing. As the index has it. */
const SUBJECT = `coalesce(order_id, tracking_number, '')`;

const PAGE = `
SELECT source, event_id AS "eventId", type, ${milliseconds('occurred_at', 'occurredAt')}, payload,
  jsonb_build_array(${SUBJECT}, occurred_at, source, event_id)::text AS place FROM evidence
WHERE tenant_id = $1 AND (${SUBJECT}, occurred_at, source, event_id) > ($2, $3::timestamptz, $4, $5)
  AND occurred_at >= to_timestamp($6::float8 / 1000) AND occurred_at <= to_timestamp($7::float8 / 1000)
ORDER BY ${SUBJECT}, occurred_at, source, event_id LIMIT $8`;

/** A place before every event. */
const START = ['', '-infinity', '', ''];

/** The evidence: every event once, under tenant + source + id. */
export class EvidenceStore {
  /** Events of a tenant on record. */
  async count(transaction: Transaction, tenantId: string): Promise<number> {
    const rows = await transaction.rows<{ events: number }>(
      'SELECT count(*)::int AS events FROM evidence WHERE tenant_id = $1',
      [tenantId],
    );
    return rows[0]?.events ?? 0;
  }

  /** Events of a tenant that happened within `[since, until]` (UTC epoch milliseconds). */
  async countWithin(transaction: Transaction, tenantId: string, since: number, until: number): Promise<number> {
    const rows = await transaction.rows<{ events: number }>(
      `SELECT count(*)::int AS events FROM evidence WHERE tenant_id = $1
         AND occurred_at >= to_timestamp($2::float8 / 1000) AND occurred_at <= to_timestamp($3::float8 / 1000)`,
      [tenantId, since, until],
    );
    return rows[0]!.events;
  }

  /** The next of them by subject, after the `place` of the last one read. States do not depend on the order of events. */
  pageWithin(
    transaction: Transaction,
    of: { tenantId: string; since: number; until: number; after?: string },
    limit: number,
  ): Promise<StoredEvidence[]> {
    const { tenantId, since, until, after } = of;
    const place = after === undefined ? START : (JSON.parse(after) as string[]);
    return transaction.rows(PAGE, [tenantId, ...place, since, until, limit]);
  }

  /** Makes the tables of the weeks in which the instants lie (UTC epoch milliseconds), so that no batch has to. */
  async prepareWeeks(transaction: Transaction, instants: readonly number[]): Promise<void> {
    for (const at of instants) await this.weekOf(transaction, at);
  }

  /** Weeks that have a table, oldest first. */
  async weeks(transaction: Transaction): Promise<EvidenceWeek[]> {
    const ended = await transaction.rows<{ name: string; endsAt: number }>(
      `SELECT week AS name, ${milliseconds('ends_at', 'endsAt')} FROM evidence_weeks()`,
    );
    return ended.map((week) => ({ ...week, startsAt: week.endsAt - EVIDENCE_WEEK_MS }));
  }

  /** Until the transaction ends nobody else can claim a week. False where somebody has, or the week has been dropped. */
  async claimWeek(transaction: Transaction, { name }: EvidenceWeek): Promise<boolean> {
    const [lock] = await transaction.rows<{ taken: boolean }>(
      `SELECT pg_try_advisory_xact_lock(hashtextextended('evidence weeks', 0)) AS taken`,
    );
    // Looked for in a statement of its own: the one that takes the lock may not see what its last holder has dropped.
    return lock!.taken && (await this.weeks(transaction)).some((week) => week.name === name);
  }

  /** The rows of a week as lines of JSON, in the order they were stored. Read it to its end within the transaction. */
  async exportWeek(transaction: Transaction, { startsAt, endsAt }: EvidenceWeek): Promise<Readable> {
    // Else a scan may begin in the middle of the table, where another one is.
    await transaction.run('SET LOCAL synchronize_seqscans = off');
    const [from, until] = [startsAt, endsAt].map((at) => `'${new Date(at).toISOString()}'`);
    return transaction.copyOut(
      `SELECT to_jsonb(e) FROM evidence e WHERE recorded_at >= ${from} AND recorded_at < ${until}`,
    );
  }

  /** Drops the table of a week with everything in it. Keys stay until `removeKeys`. */
  async dropWeek(transaction: Transaction, { name }: EvidenceWeek): Promise<void> {
    await transaction.rows('SELECT drop_evidence_week($1)', [name]);
  }

  /** Forgets up to `limit` keys of events recorded before `before`: one that is sent again counts as new. Answers how many. */
  removeKeys(transaction: Transaction, before: number, limit: number): Promise<number> {
    return transaction.run(
      `DELETE FROM evidence_key WHERE ctid = ANY(ARRAY(SELECT ctid FROM evidence_key WHERE recorded_at < $1 LIMIT $2))`,
      [new Date(before), limit],
    );
  }

  /** Stores what is new as recorded at `recordedAt` (UTC epoch milliseconds). */
  async insertNew(
    transaction: Transaction,
    rows: readonly EvidenceRow[],
    recordedAt: number,
  ): Promise<EvidenceOutcome> {
    if (rows.length === 0) return { fresh: [], repeated: [], conflicting: [] };
    const keys = rows.map(eventKey);
    const first = firstOfEach(keys);
    const [stored, week] = await transaction.together([
      () => this.addKeys(transaction, first, keys, rows, recordedAt),
      () => this.weekOf(transaction, recordedAt),
    ]);
    const fresh = first.filter((index) => !stored.has(index));
    if (fresh.length > 0) await this.append(transaction, week, fresh, rows, recordedAt);
    const isFresh = new Set(fresh);
    const others = rows.map((_, index) => index).filter((index) => !isFresh.has(index));
    const same = await this.sameAsStored(transaction, others, keys, rows);
    return {
      fresh,
      repeated: others.filter((index) => same.has(index)),
      conflicting: others.filter((index) => !same.has(index)),
    };
  }

  /** Indexes among `of` whose key was there before. */
  private async addKeys(
    transaction: Transaction,
    of: readonly number[],
    keys: readonly Buffer[],
    rows: readonly EvidenceRow[],
    recordedAt: number,
  ): Promise<Set<number>> {
    const parameters = [...keysAndHashes(of, keys, rows), new Date(recordedAt)];
    const known = await transaction.rows<{ place: number }>(ADD_KEYS, parameters);
    return new Set(known.map(({ place }) => of[place - 1]!));
  }

  /** The table of the week of an instant (UTC epoch milliseconds), made where it is missing. */
  private async weekOf(transaction: Transaction, at: number): Promise<string> {
    const rows = await transaction.rows<{ week: string }>('SELECT evidence_week($1) AS week', [new Date(at)]);
    return rows[0]!.week;
  }

  private async append(
    transaction: Transaction,
    week: string,
    of: readonly number[],
    rows: readonly EvidenceRow[],
    recordedAt: number,
  ): Promise<void> {
    const copy = new CopyRows(COLUMN_COUNT, of.length * TYPICAL_ROW_BYTES);
    for (const index of of) {
      const row = rows[index]!;
      copy.row().text(row.tenantId).text(row.source).text(row.eventId).text(row.type);
      copy.text(row.orderId).text(row.trackingNumber);
      copy.instant(row.occurredAt).instant(row.receivedAt).instant(recordedAt);
      copy.bytes(row.payload).text(row.topic).int(row.partition).bigint(row.offset);
    }
    await transaction.copy(`${week} (${COLUMNS})`, copy.end());
  }

  /** Indexes among `of` whose key is stored with the same payload. */
  private async sameAsStored(
    transaction: Transaction,
    of: readonly number[],
    keys: readonly Buffer[],
    rows: readonly EvidenceRow[],
  ): Promise<Set<number>> {
    if (of.length === 0) return new Set();
    const parameters = keysAndHashes(of, keys, rows);
    const found = await transaction.rows<{ place: number; isSame: boolean }>(STORED_HASHES, parameters);
    return new Set(found.filter(({ isSame }) => isSame).map(({ place }) => of[place - 1]!));
  }
}

const KEY_BYTES = 16;

/** 128 bits of SHA-256: two different events share them by chance once in 10^19 at ten billion events. */
function eventKey({ tenantId, source, eventId }: EvidenceRow): Buffer {
  return hash('sha256', `${tenantId}\n${source}\n${eventId}`, 'buffer').subarray(0, KEY_BYTES);
}

function keysAndHashes(of: readonly number[], keys: readonly Buffer[], rows: readonly EvidenceRow[]): Buffer[] {
  return [uuidArray(of.map((index) => keys[index]!)), uuidArray(of.map((index) => rows[index]!.payloadHash))];
}

/** Index of the first occurrence of each key. */
function firstOfEach(keys: readonly Buffer[]): number[] {
  const seen = new Set<string>();
  return keys.flatMap((key, index) => {
    const text = key.toString('latin1');
    if (seen.has(text)) return [];
    seen.add(text);
    return [index];
  });
}
