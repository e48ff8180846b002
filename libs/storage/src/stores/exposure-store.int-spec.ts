import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#testing';
import { openDataSource } from '../data-source.js';
import type { DataSource } from '../index.js';
import type { Transaction } from '../transaction.js';
import { asPerson, withService } from '../transaction.js';
import type { DeadlineRow } from './deadline-store.js';
import { DeadlineStore } from './deadline-store.js';
import { ExposureStore } from './exposure-store.js';

const DUE = Date.parse('2026-03-10T00:00:00Z');
const STATUSES = ['open', 'open', 'open', 'met', 'missed'] as const;

/** A row of order `number` that differs with `variant` in everything the sums depend on. */
function row(number: number, variant: number): DeadlineRow {
  return {
    tenantId: number % 2 === 0 ? 'even' : 'odd',
    orderId: `o${String(number).padStart(4, '0')}`,
    ruleId: 'R',
    parcelId: '',
    ruleVersion: '1',
    sellerId: variant % 7 === 0 ? null : `s${variant % 3}`,
    shopId: null,
    warehouseId: variant % 5 === 0 ? null : `w${variant % 2}`,
    platform: 'temu',
    market: 'US',
    carrier: variant % 2 === 0 ? null : 'usps',
    status: STATUSES[variant % STATUSES.length]!,
    startsAt: DUE - 1,
    dueAt: DUE,
    platformDueAt: null,
    differenceMs: null,
    governedBy: 'rule',
    satisfiedAt: null,
    settledAt: null,
    stage: 'enforced',
    zone: 'UTC',
    units: 1,
    cases: 0,
    amountMinor: 100 + variant,
    expectedMinor: variant % 13,
    currency: variant % 11 === 0 ? 'EUR' : 'USD',
    chance: 0.1,
    gated: false,
    confidence: 'derived',
    ladderHours: null,
    nextStep: null,
    nextStepAt: null,
    nextChangeAt: null,
  };
}

const KEY = 'tenant_id, seller_id, warehouse_id, platform, market, carrier, rule_id, currency';
const KEPT = `
SELECT ${KEY}, sum(open)::int AS open, sum(amount_minor)::int AS amount, sum(expected_minor)::int AS expected
FROM (SELECT * FROM exposure_cell UNION ALL SELECT * FROM exposure_change) kept GROUP BY ${KEY} HAVING sum(open) <> 0 ORDER BY ${KEY}`;
const COUNTED = `
SELECT ${KEY}, count(*)::int AS open, sum(amount_minor)::int AS amount, sum(expected_minor)::int AS expected
FROM deadline WHERE status = 'open' GROUP BY ${KEY} ORDER BY ${KEY}`;

describe('exposure', () => {
  const deadlines = new DeadlineStore();
  const exposure = new ExposureStore();
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource(database.url);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const service = <Result>(work: Parameters<typeof withService<Result>>[1]): Promise<Result> =>
    withService(dataSource, work);
  const save = async (transaction: Transaction, given: readonly DeadlineRow[]): Promise<void> => {
    const stored = new Set((await deadlines.load(transaction, given)).map(({ orderId }) => orderId));
    const isStored = ({ orderId }: DeadlineRow): boolean => stored.has(orderId);
    const added = given.filter((each) => !isStored(each));
    await deadlines.insert(transaction, added, DUE);
    await deadlines.update(transaction, given.filter(isStored), DUE);
  };
  const rows = (from: number, variant: number): DeadlineRow[] =>
    Array.from({ length: 50 }, (_, index) => row(from + index, variant + 17 * index));
  const fold = (): Promise<number> => service((transaction) => exposure.fold(transaction, 7));
  const agree = async (): Promise<void> => {
    const [kept, counted] = await Promise.all([dataSource.query(KEPT), dataSource.query(COUNTED)]);
    expect(kept).toEqual(counted);
  };

  it('is the sum of the open deadlines, whatever is written, taken back and folded at the same time', async () => {
    for (let round = 1; round <= 12; round++) {
      const begun = [0, 100, 200].map((from) =>
        service(async (transaction) => {
          await save(transaction, rows(from, round));
          if (round % 3 === 0) await deadlines.remove(transaction, rows(from, round).slice(0, 20));
          if (round % 4 === 0) throw new Error('rolled back');
        }),
      );
      await Promise.allSettled([...begun, fold(), fold()]);
      await agree();
    }
    while ((await fold()) > 0);
    await agree();
    const [changes] = await dataSource.query('SELECT count(*)::int AS n FROM exposure_change');
    expect(changes).toEqual({ n: 0 });
    await service((transaction) => transaction.run('DELETE FROM deadline'));
    while ((await fold()) > 0);
    expect(await dataSource.query('SELECT * FROM exposure_cell')).toEqual([]);
  });

  it('writes nothing when no sum changes, as when only the next step moves', async () => {
    await service((transaction) => save(transaction, rows(0, 1)));
    while ((await fold()) > 0);
    await service((transaction) => save(transaction, rows(0, 1)));
    await service((transaction) => transaction.run('UPDATE deadline SET next_step_at = now()'));
    expect(await fold()).toBe(0);
    await agree();
  });

  it('shows a seller, a warehouse and a tenant only what is theirs', async () => {
    await service((transaction) => save(transaction, [...rows(0, 1), ...rows(300, 2)]));
    const see = (identity: object): Promise<{ tenant_id: string; seller_id: string; warehouse_id: string }[]> =>
      asPerson(dataSource, { tenantId: 'odd', name: 'p', role: 'ops', ...identity }, (transaction) =>
        transaction.rows('SELECT * FROM exposure_cell UNION ALL SELECT * FROM exposure_change'),
      );
    const all = await see({});
    expect(new Set(all.map(({ tenant_id }) => tenant_id))).toEqual(new Set(['odd']));
    const seller = await see({ role: 'seller', sellerId: 's1' });
    expect(seller).toHaveLength(all.filter(({ seller_id }) => seller_id === 's1').length);
    const warehouse = await see({ role: 'warehouse', warehouseId: 'w1' });
    expect(warehouse).toHaveLength(all.filter(({ warehouse_id }) => warehouse_id === 'w1').length);
    expect(warehouse.length).toBeGreaterThan(0);
    expect(seller.length).toBeGreaterThan(0);
  });
});
