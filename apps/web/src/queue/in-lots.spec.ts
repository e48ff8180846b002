import { describe, expect, it } from '@jest/globals';
import { LOT, inLots } from './in-lots.ts';

const ids = Array.from({ length: 2 * LOT + 1 }, (_, index) => String(index));

describe('inLots', () => {
  it('sends every id once, in order, and tells how many are done', async () => {
    const sent: string[] = [];
    const done: number[] = [];
    const answers: number[] = [];
    const send = async (lot: readonly string[]): Promise<number> => sent.push(...lot) && lot.length;
    await inLots(ids, answers, send, (count) => done.push(count));
    expect(sent).toEqual(ids);
    expect(done).toEqual([LOT, 2 * LOT, 2 * LOT + 1]);
    expect(answers).toEqual([LOT, LOT, 1]);
  });

  it('sends no more lots once they are not wanted', async () => {
    const answers: number[] = [];
    const send = async (lot: readonly string[]): Promise<number> => lot.length;
    await inLots(
      ids,
      answers,
      send,
      () => undefined,
      () => answers.length === 0,
    );
    expect(answers).toEqual([LOT]);
  });

  it('goes on after a failure with the lot that failed', async () => {
    const sent: string[] = [];
    const answers: number[] = [];
    let away = true;
    const send = async (lot: readonly string[]): Promise<number> => {
      if (away && sent.length === LOT) throw new Error('away');
      return sent.push(...lot);
    };
    const run = (): Promise<void> => inLots(ids, answers, send, () => undefined);
    await expect(run()).rejects.toThrow('away');
    away = false;
    await run();
    expect(sent).toEqual(ids);
  });
});
