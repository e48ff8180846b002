import type { Transaction } from '../transaction.js';
import { storableJson, storableText } from './columns.js';

/** `code` and `values` say the same for machines; what was kept by an earlier build has none. */
export interface QuarantineFault {
  readonly pointer: string;
  readonly detail: string;
  readonly code?: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** Something that could not be taken in, kept with its reason. `raw` is what came, byte for byte. */
export interface QuarantineRow {
  readonly tenantId?: string;
  /** Where it came in: `log`, `http`, `csv`, a carrier's webhook. */
  readonly channel: string;
  readonly reason: string;
  readonly faults: readonly QuarantineFault[];
  readonly raw?: Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: bigint;
}

export interface QuarantineEntry {
  /** Decimal text. */
  readonly quarantineId: string;
  readonly tenantId: string | null;
  readonly channel: string;
  readonly reason: string;
  readonly faults: readonly QuarantineFault[];
  readonly topic: string | null;
  readonly partition: number | null;
  readonly offset: string | null;
  readonly arrivedAt: number;
  readonly status: 'held' | 'replayed' | 'dismissed';
  readonly settledAt: number | null;
  readonly settledBy: string | null;
}

/** An entry with what came: the bytes, and what was said about them. */
export interface QuarantineDetail extends QuarantineEntry {
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: Buffer | null;
}

const ADD = `
INSERT INTO quarantine (tenant_id, channel, reason, faults, raw, headers, topic, "partition", "offset")
SELECT tenant_id, channel, reason, faults::jsonb, raw, headers::jsonb, topic, "partition", "offset"
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::int[], $9::bigint[])
  AS q (tenant_id, channel, reason, faults, raw, headers, topic, "partition", "offset")
ON CONFLICT DO NOTHING`;

const ENTRY = `quarantine_id AS "quarantineId", tenant_id AS "tenantId", channel, reason, faults, topic, "partition", "offset",
  (extract(epoch FROM arrived_at) * 1000)::float8 AS "arrivedAt", status,
  (extract(epoch FROM settled_at) * 1000)::float8 AS "settledAt", settled_by AS "settledBy"`;

/** Bad input, never dropped. What a person sees of it is decided by row-level security. */
export class QuarantineStore {
  /** A record of the log is kept once, however often its batch is tried. Nothing a stranger sends may fail here. Answers how many were new. */
  async add(transaction: Transaction, rows: readonly QuarantineRow[]): Promise<number> {
    if (rows.length === 0) return 0;
    return transaction.run(ADD, [
      rows.map((row) => (row.tenantId === undefined ? null : storableText(row.tenantId))),
      rows.map((row) => row.channel),
      rows.map((row) => storableText(row.reason)),
      rows.map((row) => storableJson(row.faults)),
      rows.map((row) => row.raw ?? null),
      rows.map((row) => storableJson(storableHeaders(row.headers))),
      rows.map((row) => row.topic ?? null),
      rows.map((row) => row.partition ?? null),
      rows.map((row) => row.offset ?? null),
    ]);
  }

  /** Newest first, below `beforeId` when paging. */
  async list(
    transaction: Transaction,
    page: { limit: number; beforeId?: string; status?: QuarantineEntry['status'] },
  ): Promise<QuarantineEntry[]> {
    return transaction.rows<QuarantineEntry>(
      `SELECT ${ENTRY} FROM quarantine
       WHERE ($1::bigint IS NULL OR quarantine_id < $1) AND ($2::text IS NULL OR status = $2)
       ORDER BY quarantine_id DESC LIMIT $3`,
      [page.beforeId ?? null, page.status ?? null, page.limit],
    );
  }

  async get(transaction: Transaction, quarantineId: string): Promise<QuarantineDetail | undefined> {
    const rows = await transaction.rows<QuarantineDetail>(
      `SELECT ${ENTRY}, headers, raw FROM quarantine WHERE quarantine_id = $1`,
      [quarantineId],
    );
    return rows[0];
  }

  /** False when it is not there or already settled. */
  markReplayed(transaction: Transaction, quarantineId: string, by: string, at: number): Promise<boolean> {
    return this.settle(transaction, quarantineId, 'replayed', by, at);
  }

  /** False when it is not there or already settled. */
  dismiss(transaction: Transaction, quarantineId: string, by: string, at: number): Promise<boolean> {
    return this.settle(transaction, quarantineId, 'dismissed', by, at);
  }

  private async settle(
    transaction: Transaction,
    quarantineId: string,
    status: 'replayed' | 'dismissed',
    by: string,
    at: number,
  ): Promise<boolean> {
    const changed = await transaction.run(
      `UPDATE quarantine SET status = $2, settled_by = $3, settled_at = $4 WHERE quarantine_id = $1 AND status = 'held'`,
      [quarantineId, status, by, new Date(at)],
    );
    return changed === 1;
  }
}

/** One that holds NUL is left out: with another character in its place it might be replayed as another event. */
function storableHeaders(headers: QuarantineRow['headers'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter((header) => !header.join('').includes('\0')));
}
