// Baseline "floor": the least anyone could do with these bytes. kafkajs eachBatch, JSON.parse, COPY into one keyless table.
// No dedupe, no state, no rules, no exactly-once effect.
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { Kafka } from 'kafkajs';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { TOPICS } from '#contracts';

const COPY = 'COPY floor_event (tenant_id, event_id, type, occurred_at, payload) FROM STDIN';

/** Consumes `events` records of both topics; resolves with the seconds from the first batch to the last COPY. */
export async function runFloor(kafka: Kafka, databaseUrl: string, events: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 8 });
  pool.on('error', () => undefined);
  await pool.query(
    'CREATE TABLE floor_event (tenant_id text, event_id text, type text, occurred_at timestamptz, payload jsonb)',
  );
  const consumer = kafka.consumer({ groupId: `floor-${process.pid}-${Date.now()}`, maxBytesPerPartition: 4_194_304 });
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPICS.orders, TOPICS.scans], fromBeginning: true });
  let startedAt = 0;
  let seen = 0;
  await new Promise<void>((resolve, reject) => {
    void consumer
      .run({
        autoCommit: false,
        partitionsConsumedConcurrently: 4,
        eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
          startedAt ||= performance.now();
          await copy(
            pool,
            batch.messages.map((message) => (message.value as Buffer).toString()),
          );
          resolveOffset(batch.lastOffset());
          await heartbeat();
          if ((seen += batch.messages.length) >= events) resolve();
        },
      })
      .catch(reject);
  });
  const seconds = (performance.now() - startedAt) / 1000;
  await consumer.disconnect();
  await pool.end();
  return seconds;
}

async function copy(pool: pg.Pool, values: string[]): Promise<void> {
  const client = await pool.connect();
  try {
    await pipeline(Readable.from([values.map(copyLine).join('')]), client.query(copyFrom(COPY)));
  } finally {
    client.release();
  }
}

function copyLine(value: string): string {
  const event = JSON.parse(value) as { tenantid: string; id: string; type: string; time: string };
  return `${event.tenantid}\t${event.id}\t${event.type}\t${event.time}\t${value.replaceAll('\\', '\\\\')}\n`;
}
