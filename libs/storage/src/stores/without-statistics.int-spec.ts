import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, type TestDatabase } from '#testing';
import { openDataSource } from '../data-source.js';
import type { DataSource } from '../index.js';
import { withService, withServiceByKey } from '../transaction.js';
import type { DeadlineRow } from './deadline-store.js';
import { DeadlineStore } from './deadline-store.js';
import { EscalationStore } from './escalation-store.js';
import { NoticeStore } from './notice-store.js';

const NOW = Date.parse('2026-03-10T00:00:00Z');
const ORDERS = 2_000;
const BURST = 20_000;
/** Each beside everything that is open takes minutes, by key a second. */
const LIMIT = `SET LOCAL statement_timeout = '30s'`;

const RAISE = `
INSERT INTO escalation (tenant_id, order_id, rule_id, due_at, step, platform, amount_minor, expected_minor, currency, raised_at)
SELECT 'a', $1 || n, 'TEMU-US-4', now(), 't-4h', 'temu', 100, n, 'USD', now() FROM generate_series(1, $2::int) n`;
const ANNOUNCE = `
INSERT INTO escalation_announcement (escalation_ids)
SELECT array_agg(escalation_id) FROM escalation WHERE dispatched_at IS NULL GROUP BY escalation_id / 1000`;

function deadline(orderId: string, more: Partial<DeadlineRow> = {}): DeadlineRow {
  return {
    ...{ tenantId: 'a', orderId, ruleId: 'TEMU-US-4', parcelId: '', ruleVersion: '2024-08-11' },
    ...{ sellerId: 's', shopId: 's', warehouseId: 'NJ-1', platform: 'temu', market: 'US', carrier: null },
    ...{ status: 'open', startsAt: NOW, dueAt: NOW + 1, platformDueAt: null, differenceMs: null, governedBy: 'rule' },
    ...{ satisfiedAt: null, settledAt: null, stage: 'enforced', zone: 'UTC', units: 1, cases: 0, amountMinor: 100 },
    ...{ expectedMinor: 10, currency: 'USD', chance: 0.1, gated: false, confidence: 'derived', ladderHours: null },
    ...{ nextStep: null, nextStepAt: null, nextChangeAt: null },
    ...more,
  };
}

describe('tables without statistics', () => {
  const deadlines = new DeadlineStore();
  const escalations = new EscalationStore();
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

  it('finds a deadline by its key among thousands of its rule, in a table that has no statistics yet', async () => {
    const rows = Array.from({ length: ORDERS }, (_, number) => deadline(`o${number}`));
    await withService(dataSource, (transaction) => deadlines.insert(transaction, rows, NOW));
    await withService(dataSource, async (transaction) => {
      const altered = ['o7', 'o8'].map((orderId) => deadline(orderId, { carrier: 'usps' }));
      await deadlines.update(transaction, altered, NOW);
      await deadlines.remove(transaction, [deadline('o9')]);
    });
    await dataSource.query('SELECT pg_stat_force_next_flush()');
    const used = async (index: string): Promise<number> => {
      const [row] = await dataSource.query<{ read: number }[]>(
        'SELECT idx_tup_read::int AS read FROM pg_stat_user_indexes WHERE indexrelname = $1',
        [index],
      );
      return row!.read;
    };
    await eventually(async () => (await used('deadline_pkey')) > 0);
    expect(await used('deadline_pkey')).toBe(3);
    expect(await used('deadline_rule')).toBe(0);
  });

  it('takes, settles and dispatches a burst by its keys, also with plans made while there was next to nothing', async () => {
    const all = (): Promise<{ taken: number; settled: number; notices: number }> =>
      withServiceByKey(dataSource, async (transaction) => {
        await transaction.run(LIMIT);
        const ids = (await escalations.takeUnqueued(transaction, NOW, BURST)).map(({ escalationId }) => escalationId);
        const notices = await new NoticeStore().dispatch(transaction, ids, NOW, NOW);
        // Their deadlines do not exist.
        const settled = await escalations.settle(transaction, ids, NOW);
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
