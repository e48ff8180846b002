// Looks up whose orders and parcels the events of a request are about, in two statements however many events there are.
import { Inject, Injectable } from '@nestjs/common';
import type { ParsedEvent } from '#contracts';
import type { DataSource, Identity, Owner } from '#storage';
import { orderOwners, parcelOwners, withService } from '#storage';
import { DATA_SOURCE } from './intake.tokens.js';
import { subjectOf } from './permission.js';

type OwnersOf = (event: ParsedEvent) => readonly Owner[];

@Injectable()
export class Ownership {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** Ops reach everything, so nothing is looked up for them. */
  async lookUp({ role, tenantId }: Identity, events: readonly ParsedEvent[]): Promise<OwnersOf> {
    if (role === 'ops' || events.length === 0) return () => [];
    const subjects = events.map(subjectOf);
    const orderIds = subjects.flatMap(({ orderId }) => orderId ?? []);
    const trackingNumbers = subjects.flatMap(({ trackingNumber }) => trackingNumber ?? []);
    const [orders, parcels] = await withService(this.dataSource, async (transaction) => [
      await orderOwners(transaction, tenantId, orderIds),
      await parcelOwners(transaction, tenantId, trackingNumbers),
    ]);
    return (event) => {
      const { orderId, trackingNumber } = subjectOf(event);
      return (orderId !== undefined ? orders?.get(orderId) : parcels?.get(trackingNumber ?? '')) ?? [];
    };
  }
}
