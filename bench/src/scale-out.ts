// One `track` process and two, on the same backlog: what a second process adds, and what each of them costs. Here database and broker share
// the machine with them, so the work a second counts only where these have something left; CPU an event is told for each process.
import { setTimeout as sleep } from 'node:timers/promises';
import { AppProcess } from '../../test/e2e/system/app-process.js';
import { calibrate } from './calibration.js';
import { prepareTemplate, withClient, withDatabase } from './databases.js';
import { ALL_HAPPENED, EVENTS_PER_ORDER } from './events.js';
import { fillTopics, kafkaOf } from './kafka-fixture.js';
import type { BenchOptions } from './options.js';
import { checkEffects, expectedEffects } from './oracle.js';
import type { Effects } from './oracle.js';
import { cpuSecondsOf } from './process-usage.js';
import type { Contestant, Figures, RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';
import { settleRates } from './settle.js';

const DEFAULT_EVENTS = 200_000;
const PROGRESS = `
SELECT coalesce(sum(next_offset), 0)::int AS read, EXISTS (SELECT FROM unjudged_order) AS "isUnjudged" FROM log_offset`;
const POLL_MS = 50;

export async function scaleOut(options: BenchOptions): Promise<RoundsResult> {
  const { postgresUrl, brokers, rounds, count = DEFAULT_EVENTS } = options;
  const orders = Math.ceil(count / EVENTS_PER_ORDER);
  await prepareTemplate(postgresUrl);
  const events = await fillTopics(kafkaOf(brokers), orders);
  const expected = await expectedEffects(postgresUrl, orders);
  const contestant = (name: string, processes: number): Contestant => ({
    name,
    run: () => withDatabase(postgresUrl, 'ours', (url) => run(url, brokers, processes, events, expected)),
  });
  const contestants = [contestant('two processes', 2), contestant('one process', 1)];
  const ratios = [{ of: 'two processes', to: 'one process', figure: 'eventsPerSecond' }];
  return runRounds(rounds, contestants, ratios, () => calibrate(postgresUrl));
}

async function run(
  databaseUrl: string,
  brokers: string,
  processes: number,
  events: number,
  expected: Effects,
): Promise<Figures> {
  const variables = { DATABASE_URL: databaseUrl, KAFKA_BROKERS: brokers };
  const started = await Promise.all(Array.from({ length: processes }, () => AppProcess.start('track', variables)));
  const before = started.map(({ pid }) => cpuSecondsOf(pid));
  const progress = (): Promise<{ read: number; isUnjudged: boolean }> =>
    withClient(databaseUrl, async (client) => (await client.query(PROGRESS)).rows[0]);
  // What was worked off before all were ready is not counted.
  const [{ read: from }, start] = [await progress(), performance.now()];
  for (let now = await progress(); now.read < events || now.isUnjudged; now = await progress()) await sleep(POLL_MS);
  const seconds = (performance.now() - start) / 1_000;
  const used = started.map(({ pid }, index) => cpuSecondsOf(pid) - before[index]!);
  await Promise.all(started.map((process) => process.signal('SIGTERM')));
  await settleRates(databaseUrl, ALL_HAPPENED);
  await checkEffects(databaseUrl, expected);
  const cpu = Object.fromEntries(used.map((each, index) => [`cpuSeconds${index + 1}`, each]));
  const total = used.reduce((sum, each) => sum + each, 0);
  const perSecond = Math.round((events - from) / seconds);
  return { eventsPerSecond: perSecond, cpuMicrosPerEvent: (total * 1e6) / (events - from), ...cpu };
}
