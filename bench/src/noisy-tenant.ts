// A quiet tenant that keeps its rate: how long until it is answered, and until its decisions are on their topic. Alone; beside another tenant
// that keeps its rate too; beside one that sends ten times its rate; and beside the same noise at another intake, where what the two share
// is the machine alone. Apart: the first seconds, in which the noisy one uses up what it may send at once, and the time after them.
import { TOPICS } from '#contracts';
import { AppProcess } from '../../test/e2e/system/app-process.js';
import { calibrate } from './calibration.js';
import { runInChild } from './child.js';
import { prepareTemplate, withDatabase } from './databases.js';
import { DecisionTimes } from './decision-times.js';
import { HttpStage, percentile } from './http-client.js';
import type { BenchOptions } from './options.js';
import type { Sent } from './paced-sender.js';
import { sendPaced } from './paced-sender.js';
import type { Contestant, Figures, RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';

const QUOTA = 100;
const QUIET = 0.75 * QUOTA;
const NOISE = 10 * QUOTA;
const SECONDS = 35;
const BURST_SECONDS = 5;
/** The quiet one warms the code up while the other sender's process starts: on a small machine that alone would be noise. */
const WARM_UP_SECONDS = 15;

export async function noisyTenant(options: BenchOptions): Promise<RoundsResult> {
  const { postgresUrl, rounds } = options;
  await prepareTemplate(postgresUrl);
  const contestant = (name: string, other: Other): Contestant => ({ name, run: () => run(options, other) });
  const contestants = [
    contestant('alone', {}),
    contestant('beside one that keeps its rate', { here: QUOTA }),
    contestant('beside noise at another intake', { elsewhere: NOISE }),
    contestant('beside a noisy tenant', { here: NOISE }),
  ];
  const ratios = ['alone', 'beside one that keeps its rate', 'beside noise at another intake'].flatMap((to) =>
    ['answeredP50Ms', 'answeredP99Ms', 'decidedP50Ms', 'decidedP99Ms', 'burstAnsweredP99Ms', 'burstDecidedP99Ms'].map(
      (figure) => ({ of: 'beside a noisy tenant', to, figure }),
    ),
  );
  return runRounds(rounds, contestants, ratios, () => calibrate(postgresUrl));
}

/** Events a second of the other tenant, at the quiet one's intake or at another one. */
interface Other {
  readonly here?: number;
  readonly elsewhere?: number;
}

const NOBODY: Figures = { accepted: 0, refused: 0 };
let runs = 0;

function run({ postgresUrl, brokers, profile }: BenchOptions, { here, elsewhere }: Other): Promise<Figures> {
  return withDatabase(postgresUrl, 'ours', async (databaseUrl) => {
    const prefix = `noisy-${process.pid}-${++runs}.`;
    // A few seconds of its rate at once: a machine that stalls must not make the quiet tenant look loud.
    const limits = { eventsPerSecond: QUOTA, burstEvents: 5 * QUOTA };
    const task = {
      kind: 'intake',
      databaseUrl,
      brokers,
      prefix,
      people: ['quiet', 'other'].map((tenantId) => ({ tenantId })),
      limits,
    };
    const stage = await HttpStage.start(task, { connections: 1, profile });
    const second = elsewhere
      ? await HttpStage.start({ ...task, prefix: `other-${prefix}` }, { connections: 1 })
      : undefined;
    const track = await AppProcess.start('track', {
      DATABASE_URL: databaseUrl,
      KAFKA_BROKERS: brokers,
      KAFKA_PREFIX: prefix,
    });
    const decisions = await DecisionTimes.open(brokers, prefix + TOPICS.decisions, 'quiet');
    try {
      const begin = Date.now();
      const otherFrom = begin + WARM_UP_SECONDS * 1_000;
      const quiet = { url: stage.url, key: stage.keys[0]!, startAt: begin, orders: 'B' };
      const there = second ?? stage;
      const other = { url: there.url, key: there.keys[1]!, startAt: otherFrom, orders: 'A' };
      const perSecond = here ?? elsewhere;
      const [sent, beside] = await Promise.all([
        sendPaced({ ...quiet, perSecond: QUIET, seconds: WARM_UP_SECONDS + SECONDS }),
        perSecond
          ? runInChild({ contestant: 'paced-sender', settings: { ...other, perSecond, seconds: SECONDS } })
          : NOBODY,
      ]);
      if (sent.byStatus.size !== 1) throw new Error(`the quiet tenant was refused: ${[...sent.byStatus]}`);
      const burstEnd = otherFrom + BURST_SECONDS * 1_000;
      const burst = await times(decisions, sent, otherFrom, burstEnd);
      const after = await times(decisions, sent, burstEnd, Infinity);
      return {
        answeredP50Ms: percentile(after.answered, 0.5),
        answeredP99Ms: percentile(after.answered, 0.99),
        decidedP50Ms: percentile(after.decided, 0.5),
        decidedP99Ms: percentile(after.decided, 0.99),
        burstAnsweredP99Ms: percentile(burst.answered, 0.99),
        burstDecidedP99Ms: percentile(burst.decided, 0.99),
        otherAccepted: beside['accepted']!,
        otherRefused: beside['refused']!,
        intakeCpuSeconds: (await stage.usage())['cpuSeconds']!,
      };
    } finally {
      await decisions.close();
      await track.signal('SIGTERM');
      await second?.stop();
      await stage.stop();
    }
  });
}

/** Of what was due from one instant until another (UTC epoch milliseconds), sorted. */
async function times(
  decisions: DecisionTimes,
  { accepted }: Sent,
  from: number,
  until: number,
): Promise<{ answered: number[]; decided: number[] }> {
  const within = [...accepted].filter(([, { dueAt }]) => dueAt >= from && dueAt < until);
  return {
    answered: within.map(([, { tookMs }]) => tookMs).sort((a, b) => a - b),
    decided: await decisions.since(new Map(within.map(([order, { dueAt }]) => [order, dueAt]))),
  };
}
