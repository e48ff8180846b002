// What an event costs: batches of the log given to `track` by hand, one after another, on one connection. No broker, no relay.
import { partitionFor } from '#log';
import type { LogBatch, StoredRecord } from '#log';
import { Metrics, createLogger } from '#platform';
import { OffsetStore, openDataSource } from '#storage';
import type { DataSource } from '#storage';
import { RulebookHolder, TrackingService } from '#tracking';
import { TrackMetrics } from '../../apps/track/src/track.metrics.js';
import { TRANSACTIONS_BY_DEFAULT } from '../../apps/track/src/track.module.js';
import { TrackService } from '../../apps/track/src/track.service.js';
import { TRACK_GROUP } from '#contracts';
import { benchRecords } from './events.js';
import { cpuSecondsOf } from './process-usage.js';
import type { Figures } from './rounds.js';

const PARTITIONS = 8;
const HEADERS = { 'content-type': 'application/cloudevents+json' };
const RAW_HEADERS = Object.entries(HEADERS).map(([name, value]) => [name, Buffer.from(value)] as const);

export interface CostSettings {
  readonly databaseUrl: string;
  readonly orders: number;
  /** Number of the first order: later than those that stand already. */
  readonly firstOrder: number;
  /** UTC epoch milliseconds. */
  readonly asOf: number;
}

/** CPU microseconds an event of this process and of its PostgreSQL backend. */
export async function runCost({ databaseUrl, orders, firstOrder, asOf }: CostSettings): Promise<Figures> {
  const dataSource = await openDataSource(databaseUrl, { poolSize: 1 });
  const offsets = new OffsetStore(dataSource);
  const rulebooks = RulebookHolder.fromFolder('rulebooks', (_tenant, error) => {
    throw error;
  });
  const service = new TrackService(
    dataSource,
    offsets,
    new TrackingService(rulebooks),
    new TrackMetrics(new Metrics()),
    { now: () => asOf },
    createLogger('bench-cost', 'warn'),
    { publishSoon: () => undefined },
    { ...TRANSACTIONS_BY_DEFAULT, atOnce: 1 },
  );
  const batches = await batchesOf(offsets, orders, firstOrder, asOf);
  const events = batches.reduce((sum, { records }) => sum + records.length, 0);
  const backendBefore = await backendSeconds(dataSource);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  for (const batch of batches) await service.track(batch);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const backend = (await backendSeconds(dataSource)) - backendBefore;
  await dataSource.destroy();
  return {
    nodeMicrosPerEvent: (user + system) / events,
    postgresMicrosPerEvent: (backend * 1e6) / events,
    eventsPerSecond: Math.round(events / seconds),
  };
}

/** As a consumer reads a backlog appended at `appendedAt`: lot after lot from each partition in turn. */
async function batchesOf(
  offsets: OffsetStore,
  orders: number,
  firstOrder: number,
  appendedAt: number,
): Promise<LogBatch[]> {
  const partitions = new Map<string, StoredRecord[]>();
  for (const { topic, key, value } of benchRecords(orders, firstOrder)) {
    const name = `${topic} ${partitionFor(key, PARTITIONS)}`;
    const records = partitions.get(name) ?? [];
    if (records.length === 0) partitions.set(name, records);
    const offset = BigInt(records.length);
    const head = { offset, timestampMs: appendedAt, key, rawKey: null };
    records.push({ ...head, value, headers: HEADERS, rawHeaders: RAW_HEADERS });
  }
  const claimed = await Promise.all([...partitions].map(([name, records]) => lotsOf(offsets, name, records)));
  const longest = Math.max(...claimed.map((lots) => lots.length));
  return Array.from({ length: longest }, (_, index) => claimed.flatMap((lots) => lots[index] ?? [])).flat();
}

async function lotsOf(offsets: OffsetStore, name: string, records: readonly StoredRecord[]): Promise<LogBatch[]> {
  const [topic, number] = name.split(' ') as [string, string];
  const partition = Number(number);
  const [claim] = await offsets.claim(TRACK_GROUP, topic, [partition]);
  const from = claim!.nextOffset;
  const lots: LogBatch[] = [];
  const { maxRecords } = TRANSACTIONS_BY_DEFAULT;
  for (let at = 0; at < records.length; at += maxRecords) {
    const lot = records.slice(at, at + maxRecords).map((record) => ({ ...record, offset: record.offset + from }));
    const [firstOffset, lastOffset] = [lot[0]!.offset, lot.at(-1)!.offset];
    const highWatermark = from + BigInt(records.length);
    lots.push({ topic, partition, epoch: claim!.epoch, firstOffset, lastOffset, highWatermark, records: lot });
  }
  return lots;
}

/** CPU seconds of the one backend so far. */
export async function backendSeconds(dataSource: DataSource): Promise<number> {
  const [row] = await dataSource.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
  return cpuSecondsOf(row!.pid);
}
