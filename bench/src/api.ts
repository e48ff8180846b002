// What people wait for: the queue, filters, exposure and commands over many open deadlines, one tenant owning a fifth of them.
import { calibrate } from './calibration.js';
import { prepareTemplate, withClient, withDatabase } from './databases.js';
import type { HttpCall } from './http-client.js';
import { HttpStage, percentile } from './http-client.js';
import type { BenchOptions } from './options.js';
import type { Figures, RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';

const DEFAULT_DEADLINES = 100_000;
const TENANT = 't0';
const REPEATS = 40;
const BULK = 10_000;

const DEADLINES = `
INSERT INTO deadline (tenant_id, order_id, rule_id, parcel_id, rule_version, seller_id, shop_id, warehouse_id, platform, market, carrier,
  status, starts_at, due_at, governed_by, stage, zone, amount_minor, expected_minor, currency, chance, confidence, next_change_at, first_seen_at)
SELECT CASE WHEN n % 5 = 0 THEN 't0' ELSE 't' || 1 + n % 400 END, 'O' || lpad(n::text, 10, '0'),
  (ARRAY['TEMU-US-4', 'TEMU-US-2', 'TTS-US-1', 'TTS-US-6'])[1 + n % 4], 'BENCH' || lpad(n::text, 10, '0'), '2024-08-11', 'seller-' || n % 5000,
  'shop-' || n % 5000, (ARRAY['NJ-1', 'CA-1', 'TX-1'])[1 + n % 3], (ARRAY['temu', 'temu', 'tiktok-shop', 'tiktok-shop'])[1 + n % 4], 'US',
  'usps', 'open', now() - interval '20 hours', now() + (n % 2880) * interval '1 minute', 'rule', 'enforced', 'America/Chicago', 1000,
  n % 900, 'USD', 0.1, 'derived', now() + interval '5 days', now() FROM generate_series(1, $1::int) n`;
/** A step for every second deadline of the large tenant, as far as the bulk command needs them and beyond. */
const ESCALATIONS = `
INSERT INTO escalation (tenant_id, order_id, rule_id, parcel_id, due_at, step, seller_id, warehouse_id, platform, carrier, amount_minor,
  expected_minor, currency, raised_at, queued_at, dispatched_at)
SELECT tenant_id, order_id, rule_id, parcel_id, due_at, 't-24h', seller_id, warehouse_id, platform, carrier, amount_minor, expected_minor,
  currency, now(), now(), now() FROM deadline WHERE tenant_id = 't0'`;
const QUEUE = '/v1/escalations?sort=expected';

export async function api({ postgresUrl, brokers, rounds, count, profile }: BenchOptions): Promise<RoundsResult> {
  const deadlines = Math.max(5 * (BULK + REPEATS), count ?? DEFAULT_DEADLINES);
  await prepareTemplate(postgresUrl);
  const run = (): Promise<Figures> =>
    withDatabase(postgresUrl, 'ours', async (databaseUrl) => {
      await fill(databaseUrl, deadlines);
      const stage = await HttpStage.start(
        { kind: 'api', databaseUrl, brokers, tenantIds: [TENANT] },
        { connections: 1, profile },
      );
      const figures = await measure(stage);
      return { ...figures, ...(await stage.stop()) };
    });
  return runRounds(rounds, [{ name: 'api', run }], [], () => calibrate(postgresUrl));
}

async function fill(databaseUrl: string, deadlines: number): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    await client.query(DEADLINES, [deadlines]);
    await client.query(ESCALATIONS);
    await client.query('VACUUM ANALYZE');
  });
}

async function measure(stage: HttpStage): Promise<Figures> {
  const { rows } = (await stage.call(get(`${QUEUE}&limit=${REPEATS}`))) as { rows: { escalationId: string }[] };
  const ids = rows.map(({ escalationId }) => escalationId);
  if (ids.length < REPEATS) throw new Error(`the queue has only ${ids.length} rows`);
  const figures = {
    ...(await timed(stage, 'queuePage', () => get(QUEUE))),
    ...(await timed(stage, 'filtered', () => get(`${QUEUE}&warehouse=NJ-1&platform=temu`))),
    ...(await timed(stage, 'exposure', () => get('/v1/exposure?groupBy=warehouse'))),
    ...(await timed(stage, 'acknowledge', (i) => acknowledge([ids[i]!]))),
  };
  const bulk = await idsOf(stage, BULK);
  const start = performance.now();
  const { changed } = (await stage.call(acknowledge(bulk))) as { changed: number };
  if (changed < BULK - REPEATS) throw new Error(`only ${changed} of ${BULK} acknowledged`);
  return { ...figures, bulkAcknowledgeMs: performance.now() - start };
}

/** p50 and p95 of one call after another. */
async function timed(stage: HttpStage, name: string, call: (index: number) => HttpCall): Promise<Figures> {
  const took = await stage.all(
    Array.from({ length: REPEATS }, (_, index) => call(index)),
    1,
  );
  return { [`${name}P50Ms`]: percentile(took, 0.5), [`${name}P95Ms`]: percentile(took, 0.95) };
}

/** Page by page, as a person's browser would collect them. */
async function idsOf(stage: HttpStage, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor = ''; ids.length < count;) {
    const page = (await stage.call(get(`${QUEUE}&limit=200${cursor}`))) as {
      rows: { escalationId: string }[];
      nextCursor: string | null;
    };
    ids.push(...page.rows.map(({ escalationId }) => escalationId));
    if (!page.nextCursor) break;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
  return ids.slice(0, count);
}

function get(path: string): HttpCall {
  return { method: 'GET', path };
}

function acknowledge(ids: readonly string[]): HttpCall {
  return { method: 'POST', path: '/v1/escalations/acknowledge', body: JSON.stringify({ ids }) };
}
