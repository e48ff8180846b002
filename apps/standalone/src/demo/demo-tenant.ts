// The demo's tenant: keys for the three roles and recipients whose mail lands in the local inbox.
import { ApiKeyStore, RecipientStore, TenantStore, withService } from '#storage';
import type { DataSource } from '#storage';

export const DEMO_TENANT = 'demo';

export interface DemoKeys {
  readonly ops: string;
  readonly seller: string;
  readonly warehouse: string;
}

/** Creates tenant, keys and recipients; call once on an empty record. Keys are shown here only. */
export function createDemoTenant(dataSource: DataSource): Promise<DemoKeys> {
  const keys = new ApiKeyStore();
  const recipients = new RecipientStore();
  const common = { tenantId: DEMO_TENANT, channel: 'email' as const };
  return withService(dataSource, async (transaction) => {
    const name = 'Harbor Bridge Fulfillment';
    await new TenantStore().ensure(transaction, { tenantId: DEMO_TENANT, name, timeZone: 'America/New_York' });
    await recipients.create(transaction, {
      ...common,
      name: 'Ops desk',
      address: 'ops@demo.example',
      timeZone: 'America/New_York',
      minimumMinor: '300',
    });
    await recipients.create(transaction, {
      ...common,
      name: '恒达家居',
      address: 'hengda@demo.example',
      language: 'zh',
      timeZone: 'Asia/Shanghai',
      sellerId: 'hengda-home',
      minimumMinor: '500',
    });
    const dock = {
      name: 'Ontario dock',
      address: 'dock@demo.example',
      timeZone: 'America/Los_Angeles',
      warehouseId: 'CA-ONTARIO-1',
    };
    await recipients.create(transaction, { ...common, ...dock, minimumMinor: '500' });
    return {
      ops: await keys.create(transaction, { tenantId: DEMO_TENANT, name: 'Demo ops desk', role: 'ops' }, 'demo'),
      seller: await keys.create(
        transaction,
        { tenantId: DEMO_TENANT, name: 'Demo seller', role: 'seller', sellerId: 'hengda-home' },
        'demo',
      ),
      warehouse: await keys.create(
        transaction,
        { tenantId: DEMO_TENANT, name: 'Demo warehouse', role: 'warehouse', warehouseId: 'CA-ONTARIO-1' },
        'demo',
      ),
    };
  });
}
