import { randomUUID } from 'node:crypto';
import type { waiveAnswer, waiveRequest } from '#contracts';
import { AuditStore, RecomputeStore, WaiverStore, hasDeadline } from '#storage';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import type { Person } from '../auth/person.js';
import { actorName } from '../auth/person.js';
import { PersonalRecord, notFound } from '../personal-record.js';

// A person waives this order under this rule, whenever its clock started or will have started.
const ALWAYS = { from: Date.UTC(2000, 0, 1), until: Date.UTC(2099, 11, 31) };

@Injectable()
export class WaiveService {
  private readonly waivers = new WaiverStore();
  private readonly recomputes = new RecomputeStore();
  private readonly audit = new AuditStore();

  constructor(
    @Inject(PersonalRecord) private readonly record: PersonalRecord,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  /** The waiver, the request to evaluate the order again and the audit row are one transaction; `track` does the rest. */
  waive(person: Person, request: z.output<typeof waiveRequest>): Promise<z.output<typeof waiveAnswer>> {
    const { orderId, ruleId, reason, by } = request;
    const { tenantId } = person;
    const actor = actorName(person, by);
    const waiverId = randomUUID();
    const waiver = { waiverId, ruleIds: [ruleId], orderId, ...ALWAYS, effect: { kind: 'waive' as const }, reason };
    return this.record.as(person, async (transaction) => {
      if (!(await hasDeadline(transaction, orderId, ruleId))) throw notFound('deadline');
      const announcedAt = this.options.clock.now();
      await this.waivers.save(transaction, [{ tenantId, waiver, announcedAt, createdBy: actor }]);
      await this.recomputes.request(transaction, { tenantId, cause: `waiver ${waiverId}`, scope: { orderId } });
      const subject = `order/${orderId}/rule/${ruleId}`;
      await this.audit.add(transaction, { tenantId, actor, action: 'deadline.waive', subject, after: waiver, reason });
      return { waiverId, orderId, ruleId };
    });
  }
}
