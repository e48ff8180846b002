// Kafka -> track -> PostgreSQL: how fast a backlog is worked off, beside the services one could have written instead.
import { calibrate } from './calibration.js';
import { runInChild } from './child.js';
import { prepareTemplate, withDatabase } from './databases.js';
import { ALL_HAPPENED, EVENTS_PER_ORDER } from './events.js';
import { fillTopics, kafkaOf } from './kafka-fixture.js';
import type { BenchOptions } from './options.js';
import { checkEffects, expectedEffects } from './oracle.js';
import type { Contestant, Figures, RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';
import { settleRates } from './settle.js';

const DEFAULT_EVENTS = 200_000;
/** The slow ones read only so many of the same records: their rate does not depend on how many there are. */
const SLOW_EVENTS = { naive: 1_000, naiveAtOnce: 3_000, perMessage: 5_000 };

export async function catchUp(options: BenchOptions): Promise<RoundsResult> {
  const { postgresUrl, brokers, redisUrl, rounds, only, profile } = options;
  const orders = Math.ceil((options.count ?? DEFAULT_EVENTS) / EVENTS_PER_ORDER);
  await prepareTemplate(postgresUrl);
  const events = await fillTopics(kafkaOf(brokers), orders);
  const expected = await expectedEffects(postgresUrl, orders);
  const baseline = (name: string, contestant: string, count: number, concurrency = 0): Contestant => ({
    name,
    run: () =>
      withDatabase(postgresUrl, 'empty', async (databaseUrl) => {
        const settings = { databaseUrl, brokers, redisUrl, prefix: `bench-${process.pid}`, events: count, concurrency };
        return perSecond(await runInChild({ contestant, settings }), count);
      }),
  });
  const track: Contestant = {
    name: 'track',
    run: () =>
      withDatabase(postgresUrl, 'ours', async (databaseUrl) => {
        const settings = { log: 'kafka', databaseUrl, brokers, events, asOf: ALL_HAPPENED };
        const figures = await runInChild({ contestant: 'track', settings }, profile);
        await settleRates(databaseUrl, ALL_HAPPENED);
        await checkEffects(databaseUrl, expected);
        return perSecond(figures, events);
      }),
  };
  const contestants = [
    track,
    baseline('floor', 'floor', events),
    baseline('naive, 8 in flight', 'naive', SLOW_EVENTS.naiveAtOnce, 8),
    baseline('naive', 'naive', SLOW_EVENTS.naive, 1),
    baseline('transaction per message', 'transaction-per-message', SLOW_EVENTS.perMessage, 8),
  ];
  const chosen = contestants.filter(({ name }) => only.length === 0 || only.includes(name));
  const ratios = chosen.slice(1).map(({ name }) => ({ of: 'track', to: name, figure: 'eventsPerSecond' }));
  return runRounds(rounds, chosen, ratios, () => calibrate(postgresUrl));
}

/** Rates from a run of `events`, its CPU spread over them. */
export function perSecond(figures: Figures, events: number): Figures {
  const { seconds, cpuSeconds } = figures as { seconds: number; cpuSeconds: number };
  return { eventsPerSecond: Math.round(events / seconds), cpuMicrosPerEvent: (cpuSeconds * 1e6) / events, ...figures };
}
