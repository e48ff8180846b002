import { describe, expect, it } from '@jest/globals';
import type { RateDefinition } from '../rule.js';
import { nextBand } from './next-band.js';

const TEXT = { en: 'Points', zh: '扣分' };
const RATE: RateDefinition = {
  id: 'ldr',
  metric: 'late-dispatch-rate',
  title: TEXT,
  counts: { rule: 'R', numerator: 'missed', unit: 'orders' },
  windows: [{ kind: 'rolling-days', days: 7 }],
  zone: 'utc',
  bands: [
    { gt: '0.10', effects: [{ kind: 'payment-delay', values: { days: 31 }, text: TEXT }] },
    { gt: '0.04', lte: '0.10', effects: [{ kind: 'points', text: TEXT }] },
  ],
  sources: [],
  confidence: 'derived',
};

describe('nextBand', () => {
  it('is the mildest worse one, whatever the order they are written in', () => {
    expect(nextBand(RATE, undefined)).toEqual({
      threshold: '0.04',
      comparison: '>',
      effects: [{ kind: 'points', values: TEXT }],
    });
    expect(nextBand(RATE, 1)).toMatchObject({
      threshold: '0.10',
      comparison: '>',
      effects: [{ kind: 'payment-delay' }],
    });
    expect(nextBand(RATE, 0)).toBeUndefined();
  });

  it('looks downwards where the rate counts what was met', () => {
    const bands: RateDefinition['bands'] = [
      { lt: '0.90', gte: '0.80', effects: [{ kind: 'points', text: TEXT }] },
      { lt: '0.80', effects: [{ kind: 'listing', text: TEXT }] },
    ];
    const met = { ...RATE, counts: { rule: 'R', numerator: 'met', unit: 'orders' } as const, bands };
    expect(nextBand(met, undefined)).toMatchObject({ threshold: '0.90', comparison: '<' });
    expect(nextBand(met, 0)).toMatchObject({ threshold: '0.80', comparison: '<', effects: [{ kind: 'listing' }] });
    expect(nextBand(met, 1)).toBeUndefined();
  });
});
