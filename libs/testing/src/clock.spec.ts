import { describe, expect, it } from '@jest/globals';
import { fixedClock, manualClock } from './clock.js';

describe('clocks', () => {
  it('stands still, or moves when told', () => {
    expect(fixedClock('2026-03-01T09:00:00Z').now()).toBe(Date.UTC(2026, 2, 1, 9));
    const clock = manualClock('2026-03-01T09:00:00+08:00');
    clock.advance(1500);
    expect(clock.now()).toBe(Date.UTC(2026, 2, 1, 1, 0, 1, 500));
    clock.set('2026-02-01T00:00:00Z');
    expect(clock.now()).toBe(Date.UTC(2026, 1, 1));
  });

  it('refuses an instant without a zone', () => {
    expect(() => fixedClock('2026-03-01T09:00:00')).toThrow('needs its zone');
    expect(() => fixedClock('soonZ')).toThrow('ISO 8601');
  });
});
