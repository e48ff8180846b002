// The first page of a list costs as much as a page, however much the tenant has.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#testing';
import type { DataSource, Identity, Transaction } from '../index.js';
import { asPerson, listDeadlines, listEscalations, listOrders, listParcels, openDataSource } from '../index.js';

const LARGE = 20_000;
const SELLERS = 400;
/** What a page of 50 may look at: the warehouse sees every third row. */
const MOST_READ = 500;

/** One tenant with 20,000 open deadlines, each with a live escalation, beside five with 2,000. */
const SEED = `
INSERT INTO tenant (tenant_id, name) SELECT 't' || n, 'T' FROM generate_series(0, 5) n;
INSERT INTO deadline (tenant_id, order_id, rule_id, rule_version, seller_id, warehouse_id, platform, market, status, starts_at,
  due_at, governed_by, stage, zone, amount_minor, expected_minor, currency, chance, confidence)
SELECT CASE WHEN n <= ${LARGE} THEN 't0' ELSE 't' || 1 + n % 5 END, 'o' || n, 'R', '1', 's' || n % ${SELLERS}, 'w' || n % 3, 'temu', 'US', 'open',
  now(), now() + n * interval '1 second', 'rule', 'enforced', 'UTC', 1000, n * 7919 % 1000, 'USD', 1, 'derived'
FROM generate_series(1, ${LARGE} + 10000) n;
INSERT INTO escalation (tenant_id, order_id, rule_id, due_at, step, seller_id, warehouse_id, platform, amount_minor, expected_minor, currency, raised_at)
SELECT tenant_id, order_id, rule_id, due_at, 't-12h', seller_id, warehouse_id, platform, amount_minor, expected_minor, currency, now() FROM deadline;
INSERT INTO shipment (tenant_id, order_id, seller_id, warehouse_id, platform, market, placed_at, state)
SELECT tenant_id, order_id, seller_id, warehouse_id, platform, market, starts_at, '{}' FROM deadline;
INSERT INTO parcel (tenant_id, tracking_number, state) SELECT tenant_id, 'P' || upper(order_id), '{}' FROM shipment;
INSERT INTO parcel_link (tenant_id, tracking_number, order_id, uploaded_at) SELECT tenant_id, 'P' || upper(order_id), order_id, placed_at FROM shipment;`;

interface PlanNode {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

describe('first pages in a tenant with 20,000 open deadlines', () => {
  const ops: Identity = { tenantId: 't0', role: 'ops', name: 'Ops' };
  const warehouse: Identity = { tenantId: 't0', role: 'warehouse', warehouseId: 'w1', name: 'Warehouse' };
  const seller: Identity = { tenantId: 't0', role: 'seller', sellerId: 's1', name: 'Seller' };
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource(database.url);
    await dataSource.query(SEED);
    await dataSource.query('ANALYZE');
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const PAGE = { sort: 'expected', limit: 50 } as const;
  const QUEUE = { ...PAGE, status: 'live', breached: 'include' } as const;
  type List = (transaction: Transaction) => Promise<{ rows: readonly unknown[] }>;
  const lists: readonly [name: string, identity: Identity, list: List][] = [
    ['deadlines as ops', ops, (tx) => listDeadlines(tx, { ...PAGE, status: 'open' })],
    ['deadlines as ops by time left', ops, (tx) => listDeadlines(tx, { ...PAGE, status: 'open', sort: 'time-left' })],
    ['deadlines as a warehouse', warehouse, (tx) => listDeadlines(tx, { ...PAGE, status: 'open' })],
    ['orders as ops', ops, (tx) => listOrders(tx, { limit: 50 })],
    ['orders as a warehouse', warehouse, (tx) => listOrders(tx, { limit: 50 })],
    ['parcels as ops', ops, (tx) => listParcels(tx, { limit: 50 })],
    ['the queue as ops', ops, (tx) => listEscalations(tx, QUEUE)],
    ['the queue as a warehouse', warehouse, (tx) => listEscalations(tx, QUEUE)],
    ["one seller's queue as ops", ops, (tx) => listEscalations(tx, { ...QUEUE, seller: 's1' })],
    ["a seller's own queue", seller, (tx) => listEscalations(tx, { ...QUEUE, seller: 's1' })],
  ];

  /** What a search finds: one order and the ten whose ids are longer. */
  const searches: readonly [name: string, identity: Identity, list: List][] = [
    ['deadlines by order', ops, (tx) => listDeadlines(tx, { ...PAGE, status: 'open', text: 'o1234' })],
    ['the queue by order', ops, (tx) => listEscalations(tx, { ...QUEUE, text: 'o1234' })],
    ['the queue by tracking number', ops, (tx) => listEscalations(tx, { ...QUEUE, text: 'po1234' })],
    ['orders', ops, (tx) => listOrders(tx, { limit: 50, text: 'o1234' })],
    ['parcels', ops, (tx) => listParcels(tx, { limit: 50, text: 'po1234' })],
  ];

  it.each(lists)('reads little more than the page: %s', async (_, identity, list) => {
    const { found, read } = await explained(identity, list);
    expect(found).toBe(50);
    expect(read).toBeGreaterThanOrEqual(50);
    expect(read).toBeLessThan(MOST_READ);
  });

  it.each(searches)('reads little more than what is found: %s', async (_, identity, list) => {
    const { found, read } = await explained(identity, list);
    expect(found).toBe(11);
    expect(read).toBeLessThan(MOST_READ);
  });

  function explained(identity: Identity, list: List): Promise<{ found: number; read: number }> {
    return asPerson(dataSource, identity, async (transaction) => {
      let most = 0;
      const explaining = Object.assign(Object.create(transaction) as Transaction, {
        rows: async (sql: string, parameters: unknown[]) => {
          const explain = `EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) ${sql}`;
          const [row] = await transaction.rows<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(explain, parameters);
          most = mostRead(row!['QUERY PLAN'][0].Plan);
          return transaction.rows(sql, parameters);
        },
      });
      return { found: (await list(explaining)).rows.length, read: most };
    });
  }
});

/** Rows that the busiest step of a plan looked at. */
function mostRead(node: PlanNode): number {
  const here = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
  return Math.max(here, ...(node.Plans ?? []).map(mostRead));
}
