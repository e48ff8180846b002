import { cloudEventType, parseCloudEvent } from '#contracts';
import type { EventName } from '#contracts';
import type { FinelineEvent } from '#domain';
import type { StoredEvidence } from '#storage';

/** A stored event as it was once read; undefined when today's reader refuses it. In binary mode only its data was stored. */
export function eventOf(tenantId: string, stored: StoredEvidence): FinelineEvent | undefined {
  const { payload, source, eventId: id, type, occurredAt } = stored;
  const isEnvelope = typeof payload === 'object' && payload !== null && 'specversion' in payload;
  const time = new Date(occurredAt).toISOString();
  const built = { specversion: '1.0', id, source, type: cloudEventType(type as EventName), time, tenantid: tenantId };
  const read = parseCloudEvent(isEnvelope ? payload : { ...built, data: payload });
  return read.ok && read.event.tenantId === tenantId ? (read.event as FinelineEvent) : undefined;
}
