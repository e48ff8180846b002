// What people wait for: the queue, filters, exposure and commands over many open deadlines, one tenant owning a fifth of them.
import { ExposureStore, openDataSource, withService } from '#storage';
import { calibrate } from './calibration.js';
import { prepareTemplate, withClient, withDatabase } from './databases.js';
import type { HttpCall } from './http-client.js';
import { HttpStage, percentile } from './http-client.js';
import type { BenchOptions } from './options.js';
import type { Figures, RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';

const DEFAULT_DEADLINES = 1_000_000;
const TENANT = 't0';
const REPEATS = 40;
const BULK = 10_000;
/** Of one command, as the page sends them to show how far it is. */
const LOT = 1_000;
/** So many more, of those open, were settled today. */
const SETTLED_SHARE = 0.05;

/** $1 open, the others up to $2 settled today: one in ten missed, the rest met. */
const DEADLINES = `
INSERT INTO deadline (tenant_id, order_id, rule_id, parcel_id, rule_version, seller_id, shop_id, warehouse_id, platform, market, carrier,
  status, starts_at, due_at, satisfied_at, governed_by, stage, zone, amount_minor, expected_minor, currency, chance, confidence, next_change_at,
  ladder_since)
SELECT CASE WHEN n % 5 = 0 THEN 't0' ELSE 't' || 1 + n % 400 END, 'O' || lpad(n::text, 10, '0'),
  (ARRAY['TEMU-US-4', 'TEMU-US-2', 'TTS-US-1', 'TTS-US-6'])[1 + n % 4], 'BENCH' || lpad(n::text, 10, '0'), '2024-08-11', 'seller-' || n % 5000,
  'shop-' || n % 5000, (ARRAY['NJ-1', 'CA-1', 'TX-1'])[1 + n % 3], (ARRAY['temu', 'temu', 'tiktok-shop', 'tiktok-shop'])[1 + n % 4], 'US', 'usps',
  v.status, now() - interval '50 hours', now() + CASE v.status WHEN 'open' THEN 1 ELSE -0.1 END * (n % 2880) * interval '1 minute',
  CASE v.status WHEN 'met' THEN now() - (n % 288) * interval '1 minute' END, 'rule', 'enforced', 'America/Chicago', 1000,
  CASE v.status WHEN 'open' THEN n % 900 ELSE 0 END, 'USD', 0.1, 'derived', CASE v.status WHEN 'open' THEN now() + interval '5 days' END, now()
FROM (SELECT n, CASE WHEN n <= $1 THEN 'open' WHEN n % 50 = 0 THEN 'missed' ELSE 'met' END AS status FROM generate_series(1, $2::int) n) v`;
/** One step for each open deadline of the large tenant, a later one for half of them; of those met two in five were warned. */
const ESCALATIONS = `
INSERT INTO escalation (tenant_id, order_id, rule_id, parcel_id, due_at, step, seller_id, warehouse_id, platform, carrier, amount_minor,
  expected_minor, currency, status, raised_at, dispatched_at, settled_at)
SELECT tenant_id, order_id, rule_id, parcel_id, due_at, s.step, seller_id, warehouse_id, platform, carrier, amount_minor, expected_minor,
  currency, CASE status WHEN 'open' THEN 'open' ELSE 'resolved' END, due_at - interval '50 hours', now(),
  CASE status WHEN 'met' THEN now() END
FROM deadline d, (VALUES ('t-24h', 1), ('t-12h', 2)) s (step, nth)
WHERE tenant_id = 't0' AND (status = 'open' AND (s.nth = 1 OR right(order_id, 1) = '0') OR status = 'met' AND s.nth = 1 AND right(order_id, 2) <= '40')
ORDER BY s.nth`;
const WARNED = `
UPDATE deadline d SET warned_at = e.raised_at, warned_minor = e.amount_minor FROM escalation e
WHERE e.status = 'resolved' AND e.tenant_id = d.tenant_id AND e.order_id = d.order_id AND e.rule_id = d.rule_id AND e.parcel_id = d.parcel_id`;
const QUEUE = '/v1/escalations?sort=expected';

export async function api({ postgresUrl, brokers, rounds, count, profile }: BenchOptions): Promise<RoundsResult> {
  const deadlines = Math.max(5 * (BULK + REPEATS), count ?? DEFAULT_DEADLINES);
  await prepareTemplate(postgresUrl);
  const run = (): Promise<Figures> =>
    withDatabase(postgresUrl, 'ours', async (databaseUrl) => {
      await fillDeadlines(databaseUrl, deadlines);
      const task = {
        kind: 'api',
        databaseUrl,
        brokers,
        people: [{ tenantId: TENANT }, { tenantId: TENANT, sellerId: 'seller-0' }],
      };
      const stage = await HttpStage.start(task, { connections: 1, profile });
      const figures = await measure(stage);
      return { ...figures, ...(await stage.stop()) };
    });
  return runRounds(rounds, [{ name: 'api', run }], [], () => calibrate(postgresUrl));
}

/** Many open deadlines, one tenant owning a fifth of them with their steps, and what was settled today. */
export async function fillDeadlines(databaseUrl: string, deadlines: number): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    await client.query(DEADLINES, [deadlines, Math.ceil(deadlines * (1 + SETTLED_SHARE))]);
    await client.query(ESCALATIONS);
    await client.query(WARNED);
    const store = new ExposureStore();
    const source = await openDataSource(databaseUrl);
    while ((await withService(source, (transaction) => store.fold(transaction, LOT * LOT))) > 0);
    await source.destroy();
    await client.query('VACUUM ANALYZE');
  });
}

