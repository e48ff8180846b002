import { describe, expect, it } from '@jest/globals';
import { createLogger } from '#platform';
import { eventually } from '#testing';
import { Loop } from './loop.js';

const logger = createLogger('test', 'silent');

describe('Loop', () => {
  it('goes on after a round that failed', async () => {
    let rounds = 0;
    const round = async (): Promise<number> => {
      rounds += 1;
      if (rounds === 1) throw new Error('database is away');
      return 0;
    };
    const loop = new Loop('test', round, 1, logger);
    loop.start();
    await eventually(() => rounds > 3);
    await loop.stop();
    const stoppedAt = rounds;
    await new Promise((resolve) => setImmediate(resolve));
    expect(rounds).toBe(stoppedAt);
  });

  it('stops at once from a pause, but lets a round finish', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let finished = false;
    const loop = new Loop(
      'test',
      async () => {
        await held;
        finished = true;
        return 3_600_000;
      },
      3_600_000,
      logger,
    );
    loop.start();
    const stopped = loop.stop();
    release();
    await stopped;
    expect(finished).toBe(true);
  });
});
