import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { FairTurns } from './fair-turns.js';

describe('FairTurns', () => {
  const recorded = () => {
    const turns = new FairTurns();
    const done: string[] = [];
    const work = async (tenantId: string, name: string): Promise<void> => {
      await turns.next(tenantId);
      done.push(name);
    };
    return { turns, done, work };
  };

  it('serves tenants in turn and the work of one in its order', async () => {
    const { done, work } = recorded();
    const loud = ['a1', 'a2', 'a3', 'a4'].map((name) => work('a', name));
    await Promise.all([...loud, work('b', 'b1'), work('b', 'b2'), work('c', 'c1')]);
    expect(done).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  });

  it('lets one that comes late pass what another already has waiting', async () => {
    const { done, work } = recorded();
    const loud = Array.from({ length: 20 }, (_, index) => work('a', `a${index}`));
    await loud[0];
    await Promise.all([...loud, work('b', 'b1')]);
    expect(done.indexOf('b1')).toBeLessThan(8);
  });

  it('gives work that comes back for more its turn behind what already waits', async () => {
    const { turns, done, work } = recorded();
    const long = async (): Promise<void> => {
      for (const part of ['a1', 'a2', 'a3']) await work('a', part);
    };
    await Promise.all([long(), work('a', 'other'), work('b', 'b1')]);
    expect(done).toEqual(['a1', 'b1', 'other', 'a2', 'a3']);
    expect(turns.waitingOf('a')).toBe(0);
  });

  it('does a few pieces of a tenant in a turn while it is alone, and one after another has sent', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'], now: 0 });
    const { done, work } = recorded();
    const begun = [work('b', 'b1'), work('a', 'a0')];
    await Promise.all(begun);
    const many = Array.from({ length: 30 }, (_, index) => work('a', `a${index + 1}`));
    await turn();
    expect(done).toEqual(['b1', 'a0', 'a1']);
    jest.advanceTimersByTime(1_000);
    await turn();
    expect(done).toHaveLength(3 + 8);
    jest.useRealTimers();
    await Promise.all(many);
  });

  it('passes a turn in which somebody connects, but not for ever', async () => {
    const { turns, done, work } = recorded();
    const all = [work('a', 'a1'), work('b', 'b1')];
    turns.arrival();
    await turn();
    expect(done).toEqual([]);
    await turn();
    expect(done).toEqual(['a1', 'b1']);
    const last = work('a', 'a2');
    let passed = 0;
    for (; done.length < 3 && passed < 1_000; passed++) {
      turns.arrival();
      await turn();
    }
    expect(passed).toBe(128 + 1);
    await Promise.all([...all, last]);
  });

  it('counts what waits', async () => {
    const { turns, work } = recorded();
    const all = [work('a', 'a1'), work('a', 'a2')];
    expect([turns.waitingOf('a'), turns.waitingOf('b')]).toEqual([2, 0]);
    await Promise.all(all);
    expect(turns.waitingOf('a')).toBe(0);
  });
});
