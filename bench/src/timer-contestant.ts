// Deadlines standing in PostgreSQL, a part of them due at one instant: the escalate stage takes each step once and queues it.
import { Metrics, createLogger } from '#platform';
import { createQueues } from '#queue';
import { openDataSource } from '#storage';
import { RulebookHolder } from '#tracking';
import { withDefaults } from '../../apps/escalate/src/escalate-options.js';
import { Relay } from '../../apps/escalate/src/relay.js';
import { StepSweep } from '../../apps/escalate/src/step-sweep.js';
import { withClient } from './databases.js';
import type { Figures } from './rounds.js';

export interface TimerSettings {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly standing: number;
  readonly due: number;
}

const NOW = Date.UTC(2026, 2, 4, 12);
const HOUR = 3_600_000;
const INSERT = `
INSERT INTO deadline (tenant_id, order_id, rule_id, parcel_id, rule_version, seller_id, shop_id, warehouse_id, platform, market, carrier,
  status, starts_at, due_at, governed_by, stage, zone, amount_minor, expected_minor, currency, chance, confidence, next_step, next_step_at,
  next_change_at, first_seen_at)
SELECT 't' || n % 500, 'O' || lpad(n::text, 10, '0'), 'TEMU-US-4', 'BENCH' || lpad(n::text, 10, '0'), '2024-08-11', 'seller-' || n % 5000,
  'shop-' || n % 5000, 'NJ-1', 'temu', 'US', 'usps', 'open', at - interval '44 hours', at + interval '4 hours', 'rule', 'enforced',
  'America/Chicago', 1000, n % 900, 'USD', 0.1, 'derived', 't-4h', at, at + interval '4 hours', at - interval '40 hours'
FROM (SELECT n, to_timestamp(($3::float8 + CASE WHEN n <= $2 THEN 0 ELSE 3600000 + n END) / 1000) AS at FROM generate_series(1, $1::int) n) v`;

/** Bytes of each deadline with its indexes, and the seconds from the common instant until all are escalated and queued. */
export async function runTimers({ databaseUrl, redisUrl, standing, due }: TimerSettings): Promise<Figures> {
  const bytesEach = await withClient(databaseUrl, async (client) => {
    await client.query(INSERT, [standing, due, NOW]);
    await client.query('VACUUM ANALYZE deadline');
    const { rows } = await client.query<{ bytes: string }>("SELECT pg_total_relation_size('deadline') AS bytes");
    return Math.round(Number(rows[0]!.bytes) / standing);
  });
  const logger = createLogger('bench-escalate', 'warn');
  const metrics = new Metrics();
  const dataSource = await openDataSource(databaseUrl, { poolSize: 4 });
  const queues = await createQueues(
    { kind: 'redis', url: redisUrl, prefix: `bench-${process.pid}` },
    { logger, metrics },
  );
  const rulebooks = RulebookHolder.fromFolder('rulebooks', (_tenant, error) => {
    throw error;
  });
  const clock = { now: () => NOW + HOUR / 3_600 };
  const settings = withDefaults({ dataSource, queues, rulebooks, clock, logger, metrics });
  const sweep = new StepSweep(settings);
  const start = performance.now();
  const raised = await sweep.takeDue();
  const secondsToRaise = (performance.now() - start) / 1000;
  const queued = await new Relay(settings).queueNew();
  const secondsToAll = (performance.now() - start) / 1000;
  if (raised !== due || queued !== due) throw new Error(`${due} were due, ${raised} raised, ${queued} queued`);
  const rows = await dataSource.query<{ n: number }[]>('SELECT count(*)::int AS n FROM escalation');
  if (rows[0]!.n !== due) throw new Error(`${rows[0]!.n} escalations of ${due}`);
  await queues.close();
  await dataSource.destroy();
  return { bytesEach, secondsToAll, secondsToRaise };
}
