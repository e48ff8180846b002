import type { DataSource, QueryRunner } from 'typeorm';
import { createDataSource } from './data-source.js';
import { databaseError } from './database-error.js';
import { ensureRoles } from './roles.js';

export interface MigrateOptions {
  /** Further logins that apps connect with; the migrating login itself is always granted. */
  readonly grantTo?: readonly string[];
}

// Any fixed number: whoever migrates this database holds it.
const MIGRATION_LOCK = 4_611_903_355;

/**
 * Brings the database at `url` to the newest schema and answers the names of the migrations it applied. Safe to run from
 * several processes at once (the others wait, then find nothing to do) and again after a crash: each migration is one transaction.
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<string[]> {
  const dataSource = createDataSource(url, { poolSize: 2, applicationName: 'fineline-migrate' });
  try {
    await dataSource.initialize();
    return await underLock(dataSource, async (runner) => {
      await ensureRoles(runner, options.grantTo ?? []);
      const applied = await dataSource.runMigrations({ transaction: 'each' });
      return applied.map((migration) => migration.name);
    });
  } catch (error) {
    throw databaseError(error);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

async function underLock<Result>(
  dataSource: DataSource,
  work: (runner: QueryRunner) => Promise<Result>,
): Promise<Result> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await work(runner);
  } finally {
    // Closing the session would free it too, but a pooled session may outlive an error.
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await runner.release();
  }
}
