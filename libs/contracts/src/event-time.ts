// When an event happened, by its data, for senders that give no envelope; and the check that it has not yet to happen.
import type { ParsedEvent } from './cloud-event.js';
import type { EventName } from './events/index.js';
import type { Fault } from './fault.js';
import { faultAt, wrong } from './fault.js';

const TIME_FIELDS = [
  'occurredAt',
  'uploadedAt',
  'confirmedAt',
  'cancelledAt',
  'decidedAt',
  'leviedAt',
  'issuedAt',
  'measuredAt',
];

/** The field of `data` that says when it happened, as it is written there; undefined for waivers and amendments, which name none. */
export function timeOf(type: EventName, data: Record<string, unknown>): unknown {
  if (type === 'order.placed') return (data['clocks'] as Record<string, unknown> | null | undefined)?.['placedAt'];
  for (const field of TIME_FIELDS) if (data[field] !== undefined) return data[field];
  return undefined;
}

const withPlace = (fields: readonly string[], within: string) =>
  fields.map((field) => [field, `${within}/${field}`] as const);
const HAPPENED = withPlace([...TIME_FIELDS, 'labelCreatedAt'], '/data');
const CLOCKS = withPlace(['placedAt', 'paidAt'], '/data/clocks');

/**
 * Faults of an event that claims to have happened after `latestAt` (UTC epoch milliseconds): nearly always a wrong year, a wrong
 * unit or a wrong zone, and an acceptance in the future would settle a deadline that is still open.
 */
export function futureFaults({ time, data }: Pick<ParsedEvent, 'time' | 'data'>, latestAt: number): Fault[] {
  const faults: Fault[] = [];
  const look = (at: unknown, pointer: string): void => {
    if (typeof at !== 'number' || at <= latestAt) return;
    faults.push(faultAt(pointer, wrong('in-the-future', { latest: new Date(latestAt).toISOString() })));
  };
  const facts = data as Record<string, unknown>;
  look(time, '/time');
  for (const [field, pointer] of HAPPENED) look(facts[field], pointer);
  const clocks = facts['clocks'] as Record<string, unknown> | undefined;
  if (clocks) for (const [field, pointer] of CLOCKS) look(clocks[field], pointer);
  return faults;
}
