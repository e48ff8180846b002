// Events over HTTP, acknowledged once Kafka has them on every replica: in batches of 100, and one a request.
import { calibrate } from './calibration.js';
import { prepareTemplate, withDatabase } from './databases.js';
import { benchRecords } from './events.js';
import type { HttpCall } from './http-client.js';
import { HttpStage, percentile } from './http-client.js';
import type { BenchOptions } from './options.js';
import type { Contestant, RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';

const DEFAULT_EVENTS = 50_000;
const SINGLE_SHARE = 0.1;
const BATCH = 100;
const AT_ONCE = 16;
const TENANT = 'bench';

export async function intake({ postgresUrl, brokers, rounds, count }: BenchOptions): Promise<RoundsResult> {
  const events = count ?? DEFAULT_EVENTS;
  await prepareTemplate(postgresUrl);
  const load = (name: string, perRequest: number, total: number): Contestant => ({
    name,
    run: () =>
      withDatabase(postgresUrl, 'ours', async (databaseUrl) => {
        const task = { kind: 'intake', databaseUrl, brokers, tenantId: TENANT };
        const stage = await HttpStage.start(task, AT_ONCE);
        await stage.all(calls(1_000, perRequest, 1_000_000), AT_ONCE);
        const start = performance.now();
        const took = await stage.all(calls(total, perRequest, 0), AT_ONCE);
        const seconds = (performance.now() - start) / 1000;
        const server = await stage.stop();
        const [p50Ms, p99Ms] = [percentile(took, 0.5), percentile(took, 0.99)];
        return { eventsPerSecond: Math.round(total / seconds), p50Ms, p99Ms, ...server };
      }),
  });
  const contestants = [
    load('batches of 100', BATCH, events),
    load('one a request', 1, Math.ceil(events * SINGLE_SHARE)),
  ];
  return runRounds(rounds, contestants, [], () => calibrate(postgresUrl));
}

/** The generator's events under one tenant, as a sender writes them. */
function* calls(total: number, perRequest: number, firstOrder: number): Generator<HttpCall> {
  let lot: object[] = [];
  let made = 0;
  for (const { value } of benchRecords(total, firstOrder)) {
    if (made++ === total) return;
    lot.push({ ...(JSON.parse(value.toString()) as object), tenantid: TENANT });
    if (lot.length < perRequest) continue;
    yield perRequest === 1
      ? { ...POST, contentType: 'application/cloudevents+json', body: JSON.stringify(lot[0]) }
      : { ...POST, contentType: 'application/cloudevents-batch+json', body: JSON.stringify(lot) };
    lot = [];
  }
}

const POST = { method: 'POST', path: '/v1/events' } as const;
