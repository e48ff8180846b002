import { describe, expect, test } from '@jest/globals';
import { decisionsOn, type DeadlineVerdict } from './decision.js';

const open: DeadlineVerdict = { status: 'open', dueAt: 100, amountMinor: 500, currency: 'USD', gated: false };
const as = (changes: Partial<DeadlineVerdict>): DeadlineVerdict => ({ ...open, ...changes });
const missed = as({ status: 'missed' });
const met = as({ status: 'met', amountMinor: 0 });
const waived = as({ status: 'waived' });

describe('decisions on a deadline', () => {
  test.each<[string, DeadlineVerdict | undefined, DeadlineVerdict | undefined, string[]]>([
    ['a new deadline', undefined, open, ['deadline-opened clock-started']],
    ['a miss seen first as a miss', undefined, missed, ['deadline-missed limit-passed']],
    ['nothing new', open, open, []],
    ['never there', undefined, undefined, []],
    ['met', open, met, ['deadline-met satisfied-in-time']],
    ['missed', open, missed, ['deadline-missed limit-passed']],
    ['cured by an earlier scan that came late', missed, met, ['deadline-reversed earlier-evidence-arrived']],
    ['proof retracted', met, missed, ['deadline-reversed evidence-withdrawn']],
    ['proof retracted in time', met, open, ['deadline-reversed evidence-withdrawn']],
    [
      'met too late for the new limit',
      met,
      as({ status: 'missed', dueAt: 50 }),
      ['deadline-moved due-instant-changed', 'deadline-reversed due-instant-changed'],
    ],
    ['moved', open, as({ dueAt: 200 }), ['deadline-moved due-instant-changed']],
    [
      'moved and dearer',
      open,
      as({ dueAt: 200, amountMinor: 900 }),
      ['deadline-moved due-instant-changed', 'fine-changed amount-changed'],
    ],
    [
      'reopened by an extension',
      missed,
      as({ dueAt: 200 }),
      ['deadline-moved due-instant-changed', 'deadline-reversed limit-extended'],
    ],
    ['waived', missed, waived, ['deadline-waived waiver-or-exemption']],
    ['no longer waived', waived, missed, ['deadline-missed waiver-ended']],
    ['no longer waived, time left', waived, open, ['deadline-reversed waiver-ended']],
    ['void', open, as({ status: 'void' }), ['deadline-void order-cancelled']],
    ['a fine that grew', missed, as({ status: 'missed', amountMinor: 900 }), ['fine-changed amount-changed']],
    ['a gate that opened', as({ ...missed, gated: true }), missed, ['fine-changed amount-changed']],
    ['a rule that no longer applies', open, undefined, ['deadline-withdrawn rule-no-longer-applies']],
  ])('%s', (_name, before, after, expected) => {
    expect(decisionsOn(before, after).map(({ kind, reason }) => `${kind} ${reason}`)).toEqual(expected);
  });
});
