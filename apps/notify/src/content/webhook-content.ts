import { renderFormula } from '#domain';
import { oneLine } from './format.js';
import { TEXTS, actionFor } from './texts.js';
import type { Told } from './told.js';

/** The JSON text of a webhook. It tells no time left: a receiver may read it an hour later, and knows `dueAt`. */
export function webhookContent({ notice, facts, url }: Told): string {
  const { deadline, title, satisfiedBy } = facts;
  const { fine } = deadline;
  return JSON.stringify({
    type: 'escalation.raised',
    timestamp: new Date(notice.raisedAt).toISOString(),
    data: {
      escalationId: notice.escalationId,
      noticeId: notice.noticeId,
      step: notice.step,
      late: notice.late,
      reminder: notice.isReminder,
      orderId: notice.orderId,
      parcelId: notice.parcelId,
      platform: notice.platform,
      sellerId: notice.sellerId,
      warehouseId: notice.warehouseId,
      carrier: notice.carrier,
      ruleId: notice.ruleId,
      ruleVersion: notice.ruleVersion,
      title,
      dueAt: new Date(notice.dueAt).toISOString(),
      zone: deadline.zone,
      fine: {
        amountMinor: notice.amountMinor,
        expectedMinor: notice.expectedMinor,
        currency: notice.currency,
        formula: oneLine(renderFormula(fine.formula, notice.language), 2_000),
        confidence: fine.confidence,
      },
      action: actionFor(TEXTS[notice.language], satisfiedBy, notice.step),
      url: url ?? null,
    },
  });
}
