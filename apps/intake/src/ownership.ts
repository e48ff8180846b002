// Looks up whose orders, parcels and charges the events of a request are about, in a statement each however many events there are.
import { Inject, Injectable } from '@nestjs/common';
import type { ParsedEvent } from '#contracts';
import type { DataSource, Identity } from '#storage';
import { chargeOwners, orderOwners, parcelOwners, withService } from '#storage';
import { DATA_SOURCE } from './intake.tokens.js';
import type { OwnersOf, Subject } from './permission.js';
import { subjectsOf } from './permission.js';

@Injectable()
export class Ownership {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** Ops reach everything, so nothing is looked up for them. */
  async lookUp({ role, tenantId }: Identity, events: readonly ParsedEvent[]): Promise<OwnersOf> {
    if (role === 'ops' || events.length === 0) return () => [];
    const subjects = events.flatMap(subjectsOf);
    const owners = await withService(this.dataSource, async (transaction) => ({
      order: await orderOwners(transaction, tenantId, keysOf(subjects, 'order')),
      parcel: await parcelOwners(transaction, tenantId, keysOf(subjects, 'parcel')),
      charge: await chargeOwners(transaction, tenantId, keysOf(subjects, 'charge')),
    }));
    return ({ kind, key }) => owners[kind].get(key) ?? [];
  }
}

function keysOf(subjects: readonly Subject[], kind: Subject['kind']): string[] {
  return subjects.flatMap((subject) => (subject.kind === kind ? subject.key : []));
}
