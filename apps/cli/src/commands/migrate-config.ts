import { z } from 'zod';
import { sharedConfig } from '#platform';

/** The environment of `fineline migrate`. */
export const migrateConfig = sharedConfig.pick({ DATABASE_URL: true }).extend({
  MIGRATE_GRANT_TO: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((login) => login !== ''))
    .meta({ description: 'logins of the apps, comma separated, that may take the service and app roles' }),
});
