import type { DaysOff } from '#domain';
import type { Transaction } from '../transaction.js';
import { milliseconds, timestamp } from './columns.js';

export interface DaysOffOwner {
  readonly tenantId: string;
  readonly of: 'seller' | 'warehouse';
  readonly id: string;
}

export interface DaysOffRow extends DaysOffOwner {
  readonly revision: number;
  /** `YYYY-MM-DD` to what the day is. */
  readonly days: Readonly<Record<string, string>>;
  readonly changedBy: string;
  /** UTC epoch milliseconds. */
  readonly changedAt: number;
}

const ROW = `tenant_id AS "tenantId", CASE WHEN seller_id <> '' THEN 'seller' ELSE 'warehouse' END AS of,
  seller_id || warehouse_id AS id, revision, days, changed_by AS "changedBy", ${milliseconds('changed_at', 'changedAt')}`;

/** Days off per seller and warehouse. Row-level security shows a seller and a warehouse its own. */
export class DaysOffStore {
  /** Sorted by owner. */
  async load(transaction: Transaction, tenantIds: readonly string[]): Promise<DaysOffRow[]> {
    return transaction.rows<DaysOffRow>(
      `SELECT ${ROW} FROM days_off WHERE tenant_id = ANY($1) ORDER BY tenant_id, seller_id, warehouse_id`,
      [tenantIds],
    );
  }

  /** Locks the row, so that two changes do not make the same revision. */
  async find(transaction: Transaction, owner: DaysOffOwner): Promise<DaysOffRow | undefined> {
    const [row] = await transaction.rows<DaysOffRow>(
      `SELECT ${ROW} FROM days_off WHERE tenant_id = $1 AND seller_id = $2 AND warehouse_id = $3 FOR UPDATE`,
      keyOf(owner),
    );
    return row;
  }

  async save(transaction: Transaction, row: DaysOffRow): Promise<void> {
    await transaction.run(
      `INSERT INTO days_off (tenant_id, seller_id, warehouse_id, revision, days, changed_by, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, ${timestamp('$7::float8')})
       ON CONFLICT (tenant_id, seller_id, warehouse_id) DO UPDATE SET revision = excluded.revision, days = excluded.days,
         changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
      [...keyOf(row), row.revision, JSON.stringify(row.days), row.changedBy, row.changedAt],
    );
  }
}

/** As evaluation takes them. */
export function daysOffOf({ of, id, revision, days }: DaysOffRow): DaysOff {
  return { version: `${of} ${id} #${revision}`, days: new Map(Object.entries(days)) };
}

function keyOf({ tenantId, of, id }: DaysOffOwner): [string, string, string] {
  return of === 'seller' ? [tenantId, id, ''] : [tenantId, '', id];
}
