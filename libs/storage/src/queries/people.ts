// Who a session belongs to, and the tenant they work for.
import type { Transaction } from '../transaction.js';
import type { PersonRole } from '../transaction.js';

export interface KeyHolder {
  readonly keyId: string;
  readonly tenantId: string;
  readonly name: string;
  readonly role: PersonRole;
  readonly sellerId: string | null;
  readonly warehouseId: string | null;
  readonly scopes: string[];
}

/** Neither revoked nor expired at the database's own time. */
const ACTIVE = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())';

/** The holder of a key that is neither revoked nor expired at the database's own time. Service role. */
export async function activeKey(transaction: Transaction, keyId: string): Promise<KeyHolder | undefined> {
  const [row] = await transaction.rows<KeyHolder>(
    `SELECT key_id AS "keyId", tenant_id AS "tenantId", name, role, seller_id AS "sellerId", warehouse_id AS "warehouseId", scopes
     FROM api_key WHERE key_id = $1 AND ${ACTIVE}`,
    [keyId],
  );
  return row;
}

/** Those of the given keys that are neither revoked nor expired at the database's own time. Service role. */
export async function activeKeyIds(transaction: Transaction, keyIds: readonly string[]): Promise<string[]> {
  const rows = await transaction.rows<{ keyId: string }>(
    `SELECT key_id AS "keyId" FROM api_key WHERE key_id = ANY($1) AND ${ACTIVE}`,
    [keyIds],
  );
  return rows.map(({ keyId }) => keyId);
}

export interface OwnTenant {
  readonly name: string;
  readonly language: string;
  readonly timeZone: string;
}

/** The tenant of the person asking. */
export async function ownTenant(transaction: Transaction): Promise<OwnTenant | undefined> {
  const [row] = await transaction.rows<OwnTenant>('SELECT name, language, time_zone AS "timeZone" FROM tenant');
  return row;
}
