import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { DataSource } from '#storage';
import { DecisionStore, EvidenceStore, IdempotencyStore, openDataSource, withService } from '#storage';
import type { TestDatabase } from '#testing';
import { createTestDatabase, manualClock } from '#testing';
import { logger } from './fixture.js';
import { Retention } from './retention.js';

const DAY = 86_400_000;
const KEEP = 14 * DAY;
const FIRST = Date.parse('2026-03-04T12:00:00Z');

let database: TestDatabase;
let dataSource: DataSource;
const folder = mkdtempSync(path.join(tmpdir(), 'fineline-archive-'));

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await openDataSource(database.url, { poolSize: 4 });
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
  rmSync(folder, { recursive: true });
});

async function record(eventId: string, at: number): Promise<string> {
  const place = { topic: 't', partition: 0, offset: BigInt(at) };
  const payload = Buffer.from(JSON.stringify({ id: eventId, note: 'quotes " and \\ back\nslashes, 揽收' }));
  const event = { tenantId: 'a', source: '/s', eventId, type: 't', orderId: 'o1', occurredAt: at, payload };
  const row = { ...event, payloadHash: Buffer.alloc(16, 1), ...place };
  const { fresh } = await withService(dataSource, (tx) => new EvidenceStore().insertNew(tx, [row], at));
  return fresh.length === 1 ? 'fresh' : 'repeated';
}
const weeks = async (): Promise<string[]> =>
  (await withService(dataSource, (tx) => new EvidenceStore().weeks(tx))).map(({ name }) => name);
const stored = (): Promise<{ event_id: string }[]> => dataSource.query('SELECT event_id FROM evidence ORDER BY 1');

it('writes a week that is old enough to a file, drops it, and forgets its keys', async () => {
  const clock = manualClock(new Date(FIRST).toISOString());
  await record('old', FIRST);
  await record('young', FIRST + 7 * DAY);
  const decision = { tenantId: 'a', orderId: 'o1', kind: 'k', body: {}, decidedAt: FIRST };
  await withService(dataSource, (tx) => new DecisionStore().add(tx, [decision]));
  await dataSource.query('DELETE FROM decision_announcement');
  await withService(dataSource, (tx) => new DecisionStore().add(tx, [decision]));

  const keepsAll = new Retention(dataSource, {}, clock, logger);
  clock.advance(300 * DAY);
  expect(await keepsAll.round()).toBe(false);
  expect(await stored()).toHaveLength(2);

  const retention = new Retention(dataSource, { keepMs: KEEP, archiveFolder: folder }, clock, logger);
  clock.advance(Date.parse('2026-03-22T23:00:00Z') - clock.now());
  await retention.round();
  expect(await stored()).toHaveLength(2);
  clock.advance(2 * 3_600_000);
  await retention.round();
  expect(await stored()).toEqual([{ event_id: 'young' }]);
  expect(await weeks()).not.toContain('evidence_20260302');
  expect(await weeks()).toEqual(
    expect.arrayContaining(['evidence_20260309', 'evidence_20260323', 'evidence_20260330']),
  );
  expect(readdirSync(folder)).toEqual(['evidence-2026-03-02.ndjson.gz']);
  const lines = gunzipSync(readFileSync(path.join(folder, 'evidence-2026-03-02.ndjson.gz')))
    .toString()
    .trim()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      tenant_id: 'a',
      event_id: 'old',
      payload: { id: 'old', note: 'quotes " and \\ back\nslashes, 揽收' },
    }),
  ]);
  // What nobody has heard of yet stays, however old.
  expect(await dataSource.query('SELECT count(*)::int AS n FROM decision')).toEqual([{ n: 1 }]);

  expect(await record('old', clock.now())).toBe('repeated');
  clock.advance(8 * DAY);
  await retention.round();
  expect(await record('old', clock.now())).toBe('fresh');
  expect(await record('young', clock.now())).toBe('repeated');
});

describe('a week that several processes may archive', () => {
  const WEEK = 'evidence_20270301';
  const FILE = 'evidence-2027-03-01.ndjson.gz';
  const clock = manualClock('2027-05-03T12:00:00Z');
  const shared = mkdtempSync(path.join(tmpdir(), 'fineline-archive-'));
  const retention = (): Retention => new Retention(dataSource, { keepMs: KEEP, archiveFolder: shared }, clock, logger);
  beforeAll(() => record('one', Date.parse('2027-03-04T12:00:00Z')));
  afterAll(() => rmSync(shared, { recursive: true }));

  it('is left to the one that has it', async () => {
    await withService(dataSource, async (other) => {
      const week = (await new EvidenceStore().weeks(other)).find(({ name }) => name === WEEK);
      expect(await new EvidenceStore().claimWeek(other, week!)).toBe(true);
      await retention().round();
    });
    expect(await stored()).toContainEqual({ event_id: 'one' });
    expect(readdirSync(shared)).toEqual([]);
  });

  it('is archived once, also where another has done it all between the look at the weeks and the claim', async () => {
    const exported = jest.spyOn(EvidenceStore.prototype, 'exportWeek');
    const claimWeek = EvidenceStore.prototype.claimWeek;
    const claim = jest.spyOn(EvidenceStore.prototype, 'claimWeek');
    claim.mockImplementationOnce(async function (this: EvidenceStore, ...of) {
      await retention().round();
      return claimWeek.apply(this, of);
    });
    await retention().round();
    await retention().round();
    expect(exported.mock.calls.filter(([, { name }]) => name === WEEK)).toHaveLength(1);
    jest.restoreAllMocks();
    expect(await weeks()).not.toContain(WEEK);
    expect(await stored()).not.toContainEqual({ event_id: 'one' });
    const archives = readdirSync(shared);
    expect(archives).toContain(FILE);
    expect(archives.filter((name) => name.endsWith('.partial'))).toEqual([]);
    const archived = gunzipSync(readFileSync(path.join(shared, FILE))).toString();
    expect(JSON.parse(archived)).toMatchObject({ event_id: 'one' });
  });
});

it('drops no week of which a larger archive is there', async () => {
  const clock = manualClock('2028-03-08T12:00:00Z');
  await record('kept', clock.now());
  clock.advance(60 * DAY);
  const file = path.join(folder, 'evidence-2028-03-06.ndjson.gz');
  writeFileSync(file, Buffer.alloc(10_000));
  await new Retention(dataSource, { keepMs: KEEP, archiveFolder: folder }, clock, logger).round();
  expect(await stored()).toContainEqual({ event_id: 'kept' });
  expect(readFileSync(file)).toEqual(Buffer.alloc(10_000));
});

it('forgets the answers of requests after a day, whatever else is kept', async () => {
  const requests = new IdempotencyStore();
  for (const key of ['old', 'young']) {
    await withService(dataSource, (tx) => requests.begin(tx, 'a', key, Buffer.alloc(32)));
    await withService(dataSource, (tx) => requests.finish(tx, 'a', key, { status: 202, response: {} }));
  }
  const age = `UPDATE idempotency_key SET created_at = now() - $2 * interval '1 hour' WHERE key = $1`;
  await dataSource.query(age, ['old', 24.1]);
  await dataSource.query(age, ['young', 23.9]);
  expect(await new Retention(dataSource, {}, manualClock(new Date().toISOString()), logger).round()).toBe(false);
  expect(await dataSource.query('SELECT key FROM idempotency_key')).toEqual([{ key: 'young' }]);
});
