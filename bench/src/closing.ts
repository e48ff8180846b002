// What an order takes on disk while it is open and once it is closed, and what closing it costs.
import { calibrate } from './calibration.js';
import { runInChild } from './child.js';
import { prepareTemplate, withDatabase } from './databases.js';
import { ALL_HAPPENED } from './events.js';
import type { BenchOptions } from './options.js';
import type { Figures, RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';

const DEFAULT_ORDERS = 20_000;

/** `count` orders with their events. */
export async function closing({ postgresUrl, rounds, count, profile }: BenchOptions): Promise<RoundsResult> {
  const orders = count ?? DEFAULT_ORDERS;
  await prepareTemplate(postgresUrl);
  const run = (): Promise<Figures> =>
    withDatabase(postgresUrl, 'ours', async (databaseUrl) => {
      await runInChild({ contestant: 'cost', settings: { databaseUrl, orders, firstOrder: 0, asOf: ALL_HAPPENED } });
      return runInChild({ contestant: 'closing', settings: { databaseUrl, orders } }, profile);
    });
  return runRounds(rounds, [{ name: 'closing', run }], [], () => calibrate(postgresUrl));
}
