import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#testing';
import { openDataSource } from './data-source.js';
import type { DataSource } from './index.js';
import { CopyRows } from './stores/copy-rows.js';
import type { Transaction } from './transaction.js';
import { plansAreOld, withService, withServiceByKey } from './transaction.js';

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await createTestDatabase();
  // One connection: what a transaction leaves behind on it, the next one meets.
  dataSource = await openDataSource(database.url, { poolSize: 1 });
  await dataSource.query('CREATE TABLE step (place serial, name text CHECK (name <> $$bad$$))');
  await dataSource.query('GRANT ALL ON step, step_place_seq TO fineline_service');
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const add = (transaction: Transaction, name: string) => () =>
  transaction.rows<{ name: string }>('INSERT INTO step (name) VALUES ($1) RETURNING name', [name]);

const names = (): Promise<string[]> =>
  withService(dataSource, async (transaction) =>
    (await transaction.rows<{ name: string }>('SELECT name FROM step ORDER BY place')).map(({ name }) => name),
  );

it('does statements together in their order, also those of groups within a group, and copies before and after', async () => {
  const copied = (name: string): Buffer => new CopyRows(1, 100).row().text(name).end();
  const answers = await withServiceByKey(dataSource, async (transaction) => {
    await transaction.copy('step (name)', copied('before'));
    const answered = await transaction.together([
      add(transaction, 'a'),
      () => transaction.together([add(transaction, 'b'), add(transaction, 'c')]),
      () => transaction.run('DELETE FROM step WHERE name = $1', ['nobody']),
      add(transaction, 'd'),
    ]);
    await transaction.copy('step (name)', copied('after'));
    return answered;
  });
  expect(answers).toEqual([[{ name: 'a' }], [[{ name: 'b' }], [{ name: 'c' }]], 0, [{ name: 'd' }]]);
  expect(await names()).toEqual(['before', 'a', 'b', 'c', 'd', 'after']);
});

it('throws the first error of those sent together, keeps nothing of them, and the connection goes on', async () => {
  await dataSource.query('DELETE FROM step');
  const failing = withServiceByKey(dataSource, (transaction) =>
    transaction.together([
      add(transaction, 'kept?'),
      add(transaction, 'bad'),
      () => transaction.rows('SELECT name FROM step WHERE name = $1', ['never planned before']),
    ]),
  );
  await expect(failing).rejects.toThrow('violates check constraint');
  const found = await withServiceByKey(dataSource, (transaction) =>
    transaction.together([
      add(transaction, 'next'),
      () => transaction.rows('SELECT name FROM step WHERE name = $1', ['next']),
    ]),
  );
  expect(found[1]).toEqual([{ name: 'next' }]);
  expect(await names()).toEqual(['next']);
});

it('goes on after one of those sent together threw before it sent anything', async () => {
  await dataSource.query('DELETE FROM step');
  const broken = (): Promise<never> => {
    throw new RangeError('no such row');
  };
  const failing = withServiceByKey(dataSource, (transaction) =>
    transaction.together([add(transaction, 'kept?'), broken]),
  );
  await expect(failing).rejects.toThrow('no such row');
  await withServiceByKey(dataSource, (transaction) => transaction.together([add(transaction, 'next')]));
  expect(await names()).toEqual(['next']);
});

it('plans statements anew ten seconds after a connection last did', () => {
  const [one, other] = [{}, {}];
  const old = [0, 9_999, 10_000, 19_999, 20_000].map((now) => plansAreOld(one, now));
  expect(old).toEqual([false, false, true, false, true]);
  expect(plansAreOld(other, 20_000)).toBe(false);
});

it('goes on with a connection whose plans were discarded', async () => {
  await dataSource.query('DELETE FROM step');
  const now = performance.now();
  try {
    for (const [name, after] of [
      ['a', 0],
      ['b', 10_000],
      ['c', 20_000],
    ] as const) {
      jest.spyOn(performance, 'now').mockReturnValue(now + after);
      await withServiceByKey(dataSource, (transaction) => add(transaction, name)());
    }
  } finally {
    jest.restoreAllMocks();
  }
  expect(await names()).toEqual(['a', 'b', 'c']);
});