async function measure(stage: HttpStage): Promise<Figures> {
  const { rows } = (await stage.call(get(`${QUEUE}&limit=${REPEATS}`))) as { rows: { escalationId: string }[] };
  const ids = rows.map(({ escalationId }) => escalationId);
  if (ids.length < REPEATS) throw new Error(`the queue has only ${ids.length} rows`);
  const since = new Date(Date.now() - 86_400_000).toISOString();
  const figures = {
    ...(await timed(stage, 'queuePage', () => get(QUEUE))),
    ...(await timed(stage, 'filtered', () => get(`${QUEUE}&warehouse=NJ-1&platform=temu`))),
    ...(await timed(stage, 'oneSeller', () => get(`${QUEUE}&seller=seller-0`))),
    ...(await timed(stage, 'sellersOwn', () => get(QUEUE, stage.keys[1]))),
    ...(await timed(stage, 'deadlines', () => get('/v1/deadlines'))),
    ...(await timed(stage, 'sellersDeadlines', () => get('/v1/deadlines', stage.keys[1]))),
    ...(await timed(stage, 'timeLeft', () => get('/v1/escalations?sort=time-left'))),
    ...(await timed(stage, 'exposure', () => get(`/v1/exposure?groupBy=warehouse&since=${since}`))),
    ...(await timed(stage, 'cliffs', () => get('/v1/exposure/cliffs?hours=24'))),
    ...(await timed(stage, 'acknowledge', (i) => command('acknowledge', [ids[i]!]))),
  };
  const bulk = await idsOf(stage, BULK);
  return {
    ...figures,
    bulkAcknowledgeMs: await inBulk(stage, 'acknowledge', bulk),
    bulkAssignMs: await inBulk(stage, 'assign', bulk, { to: 'somebody' }),
  };
}

/** Milliseconds for all of them, lot by lot. */
async function inBulk(stage: HttpStage, action: string, ids: readonly string[], more: object = {}): Promise<number> {
  const start = performance.now();
  let all = 0;
  for (let from = 0; from < ids.length; from += LOT) {
    const { changed } = (await stage.call(command(action, ids.slice(from, from + LOT), more))) as { changed: number };
    all += changed;
  }
  if (all !== BULK) throw new Error(`${action}: ${all} of ${BULK} changed`);
  return performance.now() - start;
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

/** As ops of the large tenant unless another key is given. */
function get(path: string, key?: string): HttpCall {
  return { method: 'GET', path, key };
}

function command(action: string, ids: readonly string[], more: object = {}): HttpCall {
  return { method: 'POST', path: `/v1/escalations/${action}`, body: JSON.stringify({ ids, ...more }) };
}
