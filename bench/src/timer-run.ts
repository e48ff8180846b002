// The escalate stage as its own process over many standing deadlines: steps spread over a minute as on any day, then thousands that
// are due in the same second.
import type { Client } from 'pg';
import { eventually } from '#testing';
import { AppProcess } from '../../test/e2e/system/app-process.js';
import { withClient } from './databases.js';
import type { Figures } from './rounds.js';

export interface TimerRun {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly standing: number;
  /** Due in the same second. */
  readonly due: number;
  /** Steps taken one by one over a minute. */
  readonly ordinary: number;
  readonly profile?: string;
}

const TENANTS = 500;
const FAR_MS = 10 * 86_400_000;
/** Until the first of the steps of a phase is due: what was written for it is settled by then. */
const LEAD_MS = 10_000;
const SPREAD_MS = 60_000;

/** $2: when the first step is due, UTC epoch milliseconds; each of $1 rows follows a millisecond later. */
const INSERT = `
INSERT INTO deadline (tenant_id, order_id, rule_id, parcel_id, rule_version, seller_id, shop_id, warehouse_id, platform, market, carrier,
  status, starts_at, due_at, governed_by, stage, zone, amount_minor, expected_minor, currency, chance, confidence, next_step, next_step_at,
  next_change_at, ladder_since)
SELECT 't' || n % ${TENANTS}, 'O' || lpad(n::text, 10, '0'), 'TEMU-US-4', 'BENCH' || lpad(n::text, 10, '0'), '2024-08-11', 'seller-' || n % 5000,
  'shop-' || n % 5000, 'NJ-1', 'temu', 'US', 'usps', 'open', at - interval '44 hours', at + interval '4 hours', 'rule', 'enforced',
  'America/Chicago', 1000, n % 900, 'USD', 0.1, 'derived', 't-4h', at, at + interval '4 hours', at - interval '40 hours'
FROM (SELECT n, to_timestamp(($2::float8 + n) / 1000) AS at FROM generate_series(1, $1::int) n) v`;
/** Steps of the orders from $1 to $2 are due from $3 on, $4 milliseconds after one another. */
const MOVE = `
UPDATE deadline d SET next_step_at = at, starts_at = at - interval '44 hours', due_at = at + interval '4 hours',
  next_change_at = at + interval '4 hours', ladder_since = at - interval '40 hours'
FROM (SELECT n, to_timestamp(($3::float8 + (n - $1) * $4::float8) / 1000) AS at FROM generate_series($1::int, $2::int) n) v
WHERE d.tenant_id = 't' || n % ${TENANTS} AND d.order_id = 'O' || lpad(n::text, 10, '0')`;
// Of the step's own time, until the record says so: taken, queued, and in the hands of a worker.
const LATENESS = `
SELECT percentile_disc(ARRAY[0.5, 0.99, 0.999]) WITHIN GROUP (ORDER BY 1000 * extract(epoch FROM dispatched_at - (due_at - interval '4 hours')))::float8[] AS late,
  count(*)::int AS taken, count(DISTINCT order_id)::int AS orders FROM escalation WHERE order_id BETWEEN $1 AND $2`;

/** Throws when a step is not taken exactly once. */
export async function runTimers(run: TimerRun): Promise<Figures> {
  const { databaseUrl, redisUrl, standing, due, ordinary, profile } = run;
  return withClient(databaseUrl, async (client) => {
    await client.query(INSERT, [standing, Date.now() + FAR_MS]);
    await client.query('VACUUM ANALYZE deadline');
    const { rows } = await client.query<{ bytes: string }>("SELECT pg_total_relation_size('deadline') AS bytes");
    const app = await AppProcess.start('escalate', {
      ...{
        DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
        QUEUE_PREFIX: `bench-${process.pid}-${standing}`,
      },
      ...(profile && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profile}` }),
    });
    try {
      const oneByOne = await ordinaryFiring(client, ordinary);
      const rssMb = (await app.counted('process_resident_memory_bytes')) / 2 ** 20;
      const atOnce = await allAtOnce(client, app, ordinary + 1, due);
      const rssAfterMb = (await app.counted('process_resident_memory_bytes')) / 2 ** 20;
      const cpuSeconds = await app.counted('process_cpu_seconds_total');
      return { bytesEach: Number(rows[0]!.bytes) / standing, ...oneByOne, rssMb, ...atOnce, rssAfterMb, cpuSeconds };
    } finally {
      await app.signal('SIGTERM');
    }
  });
}

async function ordinaryFiring(client: Client, steps: number): Promise<Figures> {
  await move(client, 1, steps, SPREAD_MS / steps);
  await allDispatched(client, steps);
  const [p50, p99, p999] = await lateness(client, 1, steps);
  return { lateP50Ms: p50!, lateP99Ms: p99!, lateP999Ms: p999! };
}

async function allAtOnce(client: Client, app: AppProcess, first: number, steps: number): Promise<Figures> {
  const last = first + steps - 1;
  const at = await move(client, first, last, 0);
  // Asked of the process: to count what the record holds ten times a second would be part of the work.
  await eventually(async () => (await app.counted('fineline_escalate_queued_total', 'escalations')) >= last, {
    timeoutMs: 120_000,
    everyMs: 100,
  });
  const secondsToAllQueued = (Date.now() - at) / 1000;
  const { queued } = await waiting(client);
  if (queued !== last) throw new Error(`${queued} escalations are queued, not ${last}`);
  await allDispatched(client, last);
  const secondsToAllDispatched = (Date.now() - at) / 1000;
  await lateness(client, first, last);
  return { secondsToAllQueued, secondsToAllDispatched };
}

/** Answers when the first of them is due. */
async function move(client: Client, first: number, last: number, apartMs: number): Promise<number> {
  const planned = Date.now() + LEAD_MS + (last - first);
  const at = Math.ceil(planned / 1_000) * 1_000;
  await client.query(MOVE, [first, last, at, apartMs]);
  if (Date.now() > at) throw new Error('the steps were due before they were written');
  return at;
}

/** From the record: never a count over what stands. */
async function waiting(client: Client): Promise<{ queued: number; dispatched: number }> {
  const { rows } = await client.query<{ queued: number; dispatched: number }>(
    `SELECT count(*)::int - (SELECT coalesce(sum(cardinality(escalation_ids)), 0)::int FROM escalation_announcement
       WHERE queued_at IS NULL) AS queued, count(dispatched_at)::int AS dispatched FROM escalation`,
  );
  return rows[0]!;
}

async function allDispatched(client: Client, count: number): Promise<void> {
  await eventually(async () => (await waiting(client)).dispatched === count, { timeoutMs: 400_000, everyMs: 250 });
}

async function lateness(client: Client, first: number, last: number): Promise<number[]> {
  const [from, to] = [first, last].map((n) => `O${String(n).padStart(10, '0')}`);
  const { rows } = await client.query<{ late: number[]; taken: number; orders: number }>(LATENESS, [from, to]);
  const { late, taken, orders } = rows[0]!;
  const wanted = last - first + 1;
  if (taken !== wanted || orders !== wanted) throw new Error(`${taken} steps of ${orders} orders, ${wanted} were due`);
  return late;
}
