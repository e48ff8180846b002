import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#testing';
import { openDataSource } from '../data-source.js';
import type { DataSource } from '../index.js';
import { withServiceByKey } from '../transaction.js';
import { EscalationStore } from './escalation-store.js';
import { NoticeStore } from './notice-store.js';

const NOW = Date.parse('2026-03-10T00:00:00Z');
const BURST = 20_000;
/** Each beside everything that is open takes minutes, by key a second. */
const LIMIT = `SET LOCAL statement_timeout = '30s'`;

const RAISE = `
INSERT INTO escalation (tenant_id, order_id, rule_id, due_at, step, platform, amount_minor, expected_minor, currency, raised_at)
SELECT 'a', $1 || n, 'TEMU-US-4', now(), 't-4h', 'temu', 100, n, 'USD', now() FROM generate_series(1, $2::int) n`;
const ANNOUNCE = `
INSERT INTO escalation_announcement (escalation_ids)
SELECT array_agg(escalation_id) FROM escalation WHERE dispatched_at IS NULL GROUP BY escalation_id / 1000`;

describe('EscalationStore', () => {
  const store = new EscalationStore();
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource(database.url, { poolSize: 1 });
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('takes, settles and dispatches a burst by its keys, also with plans made while there was next to nothing', async () => {
    const all = (): Promise<{ taken: number; settled: number; notices: number }> =>
      withServiceByKey(dataSource, async (transaction) => {
        await transaction.run(LIMIT);
        const ids = (await store.takeUnqueued(transaction, NOW, BURST)).map(({ escalationId }) => escalationId);
        const notices = await new NoticeStore().dispatch(transaction, ids, NOW, NOW);
        // Their deadlines do not exist.
        const settled = await store.settle(transaction, ids, NOW);
        return { taken: ids.length, settled: settled[0]!.count, notices: notices.length };
      });
    const raise = async (order: string, count: number): Promise<void> => {
      await dataSource.query(RAISE, [order, count]);
      await dataSource.query(ANNOUNCE);
    };
    await raise('ordinary', 1);
    expect(await all()).toEqual({ taken: 1, settled: 1, notices: 0 });
    await raise('burst', BURST);
    expect(await all()).toEqual({ taken: BURST, settled: BURST, notices: 0 });
  });
});
