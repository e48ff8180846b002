import type { WaiverAnnounced } from '#domain';
import type { Transaction } from '../transaction.js';
import { columnsOf, timestamp } from './columns.js';

export type Waiver = WaiverAnnounced['data'];

export interface WaiverRow {
  readonly tenantId: string;
  readonly waiver: Waiver;
  /** When it was announced; of two announcements of one waiver the later holds. UTC epoch milliseconds. */
  readonly announcedAt: number;
  /** Who entered it; absent when it came as an event. */
  readonly createdBy?: string;
}

export interface SavedWaiver {
  readonly tenantId: string;
  readonly waiver: Waiver;
  /** An earlier announcement of the same waiver was there. */
  readonly replaced: boolean;
}

// Announced in the same instant: the greater text holds, so that the order of arrival does not matter.
const SAVE = `
INSERT INTO waiver AS w (tenant_id, waiver_id, body, announced_at, revoked_at, created_by)
SELECT DISTINCT ON (tenant_id, waiver_id) tenant_id, waiver_id, body::jsonb, ${timestamp('announced_at')},
  CASE WHEN revoked THEN ${timestamp('announced_at')} END, created_by
FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::boolean[], $6::text[])
  AS v (tenant_id, waiver_id, body, announced_at, revoked, created_by)
ORDER BY tenant_id, waiver_id, announced_at DESC, body::jsonb DESC
ON CONFLICT (tenant_id, waiver_id) DO UPDATE SET body = excluded.body, announced_at = excluded.announced_at,
  revoked_at = excluded.revoked_at, created_by = excluded.created_by
WHERE (excluded.announced_at, excluded.body) > (w.announced_at, w.body)
RETURNING tenant_id AS "tenantId", body AS waiver, xmax <> 0 AS replaced`;

/** Waivers of tenants, announced as events or entered by people. */
export class WaiverStore {
  /** Inserts or replaces by a later announcement; answers those that changed something. */
  async save(transaction: Transaction, rows: readonly WaiverRow[]): Promise<SavedWaiver[]> {
    if (rows.length === 0) return [];
    const columns = columnsOf(rows, [
      (row) => row.tenantId,
      (row) => row.waiver.waiverId,
      (row) => JSON.stringify(row.waiver),
      (row) => row.announcedAt,
      (row) => row.waiver.revoked ?? false,
      (row) => row.createdBy,
    ]);
    return transaction.rows(SAVE, columns);
  }

  /** Waivers in force, per tenant, sorted by waiver id. */
  async inForce(transaction: Transaction, tenantIds: readonly string[]): Promise<Map<string, Waiver[]>> {
    const rows = await transaction.rows<{ tenantId: string; waiver: Waiver }>(
      `SELECT tenant_id AS "tenantId", body AS waiver FROM waiver
       WHERE tenant_id = ANY($1) AND revoked_at IS NULL ORDER BY tenant_id, waiver_id`,
      [tenantIds],
    );
    const waivers = new Map<string, Waiver[]>();
    for (const { tenantId, waiver } of rows) {
      const known = waivers.get(tenantId);
      if (known) known.push(waiver);
      else waivers.set(tenantId, [waiver]);
    }
    return waivers;
  }
}
