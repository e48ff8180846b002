// When an event happened, by its data, for senders that give no envelope; and the check that it has not yet to happen.
import type { ParsedEvent } from './cloud-event.js';
import type { EventName } from './events/index.js';
import type { Fault } from './fault.js';

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

const HAPPENED = [...TIME_FIELDS, 'labelCreatedAt'];

/**
 * Faults of an event that claims to have happened after `latestAt` (UTC epoch milliseconds): nearly always a wrong year, a wrong
 * unit or a wrong zone, and an acceptance in the future would settle a deadline that is still open.
 */
export function futureFaults(event: ParsedEvent, latestAt: number): Fault[] {
  const data = event.data as Record<string, unknown>;
  const clocks = (data['clocks'] ?? {}) as Record<string, unknown>;
  const facts: [pointer: string, at: unknown][] = [
    ['/time', event.time],
    ...HAPPENED.map((field) => [`/data/${field}`, data[field]] as [string, unknown]),
    ...['placedAt', 'paidAt'].map((field) => [`/data/clocks/${field}`, clocks[field]] as [string, unknown]),
  ];
  return facts
    .filter(([, at]) => typeof at === 'number' && at > latestAt)
    .map(([pointer]) => ({
      pointer,
      detail: `is in the future (latest accepted: ${new Date(latestAt).toISOString()})`,
    }));
}
