// `fineline migrate`: brings the database to the newest schema; safe to run twice and from several processes.
import type { Command } from 'commander';

export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database of DATABASE_URL to the newest schema')
    .option('--check-config', 'only check the environment', false)
    .action(runMigrate);
}

async function runMigrate(): Promise<void> {
  // Loaded late, see administration.ts.
  const { loadConfig } = await import('#platform');
  const { migrateConfig } = await import('./migrate-config.js');
  const config = loadConfig('migrate', migrateConfig);
  const { migrate } = await import('#storage');
  const applied = await migrate(config.DATABASE_URL, { grantTo: config.MIGRATE_GRANT_TO });
  console.log(applied.length === 0 ? 'The schema is already the newest.' : `Applied: ${applied.join(', ')}`);
}
