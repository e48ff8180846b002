import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { ApiKeyEntity } from '../entities/api-key.entity.js';
import type { Identity, PersonRole, Transaction } from '../transaction.js';

export interface NewApiKey {
  readonly tenantId: string;
  readonly name: string;
  readonly role: PersonRole;
  readonly sellerId?: string;
  readonly warehouseId?: string;
  /** Default `read` and `write`. */
  readonly scopes?: readonly string[];
  /** UTC epoch milliseconds. */
  readonly expiresAt?: number;
}

export type KeyRefusal = 'malformed' | 'unknown' | 'revoked' | 'expired';
export type KeyVerdict =
  | { readonly ok: true; readonly keyId: string; readonly identity: Identity; readonly scopes: readonly string[] }
  | { readonly ok: false; readonly reason: KeyRefusal };

const PRESENTED = /^fl_[a-z]{2,10}_([0-9a-z]{16})_([0-9A-Za-z]{43,})$/;
// Compared with when the key id is unknown, so that the answer takes as long as for a wrong secret.
const NO_HASH = Buffer.alloc(32);

/** API keys. Only a hash of the secret is kept; create and verify as the service role. */
export class ApiKeyStore {
  /** `environment` (`live`, `test`) only marks the text. The answer `fl_<env>_<key id>_<secret>` is shown once. */
  async create(transaction: Transaction, key: NewApiKey, environment = 'live'): Promise<string> {
    const keyId = randomBytes(8).toString('hex');
    const secret = randomBytes(32).toString('hex');
    await transaction.manager.insert(ApiKeyEntity, {
      keyId,
      tenantId: key.tenantId,
      name: key.name,
      secretHash: hashOf(secret),
      role: key.role,
      sellerId: key.sellerId ?? null,
      warehouseId: key.warehouseId ?? null,
      scopes: [...(key.scopes ?? ['read', 'write'])],
      expiresAt: key.expiresAt === undefined ? null : new Date(key.expiresAt),
    });
    return `fl_${environment}_${keyId}_${secret}`;
  }

  /** Whose key it is at `now` (UTC epoch milliseconds). A refusal's reason is for the log, not for the caller. */
  async verify(transaction: Transaction, presented: string, now: number): Promise<KeyVerdict> {
    const match = PRESENTED.exec(presented);
    if (!match) return { ok: false, reason: 'malformed' };
    const key = await transaction.manager
      .createQueryBuilder(ApiKeyEntity, 'key')
      .addSelect('key.secretHash')
      .where('key.keyId = :keyId', { keyId: match[1] })
      .getOne();
    const isRight = timingSafeEqual(hashOf(match[2]!), key?.secretHash ?? NO_HASH);
    if (!key || !isRight) return { ok: false, reason: 'unknown' };
    if (key.revokedAt) return { ok: false, reason: 'revoked' };
    if (key.expiresAt && key.expiresAt.getTime() <= now) return { ok: false, reason: 'expired' };
    return { ok: true, keyId: key.keyId, identity: identityOf(key), scopes: key.scopes };
  }

  /** Keys of a tenant, without their hashes. */
  list(transaction: Transaction, tenantId: string): Promise<ApiKeyEntity[]> {
    return transaction.manager.find(ApiKeyEntity, { where: { tenantId }, order: { createdAt: 'ASC', keyId: 'ASC' } });
  }

  /** False when there is no such key in force. */
  async revoke(transaction: Transaction, tenantId: string, keyId: string, at: number): Promise<boolean> {
    const changed = await transaction.run(
      'UPDATE api_key SET revoked_at = $3 WHERE tenant_id = $1 AND key_id = $2 AND revoked_at IS NULL',
      [tenantId, keyId, new Date(at)],
    );
    return changed === 1;
  }

  /** Writes at most once a minute and key: a busy key must not become a row everybody waits for. */
  async noteUse(transaction: Transaction, keyId: string, at: number): Promise<void> {
    await transaction.run(
      `UPDATE api_key SET last_used_at = $2 WHERE key_id = $1 AND (last_used_at IS NULL OR last_used_at < $3)`,
      [keyId, new Date(at), new Date(at - 60_000)],
    );
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function identityOf(key: ApiKeyEntity): Identity {
  return {
    tenantId: key.tenantId,
    role: key.role,
    ...(key.sellerId !== null && { sellerId: key.sellerId }),
    ...(key.warehouseId !== null && { warehouseId: key.warehouseId }),
    name: key.name,
  };
}
