// What an event costs: batches of the log given to `track` by hand, one after another, on one connection. No broker, no relay.
import { partitionFor } from '#log';
import type { LogBatch, StoredRecord } from '#log';
import { MAX_AHEAD_BY_DEFAULT, Metrics, createLogger } from '#platform';
import { OffsetStore, openDataSource } from '#storage';
import type { DataSource } from '#storage';
import { LateJudgement, RulebookHolder, TrackingService } from '#tracking';
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
  /** Records of a transaction, in the order they were appended, as when there is no backlog; 0: a backlog, partition by partition. */
  readonly lot: number;
}

/** CPU microseconds an event of this process and of its PostgreSQL backend. */
export async function runCost({ databaseUrl, orders, firstOrder, asOf, lot }: CostSettings): Promise<Figures> {
  const dataSource = await openDataSource(databaseUrl, { poolSize: 1 });
  const offsets = new OffsetStore(dataSource);
  const rulebooks = RulebookHolder.fromFolder('rulebooks', (_tenant, error) => {
    throw error;
  });
  const logger = createLogger('bench-cost', 'warn');
  const tracking = new TrackingService(rulebooks);
  const { maxRecords, farBehind } = TRANSACTIONS_BY_DEFAULT;
  const transactions =
    lot > 0 ? { maxRecords: Math.max(lot, maxRecords), farBehind: Infinity } : { maxRecords, farBehind };
  const service = new TrackService(
    dataSource,
    offsets,
    tracking,
    new TrackMetrics(new Metrics()),
    { now: () => asOf },
    logger,
    { publishSoon: () => undefined },
    { ...transactions, atOnce: 1 },
    MAX_AHEAD_BY_DEFAULT,
  );
  const late = new LateJudgement(dataSource, tracking, { farBehind, logger });
  const partitions = partitionsOf(orders, firstOrder, asOf);
  const lots = await (lot > 0 ? lotsAsAppended(offsets, partitions, lot) : lotsOfBacklog(offsets, partitions));
  const events = lots.flat().reduce((sum, { records }) => sum + records.length, 0);
  const backendBefore = await backendSeconds(dataSource);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  for (const together of lots) await Promise.all(together.map((batch) => service.track(batch)));
  while ((await late.round(asOf)).hasMore);
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

interface Appended {
  readonly topic: string;
  readonly partition: number;
  readonly records: StoredRecord[];
  /** Of each record, its place among all. */
  readonly places: number[];
}

function partitionsOf(orders: number, firstOrder: number, appendedAt: number): Appended[] {
  const partitions = new Map<string, Appended>();
  let place = 0;
  for (const { topic, key, value } of benchRecords(orders, firstOrder)) {
    const partition = partitionFor(key, PARTITIONS);
    const name = `${topic} ${partition}`;
    const known = partitions.get(name) ?? { topic, partition, records: [], places: [] };
    if (known.records.length === 0) partitions.set(name, known);
    const head = { offset: BigInt(known.records.length), timestampMs: appendedAt, key, rawKey: null };
    known.records.push({ ...head, value, headers: HEADERS, rawHeaders: RAW_HEADERS });
    known.places.push(place++);
  }
  return [...partitions.values()];
}

/** As a consumer reads a backlog: a large batch from each partition in turn, each a transaction of its own. */
async function lotsOfBacklog(offsets: OffsetStore, partitions: readonly Appended[]): Promise<LogBatch[][]> {
  const { maxRecords } = TRANSACTIONS_BY_DEFAULT;
  const cut = await Promise.all(
    partitions.map((partition) => batchesOf(offsets, partition, (index) => Math.floor(index / maxRecords))),
  );
  const longest = Math.max(...cut.map((batches) => batches.length));
  return Array.from({ length: longest }, (_, index) => cut.flatMap((batches) => batches[index] ?? []))
    .flat()
    .map((batch) => [batch]);
}

/** As a consumer reads what comes: of every partition what has come since the last transaction. */
async function lotsAsAppended(
  offsets: OffsetStore,
  partitions: readonly Appended[],
  lot: number,
): Promise<LogBatch[][]> {
  const lots: LogBatch[][] = [];
  for (const partition of partitions) {
    const lotOf = (index: number): number => Math.floor(partition.places[index]! / lot);
    let read = 0;
    for (const batch of await batchesOf(offsets, partition, lotOf)) {
      (lots[lotOf(read)] ??= []).push(batch);
      read += batch.records.length;
    }
  }
  return lots.filter((batches) => batches !== undefined);
}

/** Neighbours of the same lot are one batch. */
async function batchesOf(
  offsets: OffsetStore,
  { topic, partition, records }: Appended,
  lotOf: (index: number) => number,
): Promise<LogBatch[]> {
  const [claim] = await offsets.claim(TRACK_GROUP, topic, new Map([[partition, 0n]]));
  const { epoch, nextOffset } = claim!;
  const highWatermark = nextOffset + BigInt(records.length);
  const batches: LogBatch[] = [];
  for (let from = 0, until = 0; from < records.length; from = until) {
    while (until < records.length && lotOf(until) === lotOf(from)) until += 1;
    const batch = records.slice(from, until).map((record) => ({ ...record, offset: record.offset + nextOffset }));
    const [firstOffset, lastOffset] = [batch[0]!.offset, batch.at(-1)!.offset];
    batches.push({ topic, partition, epoch, firstOffset, lastOffset, highWatermark, records: batch });
  }
  return batches;
}

/** CPU seconds of the one backend so far. */
export async function backendSeconds(dataSource: DataSource): Promise<number> {
  const [row] = await dataSource.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
  return cpuSecondsOf(row!.pid);
}
