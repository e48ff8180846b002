// Events over HTTP, acknowledged once Kafka has them on every replica: in batches of 100, and one a request.
import { calibrate } from './calibration.js';
import { prepareTemplate, withDatabase } from './databases.js';
import { benchRecords } from './events.js';
import type { HttpCall } from './http-client.js';
import { HttpStage, percentile } from './http-client.js';
import type { BenchOptions } from './options.js';
import type { Contestant, Figures, RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';

const DEFAULT_EVENTS = 100_000;
const SINGLE_SHARE = 0.2;
const WARM_UP_SHARE = 0.1;
const TENANT = 'bench';

interface Load {
  readonly name: string;
  readonly perRequest: number;
  readonly atOnce: number;
  readonly events: number;
}

export async function intake(options: BenchOptions): Promise<RoundsResult> {
  const { postgresUrl, rounds, only, count = DEFAULT_EVENTS } = options;
  await prepareTemplate(postgresUrl);
  const loads = [
    { name: 'batches of 100', perRequest: 100, atOnce: 16, events: count },
    { name: 'one a request', perRequest: 1, atOnce: 32, events: Math.ceil(count * SINGLE_SHARE) },
  ].filter(({ name }) => only.length === 0 || only.includes(name));
  const contestants = loads.map((load): Contestant => ({ name: load.name, run: () => run(load, options) }));
  return runRounds(rounds, contestants, [], () => calibrate(postgresUrl));
}

function run({ perRequest, atOnce, events }: Load, { postgresUrl, brokers, profile }: BenchOptions): Promise<Figures> {
  return withDatabase(postgresUrl, 'ours', async (databaseUrl) => {
    const task = { kind: 'intake', databaseUrl, brokers, people: [{ tenantId: TENANT }] };
    const stage = await HttpStage.start(task, { connections: atOnce, profile });
    // Written beforehand: the generator must not take its time from the core the stage runs on.
    const warmUp = [...calls(events * WARM_UP_SHARE, perRequest, 1_000_000)];
    const load = [...calls(events, perRequest, 0)];
    await stage.all(warmUp, atOnce);
    const before = await stage.usage();
    const start = performance.now();
    const took = await stage.all(load, atOnce);
    const seconds = (performance.now() - start) / 1000;
    const after = await stage.usage();
    await stage.stop();
    return {
      eventsPerSecond: Math.round(events / seconds),
      p50Ms: percentile(took, 0.5),
      p99Ms: percentile(took, 0.99),
      cpuMicrosPerRequest: Math.round(((after['cpuSeconds']! - before['cpuSeconds']!) * 1e6) / load.length),
      peakRssMb: after['peakRssMb']!,
    };
  });
}

/** The generator's events under one tenant, as a sender writes them. */
export function* calls(total: number, perRequest: number, firstOrder: number): Generator<HttpCall> {
  let lot: object[] = [];
  let made = 0;
  for (const { value } of benchRecords(total, firstOrder)) {
    if (made++ >= total) return;
    lot.push({ ...(JSON.parse(value.toString()) as object), tenantid: undefined });
    if (lot.length < perRequest) continue;
    yield perRequest === 1
      ? { ...POST, contentType: 'application/cloudevents+json', body: JSON.stringify(lot[0]) }
      : { ...POST, contentType: 'application/cloudevents-batch+json', body: JSON.stringify(lot) };
    lot = [];
  }
}

const POST = { method: 'POST', path: '/v1/events' } as const;
