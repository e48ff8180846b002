import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clock } from '#platform';
import type { DataSource, KeyVerdict, Transaction } from '#storage';
import { ApiKeyStore, TenantStore, openDataSource, withService } from '#storage';
import { createTestDatabase, eventually } from '#testing';
import { intakeSettings } from './intake.config.js';
import { KeyCheck } from './key-check.js';

class CountingStore extends ApiKeyStore {
  asked = 0;

  override verify(transaction: Transaction, presented: string, now: number): Promise<KeyVerdict> {
    this.asked += 1;
    return super.verify(transaction, presented, now);
  }
}

describe('KeyCheck', () => {
  let dataSource: DataSource;
  let drop: () => Promise<void>;
  let key: string;
  let store: CountingStore;
  let check: KeyCheck;
  let now: number;
  const clock: Clock = { now: () => now };

  beforeAll(async () => {
    const database = await createTestDatabase();
    drop = () => database.drop();
    dataSource = await openDataSource(database.url, { poolSize: 4 });
    await withService(dataSource, (tx) => new TenantStore().ensure(tx, { tenantId: 'acme', name: 'acme' }));
  });
  afterAll(async () => {
    await dataSource.destroy();
    await drop();
  });
  beforeEach(async () => {
    now = Date.now();
    store = new CountingStore();
    check = new KeyCheck(dataSource, store, clock, { ...intakeSettings(), keyCacheMs: 5_000 });
    key = await withService(dataSource, (tx) =>
      new ApiKeyStore().create(tx, { tenantId: 'acme', name: 'ops', role: 'ops' }),
    );
  });
  const revoke = () => dataSource.query('UPDATE api_key SET revoked_at = now() WHERE key_id = $1', [key.split('_')[2]]);

  it('asks once for all the requests that come with a key nobody has asked about', async () => {
    const verdicts = await Promise.all(Array.from({ length: 100 }, () => check.verify(key)));
    expect(verdicts.every(({ ok }) => ok)).toBe(true);
    expect(store.asked).toBe(1);
    expect(check.recall(key)?.identity.tenantId).toBe('acme');
  });

  it('asks again before its time is over, while requests go on with what it remembers', async () => {
    await check.verify(key);
    now += 2_000;
    expect(check.recall(key)).toBeDefined();
    expect(store.asked).toBe(1);
    now += 2_000;
    expect(check.recall(key)).toBeDefined();
    await eventually(() => store.asked === 2);
    now += 1_900;
    // 5.9 s after the first answer: what is remembered is the second.
    await eventually(() => check.recall(key) !== undefined);
  });

  it('lets a revoked key go on for no longer than it says', async () => {
    await check.verify(key);
    await revoke();
    now += 4_999;
    expect(check.recall(key)).toBeDefined();
    // The question asked meanwhile is answered: forgotten before its time.
    await eventually(() => check.recall(key) === undefined);
    expect(await check.verify(key)).toEqual({ ok: false, reason: 'revoked' });
  });

  it('forgets a key at the end of its time while the record is away', async () => {
    await check.verify(key);
    store.verify = () => Promise.reject(new Error('away'));
    now += 4_999;
    expect(check.recall(key)).toBeDefined();
    expect(check.recall(key)).toBeDefined();
    now += 1;
    expect(check.recall(key)).toBeUndefined();
    await expect(check.verify(key)).rejects.toThrow('away');
  });

  it('remembers nothing and shares nothing where the time is 0', async () => {
    check = new KeyCheck(dataSource, store, clock, { ...intakeSettings(), keyCacheMs: 0 });
    await Promise.all([check.verify(key), check.verify(key)]);
    expect(check.recall(key)).toBeUndefined();
    expect(store.asked).toBe(2);
  });
});
