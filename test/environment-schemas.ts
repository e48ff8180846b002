// The schema of every process that reads the environment, by the name it has in docker-compose.yml.
import type { z } from 'zod';
import { apiConfig } from '../apps/api/src/api-config.js';
import { migrateConfig } from '../apps/cli/src/commands/migrate-config.js';
import { escalateConfig } from '../apps/escalate/src/escalate-config.js';
import { intakeConfig } from '../apps/intake/src/intake.config.js';
import { notifyConfig } from '../apps/notify/src/notify-config.js';
import { standaloneConfig } from '../apps/standalone/src/standalone-config.js';
import { trackConfig } from '../apps/track/src/config.js';

export const SCHEMAS: Readonly<Record<string, z.ZodObject>> = {
  migrate: migrateConfig,
  intake: intakeConfig,
  track: trackConfig,
  escalate: escalateConfig,
  notify: notifyConfig,
  api: apiConfig,
};

/** Every process that reads the environment: those of docker-compose.yml, and the embedded form. */
export const PROCESSES: Readonly<Record<string, z.ZodObject>> = { ...SCHEMAS, standalone: standaloneConfig };

/** The field of a variable, from each schema that has it. */
export function fieldsOf(variable: string): z.ZodType[] {
  return Object.values(PROCESSES).flatMap(({ shape }) => (shape[variable] as z.ZodType | undefined) ?? []);
}

export const VARIABLES = [...new Set(Object.values(PROCESSES).flatMap(({ shape }) => Object.keys(shape)))].sort();
