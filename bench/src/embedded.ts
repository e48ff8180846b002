// The same catch-up on the embedded log: one PostgreSQL carries the events and keeps the record.
import { TOPIC_SPECS } from '#contracts';
import type { LogRecord } from '#log';
import { PostgresEventLog } from '#log';
import { createLogger } from '#platform';
import { calibrate } from './calibration.js';
import { perSecond } from './catch-up.js';
import { runInChild } from './child.js';
import { prepareTemplate, withDatabase } from './databases.js';
import { ALL_HAPPENED, EVENTS_PER_ORDER, benchRecords } from './events.js';
import { fillTopics, kafkaOf } from './kafka-fixture.js';
import type { BenchOptions } from './options.js';
import { checkEffects, expectedEffects } from './oracle.js';
import type { Contestant, RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';
import { settleRates } from './settle.js';

const DEFAULT_EVENTS = 100_000;
const LOT = 2_000;
const HEADERS = { 'content-type': 'application/cloudevents+json' };

export async function embedded({ postgresUrl, brokers, rounds, count, profile }: BenchOptions): Promise<RoundsResult> {
  const orders = Math.ceil((count ?? DEFAULT_EVENTS) / EVENTS_PER_ORDER);
  await prepareTemplate(postgresUrl);
  const events = await fillTopics(kafkaOf(brokers), orders);
  const expected = await expectedEffects(postgresUrl, orders);
  const track = (log: 'kafka' | 'postgres'): Contestant => ({
    name: log,
    run: () =>
      withDatabase(postgresUrl, 'ours', async (databaseUrl) => {
        const appended = log === 'postgres' ? await fillLog(databaseUrl, orders) : {};
        const settings = { log, databaseUrl, brokers, events, asOf: ALL_HAPPENED };
        const figures = await runInChild({ contestant: 'track', settings }, profile);
        await settleRates(databaseUrl, ALL_HAPPENED);
        await checkEffects(databaseUrl, expected);
        return { ...perSecond(figures, events), ...appended };
      }),
  });
  const ratios = [{ of: 'postgres', to: 'kafka', figure: 'eventsPerSecond' }];
  return runRounds(rounds, [track('kafka'), track('postgres')], ratios, () => calibrate(postgresUrl));
}

/** Appends the generator's records to the log's table; answers how fast that was. */
async function fillLog(databaseUrl: string, orders: number): Promise<{ appendedPerSecond: number }> {
  const log = new PostgresEventLog({ database: databaseUrl, logger: createLogger('bench', 'error') });
  await log.ensureTopics(TOPIC_SPECS);
  const start = performance.now();
  let lots = new Map<string, LogRecord[]>();
  let appended = 0;
  const flush = async (): Promise<void> => {
    await Promise.all([...lots].map(([topic, records]) => log.append(topic, records)));
    lots = new Map();
  };
  for (const { topic, key, value } of benchRecords(orders)) {
    const lot = lots.get(topic) ?? [];
    lots.set(topic, lot);
    lot.push({ key, value, headers: HEADERS });
    if (++appended % LOT === 0) await flush();
  }
  await flush();
  const seconds = (performance.now() - start) / 1000;
  await log.close();
  return { appendedPerSecond: Math.round(appended / seconds) };
}
