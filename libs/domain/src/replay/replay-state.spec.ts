import { describe, expect, test } from '@jest/globals';
import type { FinelineEvent, WaiverAnnounced } from '../events.js';
import { at } from '../fixture.js';
import { ReplayState } from './replay-state.js';

type Waiver = WaiverAnnounced['data'];
let nextId = 0;

function announced(changes: Partial<Waiver>, time: number): FinelineEvent {
  const data: Waiver = {
    waiverId: 'w1',
    ruleIds: ['R'],
    from: at('2026-03-01T00:00:00Z'),
    until: at('2026-03-09T00:00:00Z'),
    effect: { kind: 'waive' },
    reason: 'storm',
    ...changes,
  };
  return { tenantId: 't', source: 'test', id: `w${nextId++}`, type: 'waiver.announced', time, data };
}

describe('a waiver announced again', () => {
  const first = announced({ effect: { kind: 'extra-days', days: 2 } }, 1);
  const second = announced({ effect: { kind: 'extra-days', days: 1 } }, 2);
  const waiversAfter = (...events: FinelineEvent[]): readonly Waiver[] => {
    const state = new ReplayState();
    for (const event of events) state.fold(event);
    return state.tenant('t').waivers;
  };

  test('replaces the first, in whatever order they are read', () => {
    const expected = [expect.objectContaining({ effect: { kind: 'extra-days', days: 1 } })];
    expect(waiversAfter(first, second)).toEqual(expected);
    expect(waiversAfter(second, first)).toEqual(expected);
    expect(waiversAfter(second, announced({ waiverId: 'w2' }, 1))).toHaveLength(2);
  });

  test('holds after a revocation that came before it', () => {
    const revoked = announced({ revoked: true }, 3);
    expect(waiversAfter(revoked, first)).toEqual([expect.objectContaining({ revoked: true })]);
    const again = announced({}, 4);
    expect(waiversAfter(again, revoked, first)).toEqual([expect.objectContaining({ effect: { kind: 'waive' } })]);
    expect(waiversAfter(again)[0]).not.toHaveProperty('revoked');
  });

  test('in the same instant is the same one in either order', () => {
    const other = announced({ reason: 'flood' }, 1);
    expect(waiversAfter(first, other)).toEqual(waiversAfter(other, first));
  });
});
