// Configuration: one zod schema per app over the environment. Every problem is printed at once, with its variable.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { trustProxy } from './trust-proxy.js';

export type Environment = Record<string, string | undefined>;

export type ConfigResult<Config> = { ok: true; config: Config } | { ok: false; problems: string[] };

/** Reads `NAME`, or the contents of the file named by `NAME_FILE` (secrets mounted as files). Empty text counts as unset. */
export function readEnvironment(
  schema: z.ZodObject,
  environment: Environment,
): { values: Environment; problems: string[] } {
  const values: Environment = {};
  const problems: string[] = [];
  for (const name of Object.keys(schema.shape)) {
    const file = environment[`${name}_FILE`];
    if (environment[name] && file) problems.push(`${name}: set either ${name} or ${name}_FILE, not both`);
    try {
      values[name] = (file ? readFileSync(file, 'utf8').trim() : environment[name]) || undefined;
    } catch (error) {
      problems.push(`${name}_FILE: cannot read ${file}: ${(error as Error).message}`);
    }
  }
  return { values, problems };
}

/** Checks the environment against the schema; problems are `VARIABLE: what is wrong`. */
export function parseConfig<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Environment,
): ConfigResult<z.output<Schema>> {
  const { values, problems } = readEnvironment(schema, environment);
  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    problems.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  return parsed.success && problems.length === 0 ? { ok: true, config: parsed.data } : { ok: false, problems };
}

/**
 * Configuration of an app's `main`: exits 1 after printing every problem; with `--check-config` prints `configuration ok`
 * and exits 0 when there is none.
 */
export function loadConfig<Schema extends z.ZodObject>(app: string, schema: Schema): z.output<Schema> {
  const result = parseConfig(schema, process.env);
  if (!result.ok) {
    process.stderr.write(
      `${app}: the environment has ${result.problems.length} problem(s):\n  ${result.problems.join('\n  ')}\n`,
    );
    process.exit(1);
  }
  if (process.argv.includes('--check-config')) {
    process.stdout.write(`${app}: configuration ok\n`);
    process.exit(0);
  }
  return result.config;
}

type SaslMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512';
const SASL = /^(plain|scram-sha-256|scram-sha-512):([^:]+):(.+)$/s;

/** A switch. */
export const onOff = z.enum(['on', 'off']).transform((value) => value === 'on');

const port = z.coerce.number().int().min(0).max(65_535);

/** How far in the future an event may claim to have happened, in milliseconds. */
export const MAX_AHEAD_BY_DEFAULT = 24 * 3_600_000;

/** Variables several apps share; an app's schema extends a pick of these. */
export const sharedConfig = z.object({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgres:// URL of the service role or its owner'),
  KAFKA_BROKERS: z
    .string()
    .transform((text) => text.split(',').map((broker) => broker.trim()))
    .refine((brokers) => brokers.every((broker) => /^[^\s:]+:\d+$/.test(broker)), 'must be host:port, comma separated'),
  KAFKA_TLS: onOff.default(false),
  KAFKA_SASL: z
    .string()
    .regex(SASL, 'must be mechanism:name:password; the mechanism is plain, scram-sha-256 or scram-sha-512')
    .transform((text) => {
      const [, mechanism, username, password] = SASL.exec(text)!;
      return { mechanism: mechanism as SaslMechanism, username: username!, password: password! };
    })
    .optional(),
  KAFKA_PREFIX: z
    .string()
    .regex(/^[\w.-]{0,100}$/, 'must be at most 100 letters, digits, _, . or -')
    .default(''),
  REDIS_URL: z.string().regex(/^rediss?:\/\//, 'must be a redis:// URL'),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[\w-]{1,40}$/, 'must be letters, digits, _ or -')
    .default('fineline'),
  RULEBOOKS_DIR: z.string().default('rulebooks'),
  HTTP_HOST: z.string().default('0.0.0.0'),
  HTTP_PORT: port.default(8080),
  TRUST_PROXY: trustProxy,
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  SHUTDOWN_GRACE_MS: z.coerce.number().int().min(0).max(120_000).default(15_000),
  INTAKE_MAX_AHEAD_MS: z.coerce.number().int().min(1).default(MAX_AHEAD_BY_DEFAULT).meta({
    description:
      'how far in the future an event may claim to have happened; api asks it of what is replayed, track of what others write to Kafka',
  }),
});
