import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { createTestDatabase } from '#testing';
import type { TestDatabase } from '#testing';
import { ApiKeyStore, openDataSource, withService } from '#storage';
import type { DataSource, KeyVerdict } from '#storage';
import { registerKeys } from './keys.command.js';
import { registerRecipients } from './recipients.command.js';
import { registerTenants } from './tenants.command.js';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await openDataSource(database.url);
  process.env['DATABASE_URL'] = database.url;
});
afterAll(async () => {
  delete process.env['DATABASE_URL'];
  await dataSource.destroy();
  await database.drop();
});

/** Runs the command line in this process; answers what it printed. */
async function fineline(...words: string[]): Promise<string> {
  const program = new Command('fineline').exitOverride().configureOutput({ writeErr: () => undefined });
  for (const register of [registerTenants, registerKeys, registerRecipients]) register(program);
  const printed: string[] = [];
  const { log } = console;
  console.log = (line: string) => void printed.push(line);
  try {
    await program.parseAsync(words, { from: 'user' });
  } finally {
    console.log = log;
  }
  return printed.join('\n');
}

const verdict = (key: string): Promise<KeyVerdict> =>
  withService(dataSource, (transaction) => new ApiKeyStore().verify(transaction, key, Date.now()));

describe('administration', () => {
  it('makes a tenant once', async () => {
    expect(await fineline('tenants', 'create', 'acme', '--name', 'Acme', '--zone', 'Asia/Shanghai')).toContain('made');
    expect(await fineline('tenants', 'create', 'acme')).toContain('there already');
    expect(await fineline('tenants', 'list')).toContain('acme\tAcme\tAsia/Shanghai');
  });

  it('makes a key that is known until it is revoked', async () => {
    const key = await fineline('keys', 'create', '--tenant', 'acme', '--role', 'seller', '--seller', 's-1');
    const known = await verdict(key);
    expect(known).toMatchObject({ ok: true, identity: { tenantId: 'acme', role: 'seller', sellerId: 's-1' } });
    const keyId = known.ok ? known.keyId : '';
    await fineline('keys', 'revoke', keyId, '--tenant', 'acme');
    expect(await verdict(key)).toEqual({ ok: false, reason: 'revoked' });
    expect(await fineline('keys', 'list', '--tenant', 'acme')).toContain(`${keyId}\tseller\ts-1\trevoked`);
  });

  it('refuses a key without its seller, for a tenant that is not there, and a revocation by another tenant', async () => {
    await expect(fineline('keys', 'create', '--tenant', 'acme', '--role', 'seller')).rejects.toThrow('needs --seller');
    await expect(fineline('keys', 'create', '--tenant', 'nobody', '--role', 'ops')).rejects.toThrow('no tenant');
    const keyId = (await fineline('keys', 'create', '--tenant', 'acme', '--role', 'ops')).split('_')[2] ?? '';
    await fineline('tenants', 'create', 'other');
    await expect(fineline('keys', 'revoke', keyId, '--tenant', 'other')).rejects.toThrow('no valid key');
  });

  it('adds recipients of both channels', async () => {
    const flags = ['--tenant', 'acme', '--name', 'Ops'];
    expect(await fineline('recipients', 'add', ...flags, '--email', 'ops@acme.example')).toContain('added');
    expect(await fineline('recipients', 'add', ...flags, '--webhook', 'https://acme.example/hook')).toMatch(
      /whsec_\S{40,}/,
    );
    await expect(fineline('recipients', 'add', ...flags)).rejects.toThrow('either --email or --webhook');
    expect((await fineline('recipients', 'list', '--tenant', 'acme')).split('\n')).toHaveLength(2);
  });

  it('disables a recipient and enables it again, for its own tenant', async () => {
    const added = await fineline('recipients', 'add', '--tenant', 'acme', '--name', 'Li', '--email', 'li@acme.example');
    const id = /Recipient (\d+)/.exec(added)![1]!;
    const change = (to: 'disable' | 'enable', tenant: string, which = id, ...flags: string[]): Promise<string> =>
      fineline('recipients', to, which, '--tenant', tenant, ...flags);
    const state = async (): Promise<string | undefined> =>
      (await fineline('recipients', 'list', '--tenant', 'acme'))
        .split('\n')
        .map((line) => line.split('\t'))
        .find(([recipient]) => recipient === id)
        ?.at(-1);
    await expect(change('disable', 'other')).rejects.toThrow(`tenant other has no recipient ${id} that is on`);
    expect(await state()).toBe('on');
    await change('disable', 'acme', id, '--reason', 'left the company');
    expect(await state()).toBe('disabled: left the company');
    await expect(change('disable', 'acme')).rejects.toThrow('that is on');
    await expect(change('enable', 'other')).rejects.toThrow('no disabled recipient');
    await change('enable', 'acme');
    expect(await state()).toBe('on');
    await expect(change('enable', 'acme', 'not-a-number')).rejects.toThrow('no disabled recipient not-a-number');
  });
});
