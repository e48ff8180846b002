import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEmptyDatabase, type TestDatabase } from '#testing';
import { openDataSource } from './data-source.js';
import { migrate } from './migrate.js';
import { withService } from './transaction.js';

describe('migrate', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(() => database.drop());

  it('run by three at once applies each migration once, and afterwards nothing', async () => {
    const applied = await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
    expect(applied.filter((names) => names.length > 0)).toEqual([['Schema1769990400000']]);
    expect(await migrate(database.url)).toEqual([]);
  });

  it('leaves a database in which the service role sees the tables and owns none', async () => {
    const dataSource = await openDataSource(database.url);
    const rows = await withService(dataSource, (transaction) =>
      transaction.rows(
        'SELECT current_user::text AS role, count(*)::int AS owned FROM pg_tables WHERE tableowner = current_user',
      ),
    );
    await dataSource.destroy();
    expect(rows).toEqual([{ role: 'fineline_service', owned: 0 }]);
  });

  it('says that the server is away in a way that can be tried again', async () => {
    await expect(migrate('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({
      code: 'database.unavailable',
      retryable: true,
    });
  });
});
