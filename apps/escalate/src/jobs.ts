import type { EscalationJob, NewJob, NoticeJob } from '#queue';
import type { QueueableEscalation, QueueableNotice } from '#storage';

const ENVELOPE = 100;

/**
 * Escalations in envelopes of one tenant and similar expected fines, the dearest first. `queuedAt` makes the ids of another round
 * new: BullMQ ignores an id it still keeps, also of a failed job.
 */
export function escalationJobs(escalations: readonly QueueableEscalation[], queuedAt: number): NewJob<EscalationJob>[] {
  const ordered = [...escalations].sort((a, b) => b.expectedMinor - a.expectedMinor);
  const jobs: NewJob<EscalationJob>[] = [];
  for (const [tenantId, own] of byTenant(ordered)) {
    for (let start = 0; start < own.length; start += ENVELOPE) {
      const lot = own.slice(start, start + ENVELOPE);
      const { escalationId, expectedMinor, currency } = lot[0]!;
      const payload = { tenantId, escalationIds: lot.map((each) => each.escalationId) };
      jobs.push({ id: `escalation-${escalationId}-${queuedAt}`, payload, expectedMinor, currency });
    }
  }
  return jobs;
}

function byTenant(escalations: readonly QueueableEscalation[]): Map<string, QueueableEscalation[]> {
  const tenants = new Map<string, QueueableEscalation[]>();
  for (const escalation of escalations) {
    const own = tenants.get(escalation.tenantId);
    if (own) own.push(escalation);
    else tenants.set(escalation.tenantId, [escalation]);
  }
  return tenants;
}

/** The same attempt of a notice is one purpose: it is queued again and again while nobody makes it, and waits once. */
export function noticeJobs(notices: readonly QueueableNotice[], queuedAt: number): NewJob<NoticeJob>[] {
  return notices.map(({ noticeId, recipientId, attempt, expectedMinor, currency }) => ({
    id: `notice-${noticeId}-${attempt}-${queuedAt}`,
    purpose: `notice-${noticeId}-${attempt}`,
    payload: { noticeId, recipientId, attempt },
    expectedMinor,
    currency,
  }));
}
