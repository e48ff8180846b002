// Baseline "one raw transaction per message": no framework, no ORM, hand-written SQL; evidence once, state and due instant in one
// commit per message. What a careful first version without batches would be.
import type { Kafka } from 'kafkajs';
import pg from 'pg';
import { TOPICS } from '#contracts';

const SCHEMA = `
CREATE TABLE raw_event (tenant_id text, event_id text, type text, payload jsonb, PRIMARY KEY (tenant_id, event_id));
CREATE TABLE raw_parcel (tenant_id text, tracking_number text, order_id text, due_at timestamptz, accepted_at timestamptz,
  scans jsonb NOT NULL DEFAULT '[]', PRIMARY KEY (tenant_id, tracking_number));
CREATE INDEX raw_due ON raw_parcel (due_at) WHERE accepted_at IS NULL;
CREATE TABLE raw_order (tenant_id text, order_id text, facts jsonb, PRIMARY KEY (tenant_id, order_id))`;

const STORE = 'INSERT INTO raw_event VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING';
const ORDER = 'INSERT INTO raw_order VALUES ($1, $2, $3) ON CONFLICT DO NOTHING';
const LABEL = `INSERT INTO raw_parcel (tenant_id, tracking_number, order_id, due_at)
  VALUES ($1, $2, $3, $4::timestamptz + interval '48 hours')
  ON CONFLICT (tenant_id, tracking_number) DO UPDATE SET order_id = excluded.order_id, due_at = excluded.due_at`;
const SCAN = `INSERT INTO raw_parcel (tenant_id, tracking_number, accepted_at, scans) VALUES ($1, $2, $3, jsonb_build_array($4::jsonb))
  ON CONFLICT (tenant_id, tracking_number) DO UPDATE SET accepted_at = LEAST(raw_parcel.accepted_at, excluded.accepted_at),
    scans = raw_parcel.scans || excluded.scans`;

interface RawMessage {
  readonly tenantid: string;
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

/** Consumes `events` messages, `concurrency` partitions at once; seconds from the first to the last commit. */
export async function runTransactionPerMessage(
  kafka: Kafka,
  databaseUrl: string,
  events: number,
  concurrency: number,
): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: concurrency });
  pool.on('error', () => undefined);
  await pool.query(SCHEMA);
  const consumer = kafka.consumer({ groupId: `raw-${process.pid}-${Date.now()}` });
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPICS.orders, TOPICS.scans], fromBeginning: true });
  let startedAt = 0;
  let seen = 0;
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }): Promise<void> => {
      startedAt ||= performance.now();
      await apply(pool, (message.value as Buffer).toString());
      if (++seen === events) resolve();
    };
    void consumer.run({ partitionsConsumedConcurrently: concurrency, eachMessage }).catch(reject);
  });
  const seconds = (performance.now() - startedAt) / 1000;
  await consumer.disconnect();
  await pool.end();
  return seconds;
}

async function apply(pool: pg.Pool, text: string): Promise<void> {
  const message = JSON.parse(text) as RawMessage;
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const stored = await client.query(STORE, [message.tenantid, message.id, message.type, text]);
    if (stored.rowCount === 1) await client.query(...effectOf(message));
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

function effectOf({ tenantid, data }: RawMessage): [sql: string, values: unknown[]] {
  const { orderId, trackingNumber, uploadedAt, occurredAt, strength } = data;
  if (!trackingNumber) return [ORDER, [tenantid, orderId, JSON.stringify(data)]];
  if (uploadedAt) return [LABEL, [tenantid, trackingNumber, orderId, uploadedAt]];
  return [SCAN, [tenantid, trackingNumber, strength === 'claimed' ? null : occurredAt, JSON.stringify(data)]];
}
