import { describe, expect, test } from '@jest/globals';
import { decisionsBetween, type DeadlineSummary } from './decision.js';

const open: DeadlineSummary = {
  orderId: 'o',
  ruleId: 'R',
  status: 'open',
  dueAt: 100,
  amountMinor: 500,
  currency: 'USD',
};
const as = (changes: Partial<DeadlineSummary>): DeadlineSummary => ({ ...open, ...changes });

describe('decisions between two evaluations', () => {
  test.each<[string, DeadlineSummary | undefined, DeadlineSummary, string[]]>([
    ['a new deadline', undefined, open, ['opened clock-started']],
    ['a miss seen first as a miss', undefined, as({ status: 'missed' }), ['missed limit-passed']],
    ['nothing new', open, open, []],
    ['met', open, as({ status: 'met', amountMinor: 0 }), ['met satisfied-in-time']],
    ['missed', open, as({ status: 'missed' }), ['missed limit-passed']],
    [
      'cured by an earlier scan that came late',
      as({ status: 'missed' }),
      as({ status: 'met' }),
      ['reversed earlier-evidence-arrived'],
    ],
    ['proof retracted', as({ status: 'met' }), as({ status: 'missed' }), ['missed evidence-withdrawn']],
    ['moved', open, as({ dueAt: 200 }), ['moved due-instant-changed']],
    [
      'moved and dearer',
      open,
      as({ dueAt: 200, amountMinor: 900 }),
      ['moved due-instant-changed', 'fine-changed amount-changed'],
    ],
    [
      'reopened by an extension',
      as({ status: 'missed' }),
      as({ dueAt: 200 }),
      ['moved due-instant-changed', 'reversed limit-extended'],
    ],
    ['waived', as({ status: 'missed' }), as({ status: 'waived' }), ['waived waiver-or-exemption']],
    ['voided', open, as({ status: 'void' }), ['voided order-cancelled']],
    [
      'a fine that grew',
      as({ status: 'missed' }),
      as({ status: 'missed', amountMinor: 900 }),
      ['fine-changed amount-changed'],
    ],
  ])('%s', (_name, before, after, expected) => {
    const decisions = decisionsBetween(before ? [before] : [], [after]);
    expect(decisions.map(({ kind, reason }) => `${kind} ${reason}`)).toEqual(expected);
  });

  test('a deadline that no longer applies is withdrawn; parcels are told apart', () => {
    const decisions = decisionsBetween([as({ parcelId: 'A' }), as({ parcelId: 'B' })], [as({ parcelId: 'B' })]);
    expect(decisions).toEqual([
      {
        kind: 'withdrawn',
        reason: 'rule-no-longer-applies',
        orderId: 'o',
        ruleId: 'R',
        parcelId: 'A',
        before: as({ parcelId: 'A' }),
      },
    ]);
  });
});
