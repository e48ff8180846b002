import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheDir } from './description.mjs';
import { startKafka } from './kafka.mjs';
import { freePorts } from './ports.mjs';
import { startPostgres } from './postgres.mjs';
import { startRedis } from './redis.mjs';

export const serviceNames = ['postgres', 'redis', 'kafka'];

/**
 * Starts the named services side by side on free ports; when one fails the others are stopped again. Data is fresh and
 * deleted on `stop`, unless `keep`: then it and the ports stay the same from run to run.
 */
export async function startServices({ only = serviceNames, keep = false, safe = keep } = {}) {
  mkdirSync(cacheDir, { recursive: true });
  const directory = keep ? path.join(cacheDir, 'kept') : path.join(cacheDir, `run-${process.pid}`);
  mkdirSync(directory, { recursive: true });
  const ports = await choosePorts(keep ? path.join(directory, 'ports.json') : undefined);
  const at = (name) => path.join(directory, name);
  const starters = {
    postgres: () => startPostgres({ directory: at('postgres'), port: ports.postgres, safe }),
    redis: () => startRedis({ cacheDir, directory: at('redis'), port: ports.redis, keep }),
    kafka: () =>
      startKafka({ cacheDir, directory: at('kafka'), port: ports.kafka, controllerPort: ports.kafkaController }),
  };

  const settled = await Promise.allSettled(only.map((name) => starters[name]()));
  const started = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async () => {
    // Data that is thrown away needs no orderly broker shutdown, which takes seconds.
    await Promise.all(
      started.map((service) => (service.name === 'kafka' && !keep ? service.stop('SIGKILL') : service.stop())),
    );
    if (!keep) rmSync(directory, { recursive: true, force: true });
  };
  const failed = settled.filter((result) => result.status === 'rejected');
  if (failed.length > 0) {
    await Promise.all(started.map((service) => service.stop()));
    throw new Error(failed.map((result) => result.reason.message).join('\n\n'));
  }
  const named = Object.fromEntries(started.map((service) => [service.name, service]));
  return {
    postgresUrl: named.postgres?.url,
    kafkaBrokers: named.kafka?.brokers,
    redisUrl: named.redis?.url,
    started,
    stop,
  };
}

async function choosePorts(file) {
  if (file && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const [postgres, redis, kafka, kafkaController] = await freePorts(4);
  const ports = { postgres, redis, kafka, kafkaController };
  if (file) writeFileSync(file, JSON.stringify(ports));
  return ports;
}

/** The variables tests read, for a shell or a child process. */
export function testEnvironment({ postgresUrl, kafkaBrokers, redisUrl }) {
  const all = {
    FINELINE_TEST_POSTGRES_URL: postgresUrl,
    FINELINE_TEST_KAFKA_BROKERS: kafkaBrokers,
    FINELINE_TEST_REDIS_URL: redisUrl,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
