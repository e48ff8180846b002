import { RecipientEntity } from '../entities/recipient.entity.js';
import type { Transaction } from '../transaction.js';

export type NewRecipient = Pick<RecipientEntity, 'tenantId' | 'name' | 'channel' | 'address'> &
  Partial<Omit<RecipientEntity, 'recipientId' | 'disabledAt' | 'disabledReason'>>;

/** Who is told, where and about what. */
export class RecipientStore {
  /** Answers the new id, decimal text of a bigint. */
  async create(transaction: Transaction, recipient: NewRecipient): Promise<string> {
    const result = await transaction.manager.insert(RecipientEntity, recipient);
    return String(result.identifiers[0]!.recipientId);
  }

  /** Recipients of a tenant, without their signing secrets. */
  list(transaction: Transaction, tenantId: string): Promise<RecipientEntity[]> {
    return transaction.manager.find(RecipientEntity, { where: { tenantId }, order: { recipientId: 'ASC' } });
  }

  /** With the signing secret, to send. */
  async findWithSecret(transaction: Transaction, recipientId: string): Promise<RecipientEntity | undefined> {
    const found = await transaction.manager
      .createQueryBuilder(RecipientEntity, 'recipient')
      .addSelect('recipient.secret')
      .where('recipient.recipientId = :recipientId', { recipientId })
      .getOne();
    return found ?? undefined;
  }

  /** Stops sending to it, e.g. after 410 Gone. False when the tenant has no such recipient, or it was disabled already. */
  async disable(
    transaction: Transaction,
    { tenantId, recipientId }: Pick<RecipientEntity, 'tenantId' | 'recipientId'>,
    reason: string,
    at: number,
  ): Promise<boolean> {
    const changed = await transaction.run(
      `UPDATE recipient SET disabled_at = $4, disabled_reason = $3
       WHERE tenant_id = $1 AND recipient_id::text = $2 AND disabled_at IS NULL`,
      [tenantId, recipientId, reason, new Date(at)],
    );
    return changed === 1;
  }

  /** Sends to it again what is raised from now on. False when the tenant has no such recipient that is disabled. */
  async enable(transaction: Transaction, tenantId: string, recipientId: string): Promise<boolean> {
    const changed = await transaction.run(
      `UPDATE recipient SET disabled_at = NULL, disabled_reason = NULL
       WHERE tenant_id = $1 AND recipient_id::text = $2 AND disabled_at IS NOT NULL`,
      [tenantId, recipientId],
    );
    return changed === 1;
  }
}
