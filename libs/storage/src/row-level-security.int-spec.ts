import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#testing';
import type { DataSource } from './index.js';
import type { Identity } from './transaction.js';
import { openDataSource } from './data-source.js';
import { ClosingStore } from './stores/closing-store.js';
import { asPerson, withService } from './transaction.js';

const TABLES = ['shipment', 'parcel', 'parcel_link', 'deadline', 'evidence', 'decision', 'levied_fine'];

const SEED = `
INSERT INTO tenant (tenant_id, name) VALUES ('a', 'A'), ('b', 'B');
INSERT INTO shipment (tenant_id, order_id, seller_id, warehouse_id, state) VALUES
  ('a', 'o1', 's1', 'nj', '{}'), ('a', 'o2', 's2', 'ca', '{}'), ('b', 'o1', 's1', 'nj', '{}');
INSERT INTO parcel (tenant_id, tracking_number, state) VALUES
  ('a', 'P1', '{}'), ('a', 'P2', '{}'), ('a', 'ORPHAN', '{}'), ('b', 'P1', '{}');
INSERT INTO parcel_link (tenant_id, tracking_number, order_id, uploaded_at) VALUES
  ('a', 'P1', 'o1', now()), ('a', 'P2', 'o2', now()), ('b', 'P1', 'o1', now());
INSERT INTO deadline (tenant_id, order_id, rule_id, rule_version, seller_id, warehouse_id, platform, market, status, starts_at,
  due_at, governed_by, stage, zone, amount_minor, expected_minor, currency, chance, confidence)
SELECT tenant_id, order_id, 'R', '1', seller_id, warehouse_id, 'temu', 'US', 'open', now(), now(), 'rule', 'enforced', 'UTC', 1, 1, 'USD', 1, 'derived'
FROM shipment;
INSERT INTO evidence (tenant_id, source, event_id, type, order_id, tracking_number, occurred_at, payload, topic, "partition", "offset")
SELECT tenant_id, '/t', 'order', 'order.placed', order_id, NULL, now(), '{}'::json, 't', 0, 0 FROM shipment WHERE order_id = 'o1'
UNION ALL SELECT tenant_id, '/t', 'scan-' || tracking_number, 'parcel.scanned', NULL, tracking_number, now(), '{}'::json, 't', 0, 0 FROM parcel;
INSERT INTO decision (tenant_id, seller_id, warehouse_id, order_id, kind, body, decided_at)
SELECT tenant_id, seller_id, warehouse_id, order_id, 'deadline-opened', '{}'::json, now() FROM shipment;
INSERT INTO levied_fine (tenant_id, charge_id, order_id, seller_id, platform, amount_minor, currency, levied_at)
SELECT tenant_id, 'c-' || order_id, order_id, seller_id, 'temu', 1, 'USD', now() FROM shipment;`;

const ops: Identity = { tenantId: 'a', role: 'ops', name: 'Ops' };
const seller: Identity = { tenantId: 'a', role: 'seller', sellerId: 's1', name: 'Seller' };
const warehouse: Identity = { tenantId: 'a', role: 'warehouse', warehouseId: 'ca', name: 'Warehouse' };

