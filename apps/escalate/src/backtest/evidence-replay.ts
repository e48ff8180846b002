import { ReplayState, daysOffKey } from '#domain';
import type { DataSource } from '#storage';
import { DaysOffStore, EvidenceStore, WaiverStore, daysOffOf, withService } from '#storage';
import { eventOf } from './stored-event.js';

export interface Replayed {
  readonly state: ReplayState;
  readonly events: number;
  readonly unreadable: number;
}

export interface ReplayRange {
  readonly tenantId: string;
  /** Events that happened within, UTC epoch milliseconds, both included. */
  readonly since: number;
  readonly until: number;
}

/** Folded states of some hundred thousand events fit into memory; more does not belong into a process that must be on time. */
export const MOST_EVENTS = 500_000;

/** Thrown when the range holds more than MOST_EVENTS. */
export class TooMuchEvidence extends Error {
  constructor(events: number) {
    super(`${events} events lie in reach, at most ${MOST_EVENTS} are replayed: ask for a shorter time, from later on`);
    this.name = 'TooMuchEvidence';
  }
}

/**
 * Folds a tenant's stored events page by page, each page a short transaction that only reads. `onPage` is told the share done,
 * 0 to 1. Waivers and days off are those in force now, since people enter them without an event.
 */
export async function replayEvidence(
  dataSource: DataSource,
  range: ReplayRange,
  pageSize: number,
  onPage: (share: number) => Promise<void>,
): Promise<Replayed> {
  const store = new EvidenceStore();
  const { tenantId, since, until } = range;
  const total = await withService(dataSource, (tx) => store.countWithin(tx, tenantId, since, until));
  if (total > MOST_EVENTS) throw new TooMuchEvidence(total);
  const state = new ReplayState();
  let [events, unreadable] = [0, 0];
  let after: string | undefined;
  for (;;) {
    const page = await withService(dataSource, (tx) => store.pageWithin(tx, { ...range, after }, pageSize));
    for (const stored of page) {
      const event = eventOf(tenantId, stored);
      if (!event) unreadable += 1;
      else if (event.type !== 'waiver.announced') state.fold(event);
    }
    events += page.length;
    await onPage(total === 0 ? 1 : Math.min(1, events / total));
    after = page.at(-1)?.place;
    if (page.length < pageSize) break;
  }
  const waivers = await withService(dataSource, (tx) => new WaiverStore().inForce(tx, [tenantId]));
  const tenant = state.tenant(tenantId);
  for (const waiver of waivers.get(tenantId) ?? []) tenant.announce(waiver, 0);
  const daysOff = await withService(dataSource, (tx) => new DaysOffStore().load(tx, [tenantId]));
  for (const row of daysOff) tenant.daysOff.set(daysOffKey(row.of, row.id), daysOffOf(row));
  return { state, events: events - unreadable, unreadable };
}
