// A million deadlines standing: what each costs, how late its step comes on an ordinary day, and 50,000 due in the same second for 500 tenants.
import { calibrate } from './calibration.js';
import { runInChild } from './child.js';
import { prepareTemplate, withDatabase } from './databases.js';
import type { BenchOptions } from './options.js';
import type { RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';
import { runTimers } from './timer-run.js';

const DEFAULT_STANDING = 1_000_000;
const DUE = 50_000;
const ORDINARY = 3_000;
/** The baseline keeps every job in Redis: enough of them to know what one costs. */
const JOBS_STANDING = 50_000;

/** `--count` is the number standing, those that come due among them. */
export async function timers(options: BenchOptions): Promise<RoundsResult> {
  const { postgresUrl, redisUrl, rounds, count, only, profile } = options;
  const standing = Math.max(DUE + ORDINARY, count ?? DEFAULT_STANDING);
  await prepareTemplate(postgresUrl);
  const jobs = { redisUrl, standing: JOBS_STANDING, due: DUE };
  const contestants = [
    {
      name: 'escalate',
      run: () =>
        withDatabase(postgresUrl, 'ours', (databaseUrl) =>
          runTimers({ databaseUrl, redisUrl, standing, due: DUE, ordinary: ORDINARY, profile }),
        ),
    },
    {
      name: 'delayed job per deadline',
      run: () => runInChild({ contestant: 'job-per-deadline', settings: jobs }, profile),
    },
  ].filter(({ name }) => only.length === 0 || only.includes(name));
  const ratio = { of: 'escalate', to: 'delayed job per deadline', figure: 'bytesEach' };
  return runRounds(rounds, contestants, only.length === 0 ? [ratio] : [], () => calibrate(postgresUrl));
}
