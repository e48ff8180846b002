import type { RuleOverlay } from '#domain';
import type { Transaction } from '../transaction.js';

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
