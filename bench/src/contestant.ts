// Entry of a contestant's process: runs the one it is told, reports its figures and ends.
import 'reflect-metadata';
import { runFloor } from '../baselines/floor.js';
import { runJobPerDeadline } from '../baselines/job-per-deadline.js';
import { runNaive } from '../baselines/naive.js';
import { runTransactionPerMessage } from '../baselines/transaction-per-message.js';
import type { ChildTask } from './child.js';
import { runClosing } from './closing-contestant.js';
import { runCost } from './cost-contestant.js';
import { kafkaOf } from './kafka-fixture.js';
import { sendPaced } from './paced-sender.js';
import type { Figures } from './rounds.js';
import { runTrack } from './track-contestant.js';

type Settings = ChildTask['settings'];
const text = (settings: Settings, name: string): string => String(settings[name]);
const number = (settings: Settings, name: string): number => Number(settings[name]);

const CONTESTANTS: Readonly<Record<string, (settings: Settings) => Promise<Figures>>> = {
  track: (s) =>
    runTrack({
      log: s['log'] === 'postgres' ? 'postgres' : 'kafka',
      brokers: text(s, 'brokers'),
      databaseUrl: text(s, 'databaseUrl'),
      events: number(s, 'events'),
      asOf: number(s, 'asOf'),
    }),
  cost: (s) =>
    runCost({
      databaseUrl: text(s, 'databaseUrl'),
      orders: number(s, 'orders'),
      firstOrder: number(s, 'firstOrder'),
      asOf: number(s, 'asOf'),
      lot: number(s, 'lot'),
    }),
  closing: (s) => runClosing({ databaseUrl: text(s, 'databaseUrl'), orders: number(s, 'orders') }),
  'job-per-deadline': (s) =>
    runJobPerDeadline({ redisUrl: text(s, 'redisUrl'), standing: number(s, 'standing'), due: number(s, 'due') }),
  floor: async (s) => seconds(await runFloor(kafkaOf(text(s, 'brokers')), text(s, 'databaseUrl'), number(s, 'events'))),
  naive: async (s) =>
    seconds(
      await runNaive(
        {
          brokers: text(s, 'brokers'),
          databaseUrl: text(s, 'databaseUrl'),
          redisUrl: text(s, 'redisUrl'),
          prefix: text(s, 'prefix'),
        },
        number(s, 'events'),
        number(s, 'concurrency'),
      ),
    ),
  'paced-sender': async (s) => {
    const { byStatus } = await sendPaced({
      url: text(s, 'url'),
      key: text(s, 'key'),
      perSecond: number(s, 'perSecond'),
      seconds: number(s, 'seconds'),
      startAt: number(s, 'startAt'),
      orders: text(s, 'orders'),
    });
    return { accepted: byStatus.get(202) ?? 0, refused: byStatus.get(429) ?? 0 };
  },
  'transaction-per-message': async (s) =>
    seconds(
      await runTransactionPerMessage(
        kafkaOf(text(s, 'brokers')),
        text(s, 'databaseUrl'),
        number(s, 'events'),
        number(s, 'concurrency'),
      ),
    ),
};

function seconds(value: number): Figures {
  return { seconds: value };
}

const task = JSON.parse(process.argv[2] ?? '{}') as ChildTask;
const figures = await CONTESTANTS[task.contestant]!(task.settings);
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const own = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakRssMb: Math.round(maxRSS / 1024) };
process.send!({ ...figures, ...own }, () => process.exit(0));
