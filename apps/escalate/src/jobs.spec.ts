import { describe, expect, it } from '@jest/globals';
import { escalationJobs, noticeJobs } from './jobs.js';

const escalation = (id: number, tenantId: string, expectedMinor: number) => ({
  escalationId: String(id),
  tenantId,
  expectedMinor,
  currency: 'USD',
});

describe('jobs', () => {
  it('puts a tenant into envelopes of its own, the dearest together, each as urgent as its dearest', () => {
    const many = Array.from({ length: 250 }, (_, id) => escalation(id, 'a', id));
    const jobs = escalationJobs([...many, escalation(900, 'b', 5)], 77);
    expect(jobs.map(({ payload }) => [payload.tenantId, payload.escalationIds.length])).toEqual([
      ['a', 100],
      ['a', 100],
      ['a', 50],
      ['b', 1],
    ]);
    expect(jobs.map(({ expectedMinor }) => expectedMinor)).toEqual([249, 149, 49, 5]);
    expect(jobs[0]!.id).toBe('escalation-249-77');
    expect(jobs.flatMap(({ payload }) => payload.escalationIds)).toHaveLength(251);
  });

  it('names a notice by attempt and round, so that a kept job of an earlier round is not in its way, and one that waits is', () => {
    const notice = { noticeId: '5', recipientId: '9', attempt: 2, expectedMinor: 1, currency: 'USD' };
    expect(noticeJobs([notice], 77)[0]).toMatchObject({
      id: 'notice-5-2-77',
      purpose: 'notice-5-2',
      payload: { noticeId: '5', recipientId: '9', attempt: 2 },
    });
  });
});
