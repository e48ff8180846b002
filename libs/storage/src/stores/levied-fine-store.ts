import type { FineLevied } from '#domain';
import type { Transaction } from '../transaction.js';
import { columnsOf, timestamp } from './columns.js';

export interface LeviedFineRow {
  readonly tenantId: string;
  readonly fine: FineLevied['data'];
}

// A platform numbers its own charges. One charge reported twice with different contents: the later reading holds, then the greater amount, whatever came first.
const SAVE = `
INSERT INTO levied_fine AS f (tenant_id, charge_id, order_id, seller_id, platform, amount_minor, currency, levied_at, rule_id, reversal, reason)
SELECT DISTINCT ON (tenant_id, platform, charge_id, reversal) tenant_id, charge_id, order_id, seller_id, platform, amount_minor, currency,
  ${timestamp('levied_at')}, rule_id, reversal, reason
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::text[], $8::float8[], $9::text[],
  $10::boolean[], $11::text[])
  AS v (tenant_id, charge_id, order_id, seller_id, platform, amount_minor, currency, levied_at, rule_id, reversal, reason)
ORDER BY tenant_id, platform, charge_id, reversal, levied_at DESC, amount_minor DESC
ON CONFLICT (tenant_id, platform, charge_id, reversal) DO UPDATE SET order_id = excluded.order_id, seller_id = excluded.seller_id,
  amount_minor = excluded.amount_minor, currency = excluded.currency,
  levied_at = excluded.levied_at, rule_id = excluded.rule_id, reason = excluded.reason
WHERE (excluded.levied_at, excluded.amount_minor) > (f.levied_at, f.amount_minor)`;

/** What the platforms actually charged, and took back. */
export class LeviedFineStore {
  async save(transaction: Transaction, rows: readonly LeviedFineRow[]): Promise<void> {
    if (rows.length === 0) return;
    await transaction.run(
      SAVE,
      columnsOf(rows, [
        (row) => row.tenantId,
        (row) => row.fine.chargeId,
        (row) => row.fine.orderId,
        (row) => row.fine.sellerId,
        (row) => row.fine.platform,
        (row) => row.fine.amountMinor,
        (row) => row.fine.currency,
        (row) => row.fine.leviedAt,
        (row) => row.fine.ruleId,
        (row) => row.fine.reversal ?? false,
        (row) => row.fine.reason,
      ]),
    );
  }
}
