import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, type TestDatabase } from '#testing';
import { openDataSource } from '../data-source.js';
import type { DataSource } from '../index.js';
import { withService } from '../transaction.js';
import type { DeadlineRow } from './deadline-store.js';
import { DeadlineStore } from './deadline-store.js';

const NOW = Date.parse('2026-03-10T00:00:00Z');
const ORDERS = 2_000;

function deadline(orderId: string, more: Partial<DeadlineRow> = {}): DeadlineRow {
  return {
    ...{ tenantId: 'a', orderId, ruleId: 'TEMU-US-4', parcelId: '', ruleVersion: '2024-08-11' },
    ...{ sellerId: 's', shopId: 's', warehouseId: 'NJ-1', platform: 'temu', market: 'US', carrier: null },
    ...{ status: 'open', startsAt: NOW, dueAt: NOW + 1, platformDueAt: null, differenceMs: null, governedBy: 'rule' },
    ...{ satisfiedAt: null, settledAt: null, stage: 'enforced', zone: 'UTC', units: 1, cases: 0, amountMinor: 100 },
    ...{ expectedMinor: 10, currency: 'USD', chance: 0.1, gated: false, confidence: 'derived' },
    ...{ nextStep: null, nextStepAt: null, nextChangeAt: null },
    ...more,
  };
}

describe('DeadlineStore', () => {
  const store = new DeadlineStore();
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
    await withService(dataSource, (transaction) => store.insert(transaction, rows));
    await withService(dataSource, async (transaction) => {
      await store.update(transaction, [deadline('o7', { carrier: 'usps' }), deadline('o8', { carrier: 'usps' })]);
      await store.remove(transaction, [deadline('o9')]);
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
});
