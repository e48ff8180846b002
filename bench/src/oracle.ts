// What must come out, worked out a second time in SQL from the generator's own lines: it shares no code with the pipeline and
// does not read the log. The rules are written down again here from their sources: Temu US late delivery (USD 5, three working days
// after the order in the buyer's zone) and abnormal fulfilment (no acceptance within 48 h of the upload, the larger of USD 10 and half
// the price); TikTok US late dispatch (USD 5, no acceptance within two working days, where a shop misses more than 10 % of a week's).
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { withClient, withDatabase } from './databases.js';
import { benchRecords } from './events.js';

/** Counts that must agree between the oracle and the database of a run. */
export interface Effects {
  readonly events: number;
  readonly parcels: number;
  readonly scans: number;
  readonly fines: number;
  readonly finesMinor: number;
}

const EXPECTED = `
WITH event AS (
  SELECT DISTINCT ON (body ->> 'tenantid', body ->> 'id') body ->> 'tenantid' AS tenant, body ->> 'type' AS type, body -> 'data' AS data FROM said),
placed AS (
  SELECT tenant, data ->> 'orderId' AS order_id, data ->> 'platform' AS platform,
    ((data #>> '{clocks,placedAt}')::timestamptz AT TIME ZONE (data #>> '{shipTo,timeZone}'))::date AS day,
    data #>> '{shipTo,timeZone}' AS zone, (data #>> '{clocks,placedAt}')::timestamptz AS placed_at, data ->> 'shopId' AS shop,
    (data #>> '{lines,0,unitPriceMinor}')::numeric AS price
  FROM event WHERE type LIKE '%order.placed%'),
labelled AS (
  SELECT tenant, data ->> 'orderId' AS order_id, data ->> 'trackingNumber' AS number, (data ->> 'uploadedAt')::timestamptz AS at
  FROM event WHERE type LIKE '%parcel.labelled%'),
scanned AS (
  SELECT tenant, data ->> 'trackingNumber' AS number, data ->> 'stage' AS stage, data ->> 'strength' AS strength,
    (data ->> 'occurredAt')::timestamptz AS at FROM event WHERE type LIKE '%parcel.scanned%'),
passed AS (
  SELECT tenant, number, min(at) FILTER (WHERE strength IN ('implied', 'direct')) AS accepted,
    min(at) FILTER (WHERE stage = 'delivered') AS delivered FROM scanned GROUP BY tenant, number),
due AS (
  SELECT placed.*, ((SELECT d::date FROM generate_series(day + 1, day + 10, interval '1 day') d WHERE extract(isodow FROM d) < 6
    ORDER BY d OFFSET 2 LIMIT 1) + time '23:59:59') AT TIME ZONE zone AS deliver_by FROM placed WHERE platform = 'temu'),
dispatch AS (
  SELECT p.tenant, shop, accepted > ((SELECT d::date FROM generate_series(la_day + 1, la_day + 10, interval '1 day') d
      WHERE extract(isodow FROM d) < 6 ORDER BY d OFFSET 1 LIMIT 1) + time '23:59:59.999') AT TIME ZONE 'America/Los_Angeles' AS is_late
  FROM (SELECT *, (placed_at AT TIME ZONE 'America/Los_Angeles')::date AS la_day FROM placed WHERE platform = 'tiktok-shop') p
  JOIN labelled USING (tenant, order_id) JOIN passed USING (tenant, number)),
gated AS (
  SELECT is_late AND avg(is_late::int) OVER (PARTITION BY tenant, shop) > 0.1 AS is_charged FROM dispatch),
fine AS (
  SELECT 500 AS minor FROM gated WHERE is_charged
  UNION ALL
  SELECT 500 AS minor FROM due JOIN labelled USING (tenant, order_id) JOIN passed USING (tenant, number)
  WHERE date_trunc('second', delivered) > date_trunc('second', deliver_by)
  UNION ALL
  SELECT greatest(1000, round(price / 2)) FROM due JOIN labelled l USING (tenant, order_id) JOIN passed USING (tenant, number)
  WHERE date_trunc('second', accepted) > date_trunc('second', l.at) + interval '48 hours')
SELECT (SELECT count(*)::int FROM event) AS events, (SELECT count(*)::int FROM passed) AS parcels,
  (SELECT count(*)::int FROM scanned) AS scans, (SELECT count(*)::int FROM fine) AS fines,
  (SELECT coalesce(sum(minor), 0)::float8 FROM fine) AS "finesMinor"`;

const FOUND = `
SELECT (SELECT count(*)::int FROM evidence) AS events, (SELECT count(*)::int FROM parcel) AS parcels,
  (SELECT coalesce(sum(json_array_length(state -> 'scans')), 0)::int FROM parcel) AS scans,
  count(*) FILTER (WHERE amount_minor > 0)::int AS fines, coalesce(sum(amount_minor), 0)::float8 AS "finesMinor"
FROM deadline WHERE status = 'missed'`;

/** What `orders` orders of the generator must lead to. */
export function expectedEffects(serverUrl: string, orders: number): Promise<Effects> {
  return withDatabase(serverUrl, 'empty', (url) =>
    withClient(url, async (client) => {
      await client.query('CREATE TABLE said (body jsonb)');
      await pipeline(Readable.from(copyLines(orders)), client.query(copyFrom('COPY said FROM STDIN')));
      await client.query('ANALYZE said');
      return (await client.query<Effects>(EXPECTED)).rows[0]!;
    }),
  );
}

/** Throws with both sides when a run lost, doubled or misjudged anything. */
export async function checkEffects(databaseUrl: string, expected: Effects): Promise<void> {
  const found = await withClient(databaseUrl, async (client) => (await client.query<Effects>(FOUND)).rows[0]!);
  const said = JSON.stringify(found);
  if (said !== JSON.stringify(expected)) throw new Error(`expected ${JSON.stringify(expected)}, found ${said}`);
}

function* copyLines(orders: number): Generator<string> {
  for (const { value } of benchRecords(orders)) yield `${value.toString().replaceAll('\\', '\\\\')}\n`;
}