describe('row-level security', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource(database.url);
    await withService(dataSource, async (transaction) => {
      await transaction.rows('SELECT evidence_week(now())');
      await transaction.run(SEED);
    });
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const visibleTo = (identity: Identity): Promise<Record<string, number>> =>
    asPerson(dataSource, identity, async (transaction) => {
      const counts: Record<string, number> = {};
      for (const table of TABLES) {
        const [row] = await transaction.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
        counts[table] = row!.n;
      }
      return counts;
    });

  it('shows ops the tenant, a seller its orders, a warehouse what it ships, and each their parcels and evidence', async () => {
    expect(await visibleTo(ops)).toEqual({
      shipment: 2,
      parcel: 3,
      parcel_link: 2,
      deadline: 2,
      evidence: 4,
      decision: 2,
      levied_fine: 2,
    });
    const one = { shipment: 1, parcel: 1, parcel_link: 1, deadline: 1, decision: 1, levied_fine: 1 };
    expect(await visibleTo(seller)).toEqual({ ...one, evidence: 2 });
    expect(await visibleTo(warehouse)).toEqual({ ...one, evidence: 1 });
  });

  it('shows nothing when nothing is set, or a role without its id', async () => {
    const none = Object.fromEntries(TABLES.map((table) => [table, 0]));
    expect(await visibleTo({ tenantId: '', role: 'ops', name: '' })).toEqual(none);
    expect(await visibleTo({ tenantId: 'a', role: 'seller', name: '' })).toEqual(none);
    expect(await visibleTo({ tenantId: 'a', role: 'warehouse', name: '' })).toEqual(none);
    const bare = dataSource.createQueryRunner();
    await bare.startTransaction();
    await bare.query('SET LOCAL ROLE fineline_app');
    expect(await bare.query('SELECT * FROM shipment')).toEqual([]);
    await bare.rollbackTransaction();
    await bare.release();
  });

  it('leaves nothing of an identity on the connection', async () => {
    const single = await openDataSource(database.url, { poolSize: 1 });
    await asPerson(single, ops, (transaction) => transaction.rows('SELECT 1'));
    const [after] = await single.query(
      `SELECT current_user AS role, current_setting('app.tenant', true) AS tenant FROM pg_roles LIMIT 1`,
    );
    await single.destroy();
    expect(after).toEqual({ role: 'postgres', tenant: '' });
  });

  it('refuses rows for another tenant and writes beyond what people do', async () => {
    const waiver = (tenantId: string): Promise<number> =>
      asPerson(dataSource, ops, (transaction) =>
        transaction.run(`INSERT INTO waiver (tenant_id, waiver_id, body, announced_at) VALUES ($1, 'w', '{}', now())`, [
          tenantId,
        ]),
      );
    await expect(waiver('b')).rejects.toThrow('row-level security');
    expect(await waiver('a')).toBe(1);
    const forbidden = 'permission denied';
    await expect(asPerson(dataSource, ops, (tx) => tx.run('DELETE FROM deadline'))).rejects.toThrow(forbidden);
    await expect(asPerson(dataSource, ops, (tx) => tx.run(`UPDATE deadline SET amount_minor = 0`))).rejects.toThrow(
      forbidden,
    );
    await expect(asPerson(dataSource, ops, (tx) => tx.rows('SELECT * FROM log_offset'))).rejects.toThrow(forbidden);
  });

  it('lets everybody write their own audit entry, and only ops read them', async () => {
    const entry = `INSERT INTO audit (tenant_id, actor, action, subject) VALUES ('a', 'Seller', 'acknowledge', 'escalation/1')`;
    expect(await asPerson(dataSource, seller, (transaction) => transaction.run(entry))).toBe(1);
    expect(await asPerson(dataSource, seller, (tx) => tx.rows('SELECT actor FROM audit'))).toEqual([]);
    expect(await asPerson(dataSource, ops, (tx) => tx.rows('SELECT actor FROM audit'))).toEqual([{ actor: 'Seller' }]);
  });

  it('covers every table that has a tenant, but for partitions, which nobody may read and only the service fills', async () => {
    const open = await dataSource.query<{ relname: string; rights: string }[]>(
      `SELECT c.relname, (SELECT string_agg(role || ' ' || right_, ', ')
         FROM unnest(ARRAY['fineline_app', 'fineline_service']) role,
           unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) right_
         WHERE has_table_privilege(role, c.oid, right_)) AS rights
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE c.relkind IN ('r', 'p') AND a.attname = 'tenant_id' AND c.relnamespace = 'public'::regnamespace
         AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`,
    );
    expect(open).toEqual([{ relname: expect.stringMatching(/^evidence_\d{8}$/), rights: 'fineline_service INSERT' }]);
  });

  it('shows of closed orders, their links, evidence and fines what it showed of the open ones', async () => {
    const orders = ['o1', 'o2'].map((orderId) => ({ tenantId: 'a', orderId }));
    await withService(dataSource, async (transaction) => {
      await transaction.run(`UPDATE deadline SET status = 'met'`);
      await new ClosingStore().close(transaction, [...orders, { tenantId: 'b', orderId: 'o1' }], Date.now());
    });
    const seenBy = (identity: Identity): Promise<unknown> =>
      asPerson(dataSource, identity, async (transaction) => {
        const seen = async (column: string, table: string): Promise<string> => {
          const rows = await transaction.rows<{ id: string }>(`SELECT ${column} AS id FROM ${table} ORDER BY 1`);
          return rows.map(({ id }) => id).join(' ');
        };
        return [
          await seen('order_id', 'closed_order'),
          await seen('tracking_number', 'closed_link'),
          await seen('event_id', 'evidence'),
          await seen('charge_id', 'levied_fine'),
        ];
      });
    expect(await seenBy(ops)).toEqual(['o1 o2', 'P1 P2', 'order scan-ORPHAN scan-P1 scan-P2', 'c-o1 c-o2']);
    expect(await seenBy(seller)).toEqual(['o1', 'P1', 'order scan-P1', 'c-o1']);
    expect(await seenBy(warehouse)).toEqual(['o2', 'P2', 'scan-P2', 'c-o2']);
    expect(await seenBy({ tenantId: 'a', role: 'seller', name: '' })).toEqual(['', '', '', '']);
    const put = `INSERT INTO closed_link (tenant_id, tracking_number, order_id, uploaded_at, replaced) VALUES ('a', 'P', 'o1', now(), false)`;
    await expect(asPerson(dataSource, ops, (tx) => tx.run(put))).rejects.toThrow('permission denied');
    await expect(asPerson(dataSource, ops, (tx) => tx.run('DELETE FROM closed_order'))).rejects.toThrow(
      'permission denied',
    );
  });
});
