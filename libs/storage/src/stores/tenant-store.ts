import { TenantEntity } from '../entities/tenant.entity.js';
import type { Transaction } from '../transaction.js';

export interface NewTenant {
  readonly tenantId: string;
  readonly name: string;
  readonly language?: 'en' | 'zh';
  /** IANA name, default UTC. */
  readonly timeZone?: string;
  readonly settings?: Record<string, unknown>;
}

export class TenantStore {
  /** Does nothing when the tenant is there; answers whether it was created. */
  async ensure(transaction: Transaction, tenant: NewTenant): Promise<boolean> {
    const { tenantId, name, language = 'en', timeZone = 'UTC', settings = {} } = tenant;
    const created = await transaction.run(
      `INSERT INTO tenant (tenant_id, name, language, time_zone, settings) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [tenantId, name, language, timeZone, JSON.stringify(settings)],
    );
    return created === 1;
  }

  async find(transaction: Transaction, tenantId: string): Promise<TenantEntity | undefined> {
    return (await transaction.manager.findOne(TenantEntity, { where: { tenantId } })) ?? undefined;
  }

  list(transaction: Transaction): Promise<TenantEntity[]> {
    return transaction.manager.find(TenantEntity, { order: { tenantId: 'ASC' } });
  }
}
