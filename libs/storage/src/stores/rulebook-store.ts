import type { RuleOverlay } from '#domain';
import { iso } from '../queries/filters.js';
import type { Transaction } from '../transaction.js';

/** A tenant's overlay as it was signed, and when it was taken back; instants are RFC 3339 text. */
export interface StoredOverlay {
  readonly overlay: RuleOverlay;
  readonly withdrawnBy: string | null;
  readonly withdrawnAt: string | null;
}

const STORED = `body AS overlay, withdrawn_by AS "withdrawnBy", ${iso('withdrawn_at', 'withdrawnAt')}`;

/** What tenants laid over the rulebooks, and which rulebooks were published last. */
export class RulebookStore {
  /** Overlays in force per tenant, in the order they were signed. */
  async overlays(transaction: Transaction, tenantIds: readonly string[]): Promise<Map<string, RuleOverlay[]>> {
    const rows = await transaction.rows<{ tenantId: string; body: RuleOverlay }>(
      `SELECT tenant_id AS "tenantId", body FROM rule_overlay WHERE tenant_id = ANY($1) AND withdrawn_at IS NULL
       ORDER BY tenant_id, signed_at, overlay_id`,
      [tenantIds],
    );
    const overlays = new Map<string, RuleOverlay[]>();
    for (const { tenantId, body } of rows) overlays.set(tenantId, [...(overlays.get(tenantId) ?? []), body]);
    return overlays;
  }

  /** One change of a tenant's overlays at a time, until the transaction ends: two that fit alone may not fit together. */
  async lockOverlays(transaction: Transaction, tenantId: string): Promise<void> {
    await transaction.rows(`SELECT pg_advisory_xact_lock(hashtextextended('overlays/' || $1, 0))`, [tenantId]);
  }

  /** Every overlay of a tenant, also the withdrawn ones, the last signed first. */
  listOverlays(transaction: Transaction, tenantId: string): Promise<StoredOverlay[]> {
    return transaction.rows(
      `SELECT ${STORED} FROM rule_overlay WHERE tenant_id = $1 ORDER BY signed_at DESC, overlay_id`,
      [tenantId],
    );
  }

  async findOverlay(transaction: Transaction, tenantId: string, overlayId: string): Promise<StoredOverlay | undefined> {
    const sql = `SELECT ${STORED} FROM rule_overlay WHERE tenant_id = $1 AND overlay_id = $2`;
    return (await transaction.rows<StoredOverlay>(sql, [tenantId, overlayId]))[0];
  }

  async addOverlay(transaction: Transaction, overlay: RuleOverlay): Promise<void> {
    const { tenantId, overlayId, signedBy, signedAt } = overlay;
    await transaction.run(
      'INSERT INTO rule_overlay (tenant_id, overlay_id, body, signed_by, signed_at) VALUES ($1, $2, $3, $4, $5)',
      [tenantId, overlayId, JSON.stringify(overlay), signedBy, new Date(signedAt)],
    );
  }

  async withdrawOverlay(
    transaction: Transaction,
    { tenantId, overlayId }: Pick<RuleOverlay, 'tenantId' | 'overlayId'>,
    by: string,
    at: number,
  ): Promise<void> {
    await transaction.run(
      `UPDATE rule_overlay SET withdrawn_by = $3, withdrawn_at = $4
       WHERE tenant_id = $1 AND overlay_id = $2 AND withdrawn_at IS NULL`,
      [tenantId, overlayId, by, new Date(at)],
    );
  }

  /** Remembers what is in force now; answers the rulebooks whose fingerprint is new or changed, each to one caller only. */
  async publish(
    transaction: Transaction,
    rulebooks: readonly { readonly rulebook: string; readonly fingerprint: string }[],
  ): Promise<string[]> {
    const changed = await transaction.rows<{ rulebook: string }>(
      `INSERT INTO published_rulebook AS p (rulebook, fingerprint)
       SELECT rulebook, fingerprint FROM unnest($1::text[], $2::text[]) AS v (rulebook, fingerprint) ORDER BY rulebook
       ON CONFLICT (rulebook) DO UPDATE SET fingerprint = excluded.fingerprint, published_at = now()
       WHERE p.fingerprint <> excluded.fingerprint
       RETURNING rulebook`,
      [rulebooks.map(({ rulebook }) => rulebook), rulebooks.map(({ fingerprint }) => fingerprint)],
    );
    return changed.map(({ rulebook }) => rulebook);
  }
}
