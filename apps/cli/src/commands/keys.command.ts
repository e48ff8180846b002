// `fineline keys`: who may send events and open the page.
import type { Command } from 'commander';
import { Option } from 'commander';
import { UsageError } from '../usage-error.js';
import { identifierArgument, onRecord } from './administration.js';
import { instantArgument } from './shared-options.js';

interface KeyFlags {
  readonly tenant: string;
  readonly role: 'ops' | 'seller' | 'warehouse';
  readonly seller?: string;
  readonly warehouse?: string;
  readonly name?: string;
  readonly readOnly: boolean;
  readonly expires?: number;
}

export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('API keys of the record in DATABASE_URL');
  keys
    .command('create')
    .description('make a key; it is printed once and cannot be read again')
    .requiredOption('--tenant <id>', 'whose key', identifierArgument)
    .addOption(
      new Option('--role <role>', 'what it sees').choices(['ops', 'seller', 'warehouse']).makeOptionMandatory(),
    )
    .option('--seller <id>', 'with role seller', identifierArgument)
    .option('--warehouse <id>', 'with role warehouse', identifierArgument)
    .option('--name <text>', 'who holds it; written into the audit trail')
    .option('--read-only', 'may not send or command', false)
    .option('--expires <instant>', 'RFC 3339; never where absent', instantArgument)
    .action(createKey);
  keys.command('list').requiredOption('--tenant <id>', 'whose keys', identifierArgument).action(listKeys);
  keys
    .command('revoke')
    .description('end a key; a process that just checked it may take it for 5 s more')
    .argument('<key-id>', 'the id `keys list` shows')
    .requiredOption('--tenant <id>', 'whose key', identifierArgument)
    .action(revokeKey);
}

async function createKey(flags: KeyFlags): Promise<void> {
  const { tenant: tenantId, role, seller: sellerId, warehouse: warehouseId, expires: expiresAt } = flags;
  if (role === 'seller' && !sellerId) throw new UsageError('a seller key needs --seller');
  if (role === 'warehouse' && !warehouseId) throw new UsageError('a warehouse key needs --warehouse');
  const { ApiKeyStore, TenantStore } = await import('#storage');
  const scopes = flags.readOnly ? ['read'] : ['read', 'write'];
  const name = flags.name ?? [role, sellerId ?? warehouseId].filter(Boolean).join(' ');
  const key = await onRecord(async (transaction) => {
    const tenant = await new TenantStore().find(transaction, tenantId);
    if (!tenant) throw new UsageError(`there is no tenant ${tenantId}; make it with "fineline tenants create"`);
    return new ApiKeyStore().create(transaction, { tenantId, name, role, sellerId, warehouseId, scopes, expiresAt });
  });
  console.log(key);
}

async function listKeys({ tenant }: { tenant: string }): Promise<void> {
  const { ApiKeyStore } = await import('#storage');
  for (const key of await onRecord((transaction) => new ApiKeyStore().list(transaction, tenant))) {
    const state = key.revokedAt ? 'revoked' : key.expiresAt ? `expires ${key.expiresAt.toISOString()}` : 'valid';
    console.log([key.keyId, key.role, key.sellerId ?? key.warehouseId ?? '-', state, key.name].join('\t'));
  }
}

async function revokeKey(keyId: string, { tenant }: { tenant: string }): Promise<void> {
  const { ApiKeyStore } = await import('#storage');
  const revoked = await onRecord((transaction) => new ApiKeyStore().revoke(transaction, tenant, keyId, Date.now()));
  if (!revoked) throw new UsageError(`tenant ${tenant} has no valid key ${keyId}`);
  console.log(`Key ${keyId} is revoked.`);
}
