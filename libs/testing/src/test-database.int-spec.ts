import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createEmptyDatabase, createTestDatabase, type DatabaseTemplate } from './test-database.js';
import { uniqueName } from './unique-name.js';

async function queryIn(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('test databases', () => {
  it('prepares a template once, however many ask at the same time, and keeps the copies apart', async () => {
    let prepared = 0;
    const template: DatabaseTemplate = {
      version: uniqueName('v'),
      async prepare(url) {
        prepared += 1;
        await queryIn(url, 'CREATE TABLE parcel (id int); INSERT INTO parcel VALUES (1)');
      },
    };
    const databases = await Promise.all(Array.from({ length: 4 }, () => createTestDatabase(template)));
    expect(prepared).toBe(1);
    const [first, second] = databases;
    await queryIn(first!.url, 'DELETE FROM parcel');
    expect(await queryIn(second!.url, 'SELECT id FROM parcel')).toEqual([{ id: 1 }]);
    await Promise.all(databases.map((database) => database.drop()));
    await expect(queryIn(first!.url, 'SELECT 1')).rejects.toThrow('does not exist');
  });

  it('builds again after a preparation that failed', async () => {
    const version = uniqueName('v');
    const broken: DatabaseTemplate = { version, prepare: async (url) => void (await queryIn(url, 'SELECT nonsense')) };
    await expect(createTestDatabase(broken)).rejects.toThrow('nonsense');
    const database = await createTestDatabase({ version, prepare: async () => undefined });
    await database.drop();
  });

  it('makes empty databases', async () => {
    const database = await createEmptyDatabase();
    expect(await queryIn(database.url, "SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'")).toEqual(
      [{ n: 0 }],
    );
    await database.drop();
  });
});
