// Many deadlines standing, 50,000 of them due in the same second for 500 tenants.
import { calibrate } from './calibration.js';
import { runInChild } from './child.js';
import { prepareTemplate, withDatabase } from './databases.js';
import type { BenchOptions } from './options.js';
import type { RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';

const DEFAULT_STANDING = 50_000;
const DUE = 50_000;

/** `--count` is the number standing, those that are due among them. */
export async function timers({ postgresUrl, redisUrl, rounds, count, profile }: BenchOptions): Promise<RoundsResult> {
  const standing = Math.max(DUE, count ?? DEFAULT_STANDING);
  await prepareTemplate(postgresUrl);
  const settings = { redisUrl, standing, due: DUE };
  const contestants = [
    {
      name: 'escalate',
      run: () =>
        withDatabase(postgresUrl, 'ours', (databaseUrl) =>
          runInChild({ contestant: 'timers', settings: { ...settings, databaseUrl } }, profile),
        ),
    },
    { name: 'delayed job per deadline', run: () => runInChild({ contestant: 'job-per-deadline', settings }, profile) },
  ];
  const ratios = ['bytesEach', 'secondsToAll'].map((figure) => ({
    of: 'escalate',
    to: 'delayed job per deadline',
    figure,
  }));
  return runRounds(rounds, contestants, ratios, () => calibrate(postgresUrl));
}
