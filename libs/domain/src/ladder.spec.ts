import { describe, expect, test } from '@jest/globals';
import { ladderOf, nextStep } from './ladder.js';

const HOUR = 3_600_000;
const DUE = 100 * HOUR;

describe('the ladder', () => {
  test('has four steps by default, the breach a second after the due instant', () => {
    expect(ladderOf(DUE, 0)).toEqual([
      { step: 't-24h', at: 76 * HOUR },
      { step: 't-12h', at: 88 * HOUR },
      { step: 't-4h', at: 96 * HOUR },
      { step: 'breach', at: DUE + 1000 },
    ]);
  });

  test('leaves out steps before the start and sorts its own', () => {
    const own = ladderOf(DUE, DUE - 10 * HOUR, [{ hoursBefore: 0 }, { hoursBefore: 24 }, { hoursBefore: 8 }]);
    expect(own.map((one) => one.step)).toEqual(['t-8h', 'breach']);
  });
});

describe('the next step', () => {
  const ladder = ladderOf(DUE, 0);

  test.each<[number, string[], string | undefined, string | undefined]>([
    [0, [], undefined, 't-24h'],
    [76, [], 't-24h', 't-12h'],
    [97, [], 't-4h', 'breach'],
    [97, ['t-4h'], undefined, 'breach'],
    [97, ['t-24h'], 't-4h', 'breach'],
    [101, ['t-24h'], 'breach', undefined],
    [101, ['breach'], undefined, undefined],
  ])('at hour %s with %j taken: due %s, next %s', (hour, taken, due, next) => {
    const found = nextStep(ladder, hour * HOUR, taken);
    expect([found.due?.step, found.next?.step]).toEqual([due, next]);
  });
});
