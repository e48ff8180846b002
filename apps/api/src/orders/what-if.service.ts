import type { WhatIfAnswer, whatIfRequest } from '#contracts';
import type { ParcelState } from '#domain';
import { ProblemException } from '#platform';
import { loadOrder } from '#storage';
import type { StoredOrder } from '#storage';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import type { Person } from '../auth/person.js';
import { PersonalRecord, notFound } from '../personal-record.js';
import { deadlineDetail } from './deadline-detail.js';
import { OrderEvaluation } from './order-evaluation.js';

type Question = z.output<typeof whatIfRequest>;

/** "What if it is scanned at four?": the order's deadlines now, and with a scan that did not happen. */
@Injectable()
export class WhatIfService {
  constructor(
    @Inject(PersonalRecord) private readonly record: PersonalRecord,
    @Inject(OrderEvaluation) private readonly evaluation: OrderEvaluation,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  async answer(person: Person, orderId: string, question: Question): Promise<WhatIfAnswer> {
    const stored = await this.record.as(person, (transaction) => loadOrder(transaction, orderId));
    if (!stored) throw notFound('order');
    const now = this.options.clock.now();
    // A scan in the future is judged from the moment it would have happened.
    const asOf = question.asOf ?? Math.max(now, question.scannedAt);
    const documents = this.options.rulebooks.base.documents;
    const before = await this.evaluation.deadlines(stored, now);
    const after = await this.evaluation.deadlines(withScan(stored, question), asOf);
    return {
      asOf: new Date(asOf).toISOString(),
      before: before.map((deadline) => deadlineDetail(deadline, documents)),
      after: after.map((deadline) => deadlineDetail(deadline, documents)),
    };
  }
}

function withScan(stored: StoredOrder, { trackingNumber, scannedAt, stage }: Question): StoredOrder {
  const numbers = stored.state.parcels.map((parcel) => parcel.trackingNumber);
  const scanned = trackingNumber === undefined ? numbers : numbers.filter((number) => number === trackingNumber);
  if (scanned.length === 0) {
    throw new ProblemException(422, 'no-parcel', 'The order has no such parcel yet: upload its label first.');
  }
  const scan = { at: scannedAt, stage, strength: 'direct' as const, eventId: 'what-if' };
  const parcels = new Map(stored.parcels);
  for (const number of scanned) {
    const known: ParcelState | undefined = parcels.get(number);
    const scans = [...(known?.scans ?? []), scan].sort((one, other) => one.at - other.at);
    parcels.set(number, { tenantId: stored.state.tenantId, trackingNumber: number, retracted: [], ...known, scans });
  }
  return { ...stored, parcels };
}
