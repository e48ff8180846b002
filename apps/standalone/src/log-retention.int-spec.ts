import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TOPICS, TRACK_GROUP } from '#contracts';
import { EVENT_LOG_DDL } from '#log';
import { openDataSource } from '#storage';
import type { DataSource } from '#storage';
import { createTestDatabase } from '#testing';
import type { TestDatabase } from '#testing';
import { trimLog } from './log-retention.js';

const DAY = 86_400_000;
let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await openDataSource(database.url);
  await dataSource.query(EVENT_LOG_DDL);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

it('deletes old records that were read, and old decisions, lot by lot', async () => {
  const append = (topic: string, partition: number, daysAgo: readonly number[]): Promise<unknown> =>
    dataSource.query(
      `INSERT INTO event_log (topic, "partition", "offset", key, created_at)
       SELECT $1, $2, n - 1, 'k', now() - days * interval '1 day' FROM unnest($3::int[]) WITH ORDINALITY AS t (days, n)`,
      [topic, partition, daysAgo],
    );
  await append(TOPICS.scans, 0, [9, 8, 8, 8, 1]);
  await append(TOPICS.orders, 0, [9]);
  await append(TOPICS.decisions, 0, [9, 1]);
  await dataSource.query(
    `INSERT INTO log_offset (consumer_group, topic, "partition", next_offset, epoch) VALUES ($1, $2, 0, 3, 1), ('other', $3, 0, 9, 1)`,
    [TRACK_GROUP, TOPICS.scans, TOPICS.orders],
  );
  expect([await trimLog(dataSource, 7 * DAY, 3), await trimLog(dataSource, 7 * DAY, 3)]).toEqual([true, false]);
  const left = await dataSource.query(`SELECT topic, "offset" FROM event_log ORDER BY topic, "offset"`);
  expect(left).toEqual(
    [
      { topic: TOPICS.decisions, offset: '1' },
      { topic: TOPICS.orders, offset: '0' },
      { topic: TOPICS.scans, offset: '3' },
      { topic: TOPICS.scans, offset: '4' },
    ].sort((a, b) => a.topic.localeCompare(b.topic)),
  );
});
