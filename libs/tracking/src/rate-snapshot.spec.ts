import { describe, expect, it } from '@jest/globals';
import type { RateDefinition } from '#domain';
import { rateSnapshot } from './rate-snapshot.js';

const TEXT = { en: '', zh: '' };
const definition: RateDefinition = {
  id: 'ldr',
  metric: 'late-dispatch-rate',
  title: TEXT,
  counts: { rule: 'R', numerator: 'missed', unit: 'orders' },
  windows: [{ kind: 'rolling-days', days: 7 }],
  zone: 'utc',
  bands: [
    { gt: '0.04', lte: '0.10', effects: [{ kind: 'points', text: TEXT }] },
    { gt: '0.10', effects: [{ kind: 'payment-delay', values: { days: 31 }, text: TEXT }] },
  ],
  clears: { lt: '0.03' },
  sources: [],
  confidence: 'derived',
};
const snapshot = (missed: number, met: number, previousBand?: number, lost = 0) => {
  const previous = previousBand === undefined ? undefined : { ...snapshotOf(1, 1), band: previousBand };
  return rateSnapshot(definition, 's', { missed, met, open: lost, lost }, previous, 5);
};
const snapshotOf = (missed: number, met: number) =>
  rateSnapshot(definition, 's', { missed, met, open: 0, lost: 0 }, undefined, 5);

describe('rateSnapshot', () => {
  it('keeps strict and non-strict limits exactly', () => {
    expect(snapshot(4, 96)).toMatchObject({ rate: '0.040000', effects: [] });
    expect(snapshot(4, 96).band).toBeUndefined();
    expect(snapshot(10, 90)).toMatchObject({ rate: '0.100000', band: 0, effects: [{ kind: 'points', values: {} }] });
    expect(snapshot(11, 89)).toMatchObject({ band: 1, effects: [{ kind: 'payment-delay', values: { days: 31 } }] });
  });

  it('holds a band until the rate is clear of it', () => {
    expect(snapshot(4, 96, 0).band).toBe(0);
    expect(snapshot(3, 97, 0).band).toBe(0);
    expect(snapshot(2, 98, 0).band).toBeUndefined();
  });

  it('says how many more late orders the next band is away, each of them an order more', () => {
    expect(snapshot(4, 96).budget).toBe(1);
    expect(snapshot(0, 100).budget).toBe(5);
    expect(snapshot(5, 95).budget).toBe(6);
    expect(snapshot(20, 80).budget).toBeUndefined();
  });

  it('projects the rate with the open orders past help as missed', () => {
    expect(snapshot(4, 96, undefined, 10)).toMatchObject({ projectedRate: '0.127273' });
  });
});
