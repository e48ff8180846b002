import type { Transaction } from '../transaction.js';

export interface AuditEntry {
  readonly tenantId: string;
  readonly actor: string;
  readonly action: string;
  /** What it was done to, e.g. `order/1024`. */
  readonly subject: string;
  readonly before?: object;
  readonly after?: object;
  readonly reason?: string;
}

/** Who did what, written in the transaction that did it. */
export class AuditStore {
  async add(transaction: Transaction, entry: AuditEntry): Promise<void> {
    await transaction.run(
      `INSERT INTO audit (tenant_id, actor, action, subject, before, after, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        entry.tenantId,
        entry.actor,
        entry.action,
        entry.subject,
        entry.before ? JSON.stringify(entry.before) : null,
        entry.after ? JSON.stringify(entry.after) : null,
        entry.reason ?? null,
      ],
    );
  }
}
