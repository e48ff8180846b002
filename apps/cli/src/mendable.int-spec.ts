// The command as a process, against what is often wrong with a database or a port: one line that says so, and no stack.
import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Closers, createEmptyDatabase, localServices } from '#testing';

const closers = new Closers();
afterAll(() => closers.close());

/** Standard error of a command that must fail. */
function complaint(args: readonly string[], databaseUrl = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, DATABASE_URL: databaseUrl };
    execFile(process.execPath, ['bin/fineline.mjs', ...args], { env, timeout: 60_000 }, (error, out, err) =>
      error?.code === 1 ? resolve(err) : reject(new Error(`ended with ${error?.code ?? 0}: ${out}${err}`)),
    );
  });
}

describe('fineline', () => {
  it.each([
    ['not reached', (url: URL) => (url.port = '1'), 'connect ECONNREFUSED 127.0.0.1:1'],
    ['not there', (url: URL) => (url.pathname = '/none'), 'database "none" does not exist'],
    [
      'closed to this login',
      (url: URL) => (url.username = 'nobody'),
      'password authentication failed for user "nobody"',
    ],
  ])('says that the database is %s', async (_what, change, reason) => {
    const url = new URL(localServices().postgresUrl);
    change(url);
    expect(await complaint(['tenants', 'list'], url.href)).toBe(`fineline: the database of DATABASE_URL: ${reason}\n`);
  });

  it('says what makes the schema', async () => {
    const database = await createEmptyDatabase();
    closers.add(() => database.drop());
    const told = await complaint(['tenants', 'list'], database.url);
    expect(told).toMatch(
      /^fineline: the database of DATABASE_URL: .* does not exist; "fineline migrate" makes the schema\n$/,
    );
  });

  it('says that a port is taken before it starts anything', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    closers.add(() => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as AddressInfo;
    const told = await complaint(['demo', '--port', String(port)]);
    expect(told).toBe(`fineline: port ${port} is in use: choose another one with --port, or 0 for a free one\n`);
  });
});
