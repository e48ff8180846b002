import { describe, expect, it } from '@jest/globals';
import type { DeadlineRow } from '#storage';
import { verdictOf } from './verdict.js';

const ROW: DeadlineRow = {
  ...{ tenantId: 'acme', orderId: 'o1', ruleId: 'SHIP', parcelId: '', ruleVersion: '1', sellerId: 's1', shopId: 's1' },
  ...{
    warehouseId: 'nj',
    platform: 'temu',
    market: 'US',
    carrier: null,
    status: 'open',
    startsAt: 1_000,
    dueAt: 9_000,
  },
  ...{ platformDueAt: null, differenceMs: null, governedBy: 'rule', satisfiedAt: null, settledAt: null },
  ...{ stage: 'enforced', zone: 'UTC', units: 1, cases: 0, amountMinor: 500, expectedMinor: 40, currency: 'USD' },
  ...{ chance: 0.08, gated: false, confidence: 'derived', nextStep: null, nextStepAt: null, nextChangeAt: 9_000 },
  ladderHours: null,
};

describe('what a deadline says', () => {
  it('is for the default ladder what earlier releases wrote, so that no order is written anew', () => {
    expect(verdictOf(ROW).digest).toBe('Q4kiEvdyGgEi');
  });

  it('is something else for another ladder', () => {
    const digests = [null, '', '8,0', '48,8,0'].map((ladderHours) => verdictOf({ ...ROW, ladderHours }).digest);
    expect(new Set(digests).size).toBe(4);
  });
});
