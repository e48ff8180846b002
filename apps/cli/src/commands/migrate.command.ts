// `fineline migrate`: brings the database to the newest schema; safe to run twice and from several processes.
import type { Command } from 'commander';
import { z } from 'zod';
import { loadConfig, sharedConfig } from '#platform';

/** The environment of `fineline migrate`. */
export const migrateConfig = sharedConfig.pick({ DATABASE_URL: true }).extend({
  MIGRATE_GRANT_TO: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((login) => login !== ''))
    .meta({ description: 'logins of the apps, comma separated, that may take the service and app roles' }),
});

export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database of DATABASE_URL to the newest schema')
    .option('--check-config', 'only check the environment', false)
    .action(runMigrate);
}

async function runMigrate(): Promise<void> {
  const config = loadConfig('migrate', migrateConfig);
  const { migrate } = await import('#storage');
  const applied = await migrate(config.DATABASE_URL, { grantTo: config.MIGRATE_GRANT_TO });
  console.log(applied.length === 0 ? 'The schema is already the newest.' : `Applied: ${applied.join(', ')}`);
}
