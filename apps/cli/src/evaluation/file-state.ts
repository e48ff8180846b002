// Everything a file says, folded, and the latest instant it speaks of.
import { createHash } from 'node:crypto';
import type { ParsedEvent } from '#contracts';
import { timeOf } from '#contracts';
import type { FinelineEvent } from '#domain';
import { ReplayState, daysOffKey } from '#domain';
import type { DaysOffFile } from '../input/read-days-off.js';

export class FileState extends ReplayState {
  /** Latest instant of any event; undefined while nothing was added. */
  latest: number | undefined;
  duplicates = 0;

  add(parsed: ParsedEvent): void {
    if (!this.fold(parsed as FinelineEvent)) {
      this.duplicates += 1;
      return;
    }
    this.latest = Math.max(this.latest ?? parsed.time, parsed.time, happenedAt(parsed));
  }

  /** Days off hold for the owners of these ids in every tenant of the file. Their version is a hash of the list. */
  rest({ sellers, warehouses }: DaysOffFile): void {
    for (const tenant of this.tenants()) {
      for (const [of, owners] of [['seller', sellers] as const, ['warehouse', warehouses] as const]) {
        for (const [id, days] of Object.entries(owners)) {
          const version = `${of} ${id} ${hashOf(days)}`;
          tenant.daysOff.set(daysOffKey(of, id), { version, days: new Map(Object.entries(days)) });
        }
      }
    }
  }
}

function hashOf(days: Readonly<Record<string, string>>): string {
  return createHash('sha256').update(JSON.stringify(days)).digest('hex').slice(0, 8);
}

/** When an event happened by its own data; its envelope's time where the data says nothing. */
export function happenedAt(event: ParsedEvent): number {
  const stated = timeOf(event.type, event.data as Record<string, unknown>);
  return typeof stated === 'number' ? stated : event.time;
}
