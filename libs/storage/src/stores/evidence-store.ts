import type { Transaction } from '../transaction.js';
import { milliseconds } from './columns.js';
import { byteaArray, float8Array, int8Array, textArray } from './binary-array.js';

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
  /** Over what the event says, not over how or when it was sent: the same event sent twice hashes the same. */
  readonly payloadHash: Buffer;
  /** JSON text, or its UTF-8 bytes. */
  readonly payload: string | Buffer;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** What became of each row of a batch, by its index. */
export interface EvidenceOutcome {
  /** Rows stored now. */
  readonly fresh: readonly number[];
  /** Rows whose key was there with the same payload, in the table or earlier in the batch. */
  readonly repeated: readonly number[];
  /** Rows whose key was there with another payload; the first one stays. */
  readonly conflicting: readonly number[];
}

// Sorted by key: two batches that carry the same events then wait for each other instead of deadlocking.
const INSERT = `
INSERT INTO evidence (tenant_id, source, event_id, type, order_id, tracking_number, occurred_at, received_at,
  payload_hash, payload, topic, "partition", "offset")
SELECT tenant_id, source, event_id, type, order_id, tracking_number, to_timestamp(occurred_at / 1000), to_timestamp(received_at / 1000),
  payload_hash, payload::json, $11, $12, "offset"
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::float8[],
  $9::bytea[], $10::text[], $13::bigint[])
  AS e (tenant_id, source, event_id, type, order_id, tracking_number, occurred_at, received_at, payload_hash, payload, "offset")
ORDER BY tenant_id, source, event_id
ON CONFLICT DO NOTHING
RETURNING "offset"`;

/** One stored event with its payload as JSON. */
export interface StoredEvidence {
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  /** UTC epoch milliseconds. */
  readonly occurredAt: number;
  readonly payload: unknown;
}

const PAGE = `
SELECT source, event_id AS "eventId", type, ${milliseconds('occurred_at', 'occurredAt')}, payload FROM evidence
WHERE tenant_id = $1 AND (source, event_id) > ($2, $3) AND occurred_at >= to_timestamp($4::float8 / 1000)
  AND occurred_at <= to_timestamp($5::float8 / 1000)
ORDER BY source, event_id LIMIT $6`;

const STORED_HASHES = `
SELECT k.position::int AS position, e.payload_hash AS "payloadHash"
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS k (tenant_id, source, event_id, position)
JOIN evidence e USING (tenant_id, source, event_id)`;

/** The evidence table: every event once, under tenant + source + id. */
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

  /** The next of them in key order. States do not depend on the order of events, and the key's index reads them without a sort. */
  pageWithin(
    transaction: Transaction,
    of: { tenantId: string; since: number; until: number; after?: { source: string; eventId: string } },
    limit: number,
  ): Promise<StoredEvidence[]> {
    const { tenantId, since, until, after } = of;
    return transaction.rows(PAGE, [tenantId, after?.source ?? '', after?.eventId ?? '', since, until, limit]);
  }

  /** Stores what is new. All rows must come from one topic and partition, each with its own offset. */
  async insertNew(transaction: Transaction, rows: readonly EvidenceRow[]): Promise<EvidenceOutcome> {
    const first = firstOfEachKey(rows);
    const stored = await this.insert(
      transaction,
      first.map((index) => rows[index]!),
    );
    const isFresh = (index: number): boolean => stored.has(rows[index]!.offset);
    const fresh = first.filter(isFresh);
    const others = rows.map((_, index) => index).filter((index) => !isFresh(index));
    const hashes = await this.storedHashes(
      transaction,
      others.map((index) => rows[index]!),
    );
    const agrees = others.map((index, position) => hashes.get(position + 1)?.equals(rows[index]!.payloadHash) ?? false);
    return {
      fresh,
      repeated: others.filter((_, position) => agrees[position]),
      conflicting: others.filter((_, position) => !agrees[position]),
    };
  }

  private async insert(transaction: Transaction, rows: readonly EvidenceRow[]): Promise<Set<bigint>> {
    if (rows.length === 0) return new Set();
    const { topic, partition } = rows[0]!;
    const inserted = await transaction.rows<{ offset: string }>(INSERT, [
      ...keyColumns(rows),
      textArray(rows.map((row) => row.type)),
      textArray(rows.map((row) => row.orderId ?? null)),
      textArray(rows.map((row) => row.trackingNumber ?? null)),
      float8Array(rows.map((row) => row.occurredAt)),
      float8Array(rows.map((row) => row.receivedAt ?? null)),
      byteaArray(rows.map((row) => row.payloadHash)),
      textArray(rows.map((row) => row.payload)),
      topic,
      partition,
      int8Array(rows.map((row) => row.offset)),
    ]);
    return new Set(inserted.map(({ offset }) => BigInt(offset)));
  }

  private async storedHashes(transaction: Transaction, rows: readonly EvidenceRow[]): Promise<Map<number, Buffer>> {
    if (rows.length === 0) return new Map();
    const found = await transaction.rows<{ position: number; payloadHash: Buffer }>(STORED_HASHES, keyColumns(rows));
    return new Map(found.map(({ position, payloadHash }) => [position, payloadHash]));
  }
}

function keyColumns(rows: readonly EvidenceRow[]): Buffer[] {
  return [
    textArray(rows.map((row) => row.tenantId)),
    textArray(rows.map((row) => row.source)),
    textArray(rows.map((row) => row.eventId)),
  ];
}

function firstOfEachKey(rows: readonly EvidenceRow[]): number[] {
  const seen = new Set<string>();
  return rows.flatMap(({ tenantId, source, eventId }, index) => {
    const key = JSON.stringify([tenantId, source, eventId]);
    if (seen.has(key)) return [];
    seen.add(key);
    return [index];
  });
}
