import type { OrderDetail } from '#contracts';
import type { OrderFacts, OrderState, ParcelState } from '#domain';
import { orderFacts } from '#domain';
import { decisionsOf, loadOrder, timelineOf } from '#storage';
import type { StoredOrder } from '#storage';
import { Inject, Injectable } from '@nestjs/common';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import type { Person } from '../auth/person.js';
import { scanView } from '../parcels/scan-view.js';
import { PersonalRecord, notFound } from '../personal-record.js';
import { deadlineDetail } from './deadline-detail.js';
import { OrderEvaluation } from './order-evaluation.js';

@Injectable()
export class OrderDetailService {
  constructor(
    @Inject(PersonalRecord) private readonly record: PersonalRecord,
    @Inject(OrderEvaluation) private readonly evaluation: OrderEvaluation,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  /** What was seen is read as the person; the evaluation of what they may see needs facts of the whole tenant. */
  async of(person: Person, orderId: string): Promise<OrderDetail> {
    const asOf = this.options.clock.now();
    const found = await this.record.as(person, async (transaction) => {
      const stored = await loadOrder(transaction, orderId);
      if (!stored) throw notFound('order');
      const timeline = await timelineOf(transaction, orderId);
      return { stored, timeline, decisions: await decisionsOf(transaction, orderId) };
    });
    const deadlines = await this.evaluation.deadlines(found.stored, asOf);
    const documents = this.options.rulebooks.base.documents;
    return {
      ...found.stored.row,
      ...factsView(orderFacts(found.stored.state)),
      asOf: new Date(asOf).toISOString(),
      cancelledAt: instantOrNull(found.stored.state.cancelledAt),
      parcels: parcelsOf(found.stored),
      deadlines: deadlines.map((deadline) => deadlineDetail(deadline, documents)),
      timeline: found.timeline,
      decisions: found.decisions,
    };
  }
}

function factsView(
  facts: OrderFacts | undefined,
): Pick<OrderDetail, 'program' | 'currency' | 'lines' | 'shipFrom' | 'shipTo' | 'clocks'> {
  const clocks = Object.entries(facts?.clocks ?? {}).flatMap(([name, at]) =>
    at === undefined ? [] : [[name, new Date(at as number).toISOString()] as const],
  );
  return {
    program: facts?.program ?? null,
    currency: facts?.currency ?? null,
    lines: (facts?.lines ?? []).map(({ lineId, sku, quantity, unitPriceMinor }) => ({
      ...{ lineId, quantity, unitPriceMinor },
      sku: sku ?? null,
    })),
    shipFrom: facts?.shipFrom ? { ...facts.shipFrom } : null,
    shipTo: facts?.shipTo ? { ...facts.shipTo } : null,
    clocks: Object.fromEntries(clocks),
  };
}

function parcelsOf({ state, parcels }: StoredOrder): OrderDetail['parcels'] {
  return state.parcels.map(({ trackingNumber, carrier, uploadedAt }) => {
    const parcel: ParcelState | undefined = parcels.get(trackingNumber);
    return {
      trackingNumber,
      carrier: parcel?.carrier ?? carrier ?? null,
      uploadedAt: new Date(uploadedAt).toISOString(),
      replacedBy: replacementOf(state, trackingNumber),
      lastScanAt: instantOrNull(parcel?.scans.at(-1)?.at),
      scans: (parcel?.scans ?? []).map(scanView),
    };
  });
}

function replacementOf({ parcels }: OrderState, trackingNumber: string): string | null {
  return parcels.find(({ replaces }) => replaces === trackingNumber)?.trackingNumber ?? null;
}

function instantOrNull(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
