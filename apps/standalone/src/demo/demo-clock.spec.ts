import { describe, expect, it } from '@jest/globals';
import { DemoClock } from './demo-clock.js';

describe('DemoClock', () => {
  it('stands still until it is run, then runs fast until it meets real time and is real time from then on', () => {
    let real = 1_000_000;
    const clock = new DemoClock(real - 90_000, 11, () => real);
    real += 5_000;
    expect(clock.now()).toBe(910_000);
    clock.run(real - 10_000);
    expect(clock.now()).toBe(995_000);
    real += 500;
    expect(clock.now()).toBe(1_000_500);
    expect(clock.pace()).toBe(11);
    real += 500;
    expect(clock.now()).toBe(real);
    expect(clock.pace()).toBe(1);
    real += 60_000;
    expect(clock.now()).toBe(real);
  });
});
