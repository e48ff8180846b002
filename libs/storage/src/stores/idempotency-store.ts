import type { Transaction } from '../transaction.js';
import { storableJson } from './columns.js';

/** What a key says about a request: do it, answer as before, wait, or refuse because the key was used for something else. */
export type IdempotencyOutcome =
  | { readonly kind: 'new' }
  | { readonly kind: 'done'; readonly status: number; readonly response: unknown }
  | { readonly kind: 'in-progress' }
  | { readonly kind: 'other-payload' };

interface Known {
  readonly samePayload: boolean;
  readonly status: number | null;
  readonly response: unknown;
}

/** `Idempotency-Key` of a tenant. A key whose request never finished is free again after `abandonedAfterMs`. */
export class IdempotencyStore {
  constructor(private readonly abandonedAfterMs = 60_000) {}

  /** Takes the key, or says what became of the request that took it. Commit before doing the work. */
  async begin(
    transaction: Transaction,
    tenantId: string,
    key: string,
    payloadHash: Buffer,
  ): Promise<IdempotencyOutcome> {
    const taken = await transaction.run(
      `INSERT INTO idempotency_key AS k (tenant_id, key, payload_hash) VALUES ($1, $2, $3)
       ON CONFLICT (tenant_id, key) DO UPDATE SET created_at = now()
       WHERE k.status IS NULL AND k.payload_hash = excluded.payload_hash
         AND k.created_at < now() - make_interval(secs => $4::float8 / 1000)`,
      [tenantId, key, payloadHash, this.abandonedAfterMs],
    );
    if (taken === 1) return { kind: 'new' };
    const [known] = await transaction.rows<Known>(
      `SELECT payload_hash = $3 AS "samePayload", status, response FROM idempotency_key WHERE tenant_id = $1 AND key = $2`,
      [tenantId, key, payloadHash],
    );
    if (!known || !known.samePayload) return { kind: 'other-payload' };
    return known.status === null
      ? { kind: 'in-progress' }
      : { kind: 'done', status: known.status, response: known.response };
  }

  /** Keeps the answer for repetitions. */
  async finish(
    transaction: Transaction,
    tenantId: string,
    key: string,
    answer: { status: number; response: unknown },
  ): Promise<void> {
    await transaction.run(`UPDATE idempotency_key SET status = $3, response = $4 WHERE tenant_id = $1 AND key = $2`, [
      tenantId,
      key,
      answer.status,
      storableJson(answer.response),
    ]);
  }

  /** Frees a key whose request failed in a way that may be tried again. */
  async release(transaction: Transaction, tenantId: string, key: string): Promise<void> {
    await transaction.run(`DELETE FROM idempotency_key WHERE tenant_id = $1 AND key = $2 AND status IS NULL`, [
      tenantId,
      key,
    ]);
  }

  /** Forgets up to `limit` keys older than `olderThanMs`; answers how many. */
  forget(transaction: Transaction, olderThanMs: number, limit: number): Promise<number> {
    return transaction.run(
      `DELETE FROM idempotency_key WHERE ctid = ANY(ARRAY(
         SELECT ctid FROM idempotency_key WHERE created_at < now() - make_interval(secs => $1::float8 / 1000) LIMIT $2))`,
      [olderThanMs, limit],
    );
  }
}
