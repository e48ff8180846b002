// What an event costs in CPU, of Node and of PostgreSQL, with nothing else in the way, and whether that grows with what is standing.
import { calibrate } from './calibration.js';
import { runInChild } from './child.js';
import { prepareTemplate, withClient, withDatabase } from './databases.js';
import { ALL_HAPPENED, EVENTS_PER_ORDER } from './events.js';
import type { BenchOptions } from './options.js';
import type { Contestant, Figures, RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';

const DEFAULT_EVENTS = 100_000;
const DEFAULT = ['standing=0', 'standing=100000', 'lot=80'];
/** Tracked for real; the others of those standing are copies of their rows. */
const TEMPLATES = 1_000;

const COPIES = `
INSERT INTO shipment (tenant_id, order_id, seller_id, shop_id, warehouse_id, platform, market, carrier, placed_at, state, verdict)
SELECT tenant_id, order_id || '-' || n, seller_id, shop_id, warehouse_id, platform, market, carrier, placed_at,
  replace(replace(state::text, '"' || order_id || '"', '"' || order_id || '-' || n || '"'), 'BENCH', 'BENCH' || n)::json, verdict
FROM shipment, generate_series(1, $1::int) n;
INSERT INTO parcel (tenant_id, tracking_number, state, last_scan_at, physical_scan_at)
SELECT tenant_id, replace(tracking_number, 'BENCH', 'BENCH' || n), replace(state::text, 'BENCH', 'BENCH' || n)::json,
  last_scan_at, physical_scan_at FROM parcel, generate_series(1, $1::int) n;
INSERT INTO parcel_link (tenant_id, tracking_number, order_id, uploaded_at, replaced)
SELECT tenant_id, replace(tracking_number, 'BENCH', 'BENCH' || n), order_id || '-' || n, uploaded_at, replaced
FROM parcel_link, generate_series(1, $1::int) n`;

const DEADLINE_COLUMNS = `SELECT string_agg(column_name, ', ') AS names FROM information_schema.columns
WHERE table_name = 'deadline' AND is_generated = 'NEVER' AND column_name <> 'order_id'`;

/**
 * `count` events for each contestant; `--only standing=1000000+standing=0` chooses how many shipments stand before, `--only lot=80` takes the
 * events as they come, so many in a transaction, instead of as a backlog.
 */
export async function cost({ postgresUrl, rounds, count, only, profile }: BenchOptions): Promise<RoundsResult> {
  const orders = Math.ceil((count ?? DEFAULT_EVENTS) / EVENTS_PER_ORDER);
  await prepareTemplate(postgresUrl);
  const contestants = (only.length > 0 ? only : DEFAULT).map((name): Contestant => {
    const [kind, number] = name.split('=');
    const standing = kind === 'standing' ? Number(number) : 0;
    const lot = kind === 'lot' ? Number(number) : 0;
    const run = async (databaseUrl: string): Promise<Figures> => {
      if (standing > 0) await stand(databaseUrl, standing);
      const settings = { databaseUrl, orders, firstOrder: TEMPLATES, asOf: ALL_HAPPENED, lot };
      return runInChild({ contestant: 'cost', settings }, profile);
    };
    return { name, run: () => withDatabase(postgresUrl, 'ours', run) };
  });
  return runRounds(rounds, contestants, [], () => calibrate(postgresUrl));
}

async function stand(databaseUrl: string, shipments: number): Promise<void> {
  const settings = { databaseUrl, orders: TEMPLATES, firstOrder: 0, asOf: ALL_HAPPENED, lot: 0 };
  await runInChild({ contestant: 'cost', settings });
  await withClient(databaseUrl, async (client) => {
    const copies = Math.max(1, Math.round(shipments / TEMPLATES) - 1);
    for (const statement of COPIES.split(';\n')) await client.query(statement, [copies]);
    const { names } = (await client.query<{ names: string }>(DEADLINE_COLUMNS)).rows[0]!;
    await client.query(
      `INSERT INTO deadline (order_id, ${names}) SELECT order_id || '-' || n, ${names} FROM deadline, generate_series(1, $1::int) n`,
      [copies],
    );
    await client.query('VACUUM ANALYZE');
    await client.query('CHECKPOINT');
  });
}
