// `fineline tenants`: who Fineline works for.
import type { Command } from 'commander';
import { Option } from 'commander';
import { identifierArgument, onRecord, zoneArgument } from './administration.js';

interface TenantFlags {
  readonly name?: string;
  readonly language: 'en' | 'zh';
  readonly zone: string;
}

export function registerTenants(program: Command): void {
  const tenants = program.command('tenants').description('tenants of the record in DATABASE_URL');
  tenants
    .command('create')
    .description('make a tenant')
    .argument('<id>', 'short name that never changes', identifierArgument)
    .option('--name <text>', 'what people read; the id where absent')
    .addOption(new Option('--language <language>', 'of the tenant').choices(['en', 'zh']).default('en'))
    .option('--zone <zone>', 'IANA time zone of its day', zoneArgument, 'UTC')
    .action(createTenant);
  tenants.command('list').description('all tenants').action(listTenants);
}

async function createTenant(tenantId: string, { name = tenantId, language, zone }: TenantFlags): Promise<void> {
  const { TenantStore } = await import('#storage');
  const created = await onRecord((transaction) =>
    new TenantStore().ensure(transaction, { tenantId, name, language, timeZone: zone }),
  );
  console.log(created ? `Tenant ${tenantId} made.` : `Tenant ${tenantId} was there already; nothing is changed.`);
}

async function listTenants(): Promise<void> {
  const { TenantStore } = await import('#storage');
  const tenants = await onRecord((transaction) => new TenantStore().list(transaction));
  for (const { tenantId, name, timeZone } of tenants) console.log(`${tenantId}\t${name}\t${timeZone}`);
}
