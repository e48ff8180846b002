// A quiet tenant that keeps its rate, alone and beside one that sends ten times its own: how long until it is answered, and until its
// decisions are on their topic. In between, the same noise sent to another intake: what the two share there is the machine alone.
import { TOPICS } from '#contracts';
import { AppProcess } from '../../test/e2e/system/app-process.js';
import { calibrate } from './calibration.js';
import { runInChild } from './child.js';
import { prepareTemplate, withDatabase } from './databases.js';
import { DecisionTimes } from './decision-times.js';
import { HttpStage, percentile } from './http-client.js';
import type { BenchOptions } from './options.js';
import { sendPaced } from './paced-sender.js';
import type { Contestant, Figures, RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';

const QUOTA = 100;
const NOISE = 10 * QUOTA;
const SECONDS = 30;
const WARM_UP_SECONDS = 10;
/** The noisy sender's process starts meanwhile: on a small machine that alone would be noise. */
const START_MS = 8_000;

export async function noisyTenant(options: BenchOptions): Promise<RoundsResult> {
  const { postgresUrl, rounds } = options;
  await prepareTemplate(postgresUrl);
  const contestant = (name: string, noise: Noise): Contestant => ({ name, run: () => run(options, noise) });
  const contestants = [
    contestant('alone', 'none'),
    contestant('beside noise at another intake', 'elsewhere'),
    contestant('beside a noisy tenant', 'here'),
  ];
  const ratios = ['alone', 'beside noise at another intake'].flatMap((to) =>
    ['answeredP50Ms', 'answeredP99Ms', 'decidedP50Ms', 'decidedP99Ms'].map((figure) => ({
      of: 'beside a noisy tenant',
      to,
      figure,
    })),
  );
  return runRounds(rounds, contestants, ratios, () => calibrate(postgresUrl));
}

type Noise = 'none' | 'elsewhere' | 'here';

const NOBODY: Figures = { accepted: 0, refused: 0 };
let runs = 0;

function run({ postgresUrl, brokers, profile }: BenchOptions, noise: Noise): Promise<Figures> {
  return withDatabase(postgresUrl, 'ours', async (databaseUrl) => {
    const prefix = `noisy-${process.pid}-${++runs}.`;
    // A few seconds of its rate at once: a machine that stalls must not make the quiet tenant look loud.
    const limits = { eventsPerSecond: QUOTA, burstEvents: 5 * QUOTA };
    const task = { kind: 'intake', databaseUrl, brokers, prefix, tenantIds: ['quiet', 'noisy'], limits };
    const stage = await HttpStage.start(task, { connections: 1, profile });
    const other =
      noise === 'elsewhere'
        ? await HttpStage.start({ ...task, prefix: `other-${prefix}` }, { connections: 1 })
        : undefined;
    const track = await AppProcess.start('track', {
      DATABASE_URL: databaseUrl,
      KAFKA_BROKERS: brokers,
      KAFKA_PREFIX: prefix,
    });
    const decisions = await DecisionTimes.open(brokers, prefix + TOPICS.decisions, 'quiet');
    try {
      const [key] = stage.keys as [string];
      const noisy = other ?? stage;
      const quiet = { url: stage.url, key, perSecond: QUOTA * 0.75 };
      await sendPaced({ ...quiet, seconds: WARM_UP_SECONDS, orders: 'W' });
      const startAt = Date.now() + START_MS;
      const loud = { url: noisy.url, key: noisy.keys[1]!, perSecond: NOISE, seconds: SECONDS, startAt, orders: 'A' };
      const [sent, beside] = await Promise.all([
        sendPaced({ ...quiet, seconds: SECONDS, startAt, orders: 'B' }),
        noise !== 'none' ? runInChild({ contestant: 'paced-sender', settings: loud }) : NOBODY,
      ]);
      if (sent.byStatus.size !== 1) throw new Error(`the quiet tenant was refused: ${[...sent.byStatus]}`);
      const decided = await decisions.since(sent.dueAt);
      const usage = await stage.usage();
      return {
        answeredP50Ms: percentile(sent.took, 0.5),
        answeredP99Ms: percentile(sent.took, 0.99),
        decidedP50Ms: percentile(decided, 0.5),
        decidedP99Ms: percentile(decided, 0.99),
        noisyAccepted: beside['accepted']!,
        noisyRefused: beside['refused']!,
        intakeCpuSeconds: usage['cpuSeconds']!,
      };
    } finally {
      await decisions.close();
      await track.signal('SIGTERM');
      await other?.stop();
      await stage.stop();
    }
  });
}
