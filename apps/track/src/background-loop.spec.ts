import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { BackgroundLoop } from './background-loop.js';

const logger = pino({ level: 'silent' });
const HOUR = 3_600_000;

/** A loop whose rounds end when told to; the pause between two is an hour. */
function loopOf(): {
  loop: BackgroundLoop;
  rounds: ((outcome: boolean | Error) => void)[];
  begun(n: number): Promise<void>;
} {
  const rounds: ((outcome: boolean | Error) => void)[] = [];
  const round = (): Promise<boolean> =>
    new Promise((resolve, reject) =>
      rounds.push((outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome))),
    );
  const begun = async (n: number): Promise<void> => {
    for (let turn = 0; rounds.length < n && turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(rounds).toHaveLength(n);
  };
  return { loop: new BackgroundLoop({ name: 'test', idleMs: HOUR, logger, round }), rounds, begun };
}

describe('a background loop', () => {
  it('goes on at once while there is more, pauses when there is not, and a nudge ends the pause', async () => {
    const { loop, rounds, begun } = loopOf();
    loop.start();
    await begun(1);
    rounds[0]!(true);
    await begun(2);
    rounds[1]!(false);
    await begun(2);
    loop.nudge();
    await begun(3);
    rounds[2]!(false);
    await loop.stop();
  });

  it('does not lose a nudge that comes during a round', async () => {
    const { loop, rounds, begun } = loopOf();
    loop.start();
    await begun(1);
    loop.nudge();
    rounds[0]!(false);
    await begun(2);
    rounds[1]!(false);
    await loop.stop();
  });

  it('waits after a failure, nudged or not', async () => {
    const { loop, rounds, begun } = loopOf();
    loop.start();
    await begun(1);
    rounds[0]!(new Error('the broker is away'));
    loop.nudge();
    await begun(1);
    await loop.stop();
  });
});
