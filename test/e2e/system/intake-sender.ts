// CloudEvents over HTTP, in batches, as a shop or a warehouse system sends them.
import type { EventDataInput, EventName } from '#contracts';
import { cloudEventType } from '#contracts';

export interface SentEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly data: unknown;
}

export function cloudEvent<Name extends EventName>(
  name: Name,
  id: string,
  time: string,
  data: EventDataInput<Name>,
): SentEvent {
  return { specversion: '1.0', id, source: '/e2e/shop', type: cloudEventType(name), time, data };
}

/** Rejects unless every event was taken. */
export async function sendEvents(intakeUrl: string, key: string, events: readonly SentEvent[]): Promise<void> {
  const response = await fetch(`${intakeUrl}/v1/events`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`intake answered ${response.status}: ${text.slice(0, 2_000)}`);
}

/** All events in requests of `lot`, several under way at a time. */
export async function sendInLots(
  intakeUrl: string,
  key: string,
  events: readonly SentEvent[],
  { lot, atOnce }: { lot: number; atOnce: number },
): Promise<void> {
  let next = 0;
  const sender = async (): Promise<void> => {
    for (let start = next; start < events.length; start = next) {
      next += lot;
      await sendEvents(intakeUrl, key, events.slice(start, start + lot));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
}
