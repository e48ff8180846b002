import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEmptyDatabase, type TestDatabase } from '#testing';
import { openDataSource } from './data-source.js';
import { migrate } from './migrate.js';
import { SCHEMA_SQL } from './migrations/0001-schema.js';
import { GROWTH_SQL } from './migrations/0004-growth.js';
import { MIGRATIONS } from './migrations/index.js';
import { DecisionStore } from './stores/decision-store.js';
import { EvidenceStore } from './stores/evidence-store.js';
import { withService } from './transaction.js';

describe('migrate', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(() => database.drop());

  it('run by three at once applies each migration once, and afterwards nothing', async () => {
    const applied = await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
    expect(applied.filter((names) => names.length > 0)).toEqual([MIGRATIONS.map(({ name }) => name)]);
    expect(await migrate(database.url)).toEqual([]);
  });

  it('leaves a database in which the service role sees the tables and owns none', async () => {
    const dataSource = await openDataSource(database.url);
    const rows = await withService(dataSource, (transaction) =>
      transaction.rows(
        'SELECT current_user::text AS role, count(*)::int AS owned FROM pg_tables WHERE tableowner = current_user',
      ),
    );
    await dataSource.destroy();
    expect(rows).toEqual([{ role: 'fineline_service', owned: 0 }]);
  });

  it('keeps stored evidence, what tells its repetitions, and the decisions still to be published', async () => {
    const old = await createEmptyDatabase();
    const dataSource = await openDataSource(old.url);
    await dataSource.query(SCHEMA_SQL);
    const said = hash('sha256', 'what it says', 'buffer');
    await dataSource.query(
      `INSERT INTO evidence (tenant_id, source, event_id, type, order_id, occurred_at, recorded_at, payload_hash, payload, topic, "partition", "offset")
       SELECT 'a', '/s', 'e' || n, 't', 'o1', now(), '2026-03-01T23:59:59Z'::timestamptz + n * interval '1 s', $1, '{}', 't', 0, n FROM generate_series(0, 1) n`,
      [said],
    );
    await dataSource.query(
      `INSERT INTO decision (tenant_id, kind, body, decided_at, published_at) VALUES ('a', 'told', '{}', now(), now()), ('a', 'untold', '{}', now(), NULL)`,
    );
    await dataSource.query(GROWTH_SQL);
    const weeks = 'SELECT tableoid::regclass::text AS week, event_id FROM evidence ORDER BY event_id';
    expect(await dataSource.query(weeks)).toEqual([
      { week: 'evidence_20260223', event_id: 'e0' },
      { week: 'evidence_20260302', event_id: 'e1' },
    ]);
    const again = {
      tenantId: 'a',
      source: '/s',
      type: 't',
      occurredAt: 0,
      payload: Buffer.from('{}'),
      topic: 't',
      partition: 0,
    };
    const sent = [
      { ...again, eventId: 'e0', payloadHash: said.subarray(0, 16), offset: 5n },
      { ...again, eventId: 'e1', payloadHash: Buffer.alloc(16), offset: 6n },
      { ...again, eventId: 'e2', payloadHash: Buffer.alloc(16), offset: 7n },
    ];
    const outcome = await withService(dataSource, (tx) => new EvidenceStore().insertNew(tx, sent, Date.now()));
    expect(outcome).toEqual({ fresh: [2], repeated: [0], conflicting: [1] });
    const waiting = await withService(dataSource, async (transaction) => {
      const [announced] = await new DecisionStore().claimAnnouncements(transaction, 10);
      return new DecisionStore().load(transaction, announced!.decisionIds);
    });
    expect(waiting.map(({ kind }) => kind)).toEqual(['untold']);
    await dataSource.destroy();
    await old.drop();
  });

  it('says that the server is away in a way that can be tried again', async () => {
    await expect(migrate('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({
      code: 'database.unavailable',
      retryable: true,
    });
  });
});
