import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('returns the answer once the check passes', async () => {
    let looks = 0;
    const answer = await eventually(
      () => {
        looks += 1;
        if (looks < 3) throw new Error('not yet');
        return looks;
      },
      { everyMs: 1 },
    );
    expect(answer).toBe(3);
  });

  it('fails at the deadline with the last reason', async () => {
    await expect(eventually(() => expect(1).toBe(2), { timeoutMs: 5, everyMs: 1 })).rejects.toThrow('Expected: 2');
    await expect(eventually(() => false, { timeoutMs: 5, everyMs: 1 })).rejects.toThrow('Not true after 5 ms');
  });
});
