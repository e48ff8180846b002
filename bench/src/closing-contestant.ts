// Closes everything that was tracked, on one connection, and weighs the tables before and after.
import { openDataSource } from '#storage';
import type { DataSource } from '#storage';
import { OrderCloser, RulebookHolder } from '#tracking';
import { backendSeconds } from './cost-contestant.js';
import type { Figures } from './rounds.js';

const DAY_MS = 86_400_000;
const OPEN = ['shipment', 'parcel', 'parcel_link', 'deadline'];
const CLOSED = ['closed_order', 'closed_link'];

export interface ClosingSettings {
  readonly databaseUrl: string;
  /** Tracked before. */
  readonly orders: number;
}

export async function runClosing({ databaseUrl, orders }: ClosingSettings): Promise<Figures> {
  const dataSource = await openDataSource(databaseUrl, { poolSize: 1 });
  const { base } = RulebookHolder.fromFolder('rulebooks', (_tenant, error) => {
    throw error;
  });
  const openBytes = await bytesOf(dataSource, OPEN);
  // Orders are over when nothing was written of them for long, and everything has just been written.
  const now = Date.now() + 1_000 * DAY_MS;
  const closer = new OrderCloser(dataSource, base, 100 * DAY_MS);
  const backendBefore = await backendSeconds(dataSource);
  const before = process.cpuUsage();
  let closed = 0;
  for (let hasMore = true; hasMore;) {
    const round = await closer.round(now);
    closed += round.closed;
    hasMore = round.hasMore;
  }
  const { user, system } = process.cpuUsage(before);
  const backend = (await backendSeconds(dataSource)) - backendBefore;
  const closedBytes = await bytesOf(dataSource, CLOSED);
  await dataSource.destroy();
  return {
    openBytesPerOrder: openBytes / orders,
    closedBytesPerOrder: closedBytes / closed,
    closedShare: closed / orders,
    nodeMsPerThousand: (user + system) / closed,
    postgresMsPerThousand: (backend * 1e6) / closed,
  };
}

/** With indexes, packed: a table of a bench has only just been filled. */
async function bytesOf(dataSource: DataSource, tables: readonly string[]): Promise<number> {
  for (const table of tables) await dataSource.query(`VACUUM FULL ${table}`);
  const [row] = await dataSource.query<{ bytes: string }[]>(
    'SELECT sum(pg_total_relation_size(name::regclass)) AS bytes FROM unnest($1::text[]) AS t (name)',
    [tables],
  );
  return Number(row!.bytes);
}
