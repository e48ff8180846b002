// The other opinion: the raw CSV files copied into PostgreSQL and counted there, without one line of Fineline.
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { createEmptyDatabase } from '#testing';
import type { OlistFile } from './olist-sample.js';
import { olistPath } from './olist-sample.js';

export interface OlistCount {
  readonly orders: number;
  readonly scans: number;
  readonly met: number;
  readonly missed: number;
  readonly missedOrders: readonly string[];
}

const TABLES = `
CREATE TABLE orders (order_id text PRIMARY KEY, customer_id text, order_status text, order_purchase_timestamp timestamp,
  order_approved_at timestamp, order_delivered_carrier_date timestamp, order_delivered_customer_date timestamp,
  order_estimated_delivery_date timestamp);
CREATE TABLE order_items (order_id text, order_item_id int, product_id text, seller_id text, shipping_limit_date timestamp,
  price numeric, freight_value numeric);`;

// Without items there is no deadline. Handed over in the very second of the limit is in time.
const COUNT = `
WITH judged AS (
  SELECT o.order_id, o.order_delivered_carrier_date IS NOT NULL AS handed_over, min(i.shipping_limit_date) IS NOT NULL AS has_limit,
    coalesce(o.order_delivered_carrier_date <= min(i.shipping_limit_date), false) AS in_time
  FROM orders o LEFT JOIN order_items i USING (order_id) GROUP BY o.order_id)
SELECT count(*)::int AS orders, count(*) FILTER (WHERE handed_over)::int AS scans,
  count(*) FILTER (WHERE has_limit AND in_time)::int AS met, count(*) FILTER (WHERE has_limit AND NOT in_time)::int AS missed,
  array_agg(order_id ORDER BY order_id COLLATE "C") FILTER (WHERE has_limit AND NOT in_time) AS "missedOrders"
FROM judged`;

/** Counts in a scratch database, which is dropped again. */
export async function independentCount(): Promise<OlistCount> {
  const database = await createEmptyDatabase();
  const client = new pg.Client({ connectionString: database.url });
  try {
    await client.connect();
    await client.query(TABLES);
    for (const file of ['orders', 'order_items'] as const) await load(client, file);
    return (await client.query<OlistCount>(COUNT)).rows[0]!;
  } finally {
    await client.end();
    await database.drop();
  }
}

function load(client: pg.Client, table: OlistFile): Promise<void> {
  const rows = client.query(copyFrom(`COPY ${table} FROM STDIN WITH (FORMAT csv, HEADER true)`));
  return pipeline(createReadStream(olistPath(table)), createGunzip(), rows);
}
