// What a bench is told on the command line.
import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly name: string;
  readonly rounds: number;
  /** Size of the work; each bench has its own default and meaning. */
  readonly count: number | undefined;
  /** Contestants to run; empty for all. */
  readonly only: readonly string[];
  /** Folder for CPU profiles of the contestants. */
  readonly profile: string | undefined;
  readonly postgresUrl: string;
  readonly brokers: string;
  readonly redisUrl: string;
}

export function readOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      count: { type: 'string' },
      only: { type: 'string', default: '' },
      profile: { type: 'string' },
      postgres: { type: 'string', default: '' },
      kafka: { type: 'string', default: '' },
      redis: { type: 'string', default: '' },
    },
  });
  return {
    name: positionals[0] ?? '',
    rounds: Number(values.rounds),
    count: values.count === undefined ? undefined : Number(values.count),
    only: values.only === '' ? [] : values.only.split('+'),
    profile: values.profile,
    postgresUrl: values.postgres,
    brokers: values.kafka,
    redisUrl: values.redis,
  };
}
