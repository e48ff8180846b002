import { describe, expect, it } from '@jest/globals';
import type { RateSnapshot } from '../evaluate-types.js';
import type { RateDefinition } from '../rule.js';
import { measuringInstants, periodOf, rateFor, type ZonedRate } from './period.js';

const at = (text: string): number => Date.parse(text);
const TEXT = { en: 'Rate', zh: '率' };
function rate(windows: RateDefinition['windows'], more: Partial<RateDefinition> = {}): ZonedRate {
  const definition = { id: 'R', metric: 'R', title: TEXT, windows, zone: 'market', bands: [], sources: [] } as const;
  return { definition: { ...definition, confidence: 'derived', ...more }, zone: 'Europe/Berlin' };
}
const MONTH = rate([{ kind: 'month' }]);
const measured = (value: string, measuredAt: string, origin: RateSnapshot['origin'] = 'computed'): RateSnapshot => ({
  rateId: 'R',
  shopId: 'a',
  numerator: 0,
  denominator: 0,
  rate: value,
  origin,
  measuredAt: at(measuredAt),
  effects: [],
});

describe('periods of a rate', () => {
  it.each([
    [MONTH, '2026-02-28T22:59:59Z', '2026-02-01'],
    [MONTH, '2026-02-28T23:00:00Z', '2026-03-01'],
    [rate([{ kind: 'month', lagDays: 7 }]), '2026-03-07T12:00:00Z', '2026-02-01'],
    [rate([{ kind: 'week', weekStartsOn: 7 }]), '2026-03-07T12:00:00Z', '2026-03-01'],
    [rate([{ kind: 'rolling-days', days: 30 }]), '2026-03-07T12:00:00Z', ''],
    [rate([{ kind: 'month' }, { kind: 'week' }]), '2026-03-07T12:00:00Z', ''],
    [rate([{ kind: 'week' }], { evaluatedOn: { weekday: 1 } }), '2026-03-07T12:00:00Z', ''],
  ])('begin on a day of their zone (%#)', (of, instant, period) => {
    expect(periodOf(of, at(instant))).toBe(period);
  });

  it('are measured as they ended, and none after the rate has', () => {
    const [now, since] = [at('2026-03-05T12:00:00Z'), at('2026-01-20T00:00:00Z')];
    const ends = [at('2026-02-28T23:00:00Z') - 1, at('2026-01-31T23:00:00Z') - 1];
    expect(measuringInstants(MONTH, now, since)).toEqual([now, ...ends]);
    const ended = rate([{ kind: 'month' }], { effective: { until: '2026-02-15' } });
    expect(measuringInstants(ended, now, since)).toEqual([now, at('2026-02-14T23:00:00Z') - 1, ends[1]]);
  });

  it('decide about what is due in them, the running one about what is due later', () => {
    const known = [
      measured('0.01', '2026-03-05T11:59:00Z'),
      measured('0.02', '2026-02-28T22:59:59.999Z'),
      measured('0.03', '2026-01-31T22:59:59.999Z'),
      measured('0.04', '2026-01-28T00:00:00Z', 'reported'),
      measured('0.05', '2026-02-05T00:00:00Z', 'reported'),
    ];
    const due = (text: string) => rateFor(MONTH, known, at(text), at('2026-03-05T12:00:00Z'));
    expect(due('2026-04-09T00:00:00Z')).toMatchObject({ rate: '0.01', period: '2026-03-01' });
    expect(due('2026-04-09T00:00:00Z')?.isOver).toBeUndefined();
    expect(due('2026-02-09T00:00:00Z')).toMatchObject({ rate: '0.02', period: '2026-02-01', isOver: true });
    expect(due('2026-01-09T00:00:00Z')).toMatchObject({ rate: '0.04', isOver: true });
    expect(due('2025-12-09T00:00:00Z')).toBeUndefined();
  });
});
