import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface LocalServices {
  /** A superuser's URL of the maintenance database: use it to create databases, not to keep tables in. */
  postgresUrl: string;
  /** `host:port` each. */
  kafkaBrokers: string[];
  redisUrl: string;
}

/**
 * Where the real services are: the environment that `npm test` sets, else what a running `npm run services` wrote.
 * Throws when there are none, because a test without its service must fail and never be skipped.
 */
export function localServices(env: NodeJS.ProcessEnv = process.env, directory = process.cwd()): LocalServices {
  const described = readDescription(directory);
  return {
    get postgresUrl() {
      return known('PostgreSQL', env.FINELINE_TEST_POSTGRES_URL ?? described.postgresUrl);
    },
    get kafkaBrokers() {
      return known('Kafka', env.FINELINE_TEST_KAFKA_BROKERS ?? described.kafkaBrokers).split(',');
    },
    get redisUrl() {
      return known('Redis', env.FINELINE_TEST_REDIS_URL ?? described.redisUrl);
    },
  };
}

interface Description {
  postgresUrl?: string;
  kafkaBrokers?: string;
  redisUrl?: string;
  pid: number;
}

function readDescription(directory: string): Partial<Description> {
  const file = path.join(directory, '.fineline', 'services.json');
  if (!existsSync(file)) return {};
  const description = JSON.parse(readFileSync(file, 'utf8')) as Description;
  return isAlive(description.pid) ? description : {};
}

function known(service: string, address: string | undefined): string {
  if (address) return address;
  throw new Error(
    `${service} is not running for tests: start the services with "npm run services", or run "npm test".`,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
