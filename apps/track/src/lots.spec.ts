import { describe, expect, it } from '@jest/globals';
import { AppError } from '#platform';
import { Lots } from './lots.js';

/** Lots whose work is ended by hand. */
function held(maxSize = 100, atOnce = 1) {
  const started: { items: readonly string[]; end: (error?: Error) => void }[] = [];
  const work = (items: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      started.push({ items, end: (error) => (error ? reject(error) : resolve()) });
    });
  const lots = new Lots<string>({ work, sizeOf: (item) => item.length, maxSize, atOnce });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  return { lots, started, turn };
}

describe('Lots', () => {
  it('does together what is added in one turn, and what came while it was busy', async () => {
    const { lots, started, turn } = held();
    const first = [lots.add('a'), lots.add('b')];
    await turn();
    const second = [lots.add('c'), lots.add('d')];
    await turn();
    expect(started.map(({ items }) => items)).toEqual([['a', 'b']]);
    started[0]!.end();
    await Promise.all(first);
    await turn();
    expect(started[1]!.items).toEqual(['c', 'd']);
    started[1]!.end();
    await Promise.all(second);
  });

  it('keeps within its size and its number at once, and takes an item that is larger alone', async () => {
    const { lots, started, turn } = held(3, 2);
    const all = ['aa', 'b', 'cccc', 'ddd'].map((item) => lots.add(item));
    await turn();
    expect(started.map(({ items }) => items)).toEqual([['aa', 'b'], ['cccc']]);
    started[1]!.end();
    await turn();
    expect(started[2]!.items).toEqual(['ddd']);
    started[0]!.end();
    started[2]!.end();
    await Promise.all(all);
  });

  it('begins beside a lot in work only a full one: what is less waits and grows', async () => {
    const { lots, started, turn } = held(3, 2);
    const all = [lots.add('a')];
    await turn();
    all.push(lots.add('b'));
    await turn();
    all.push(lots.add('c'));
    await turn();
    expect(started.map(({ items }) => items)).toEqual([['a']]);
    started[0]!.end();
    await turn();
    expect(started[1]!.items).toEqual(['b', 'c']);
    started[1]!.end();
    await Promise.all(all);
  });

  it('tells which item of a lot it failed for', async () => {
    const done: string[] = [];
    const work = (items: readonly string[]): Promise<void> => {
      if (items.includes('bad')) return Promise.reject(new RangeError(`failed with ${items.length}`));
      done.push(...items);
      return Promise.resolve();
    };
    const lots = new Lots<string>({ work, sizeOf: () => 1, maxSize: 10, atOnce: 1 });
    const results = await Promise.allSettled(['a', 'bad', 'b'].map((item) => lots.add(item)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason).toMatchObject({ message: 'failed with 1' });
    expect(done).toEqual(['a', 'b']);
  });

  it('fails a lot whole when trying again may help', async () => {
    const { lots, started, turn } = held();
    const all = Promise.allSettled([lots.add('a'), lots.add('b')]);
    await turn();
    started[0]!.end(new AppError('database.busy', 'busy', { retryable: true }));
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(started).toHaveLength(1);
  });
});
