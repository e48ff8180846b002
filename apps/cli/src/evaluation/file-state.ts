// Everything a file says, folded, and the latest instant it speaks of.
import type { ParsedEvent } from '#contracts';
import { timeOf } from '#contracts';
import type { FinelineEvent } from '#domain';
import { ReplayState } from '#domain';

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
}

/** When an event happened by its own data; its envelope's time where the data says nothing. */
export function happenedAt(event: ParsedEvent): number {
  const stated = timeOf(event.type, event.data as Record<string, unknown>);
  return typeof stated === 'number' ? stated : event.time;
}
