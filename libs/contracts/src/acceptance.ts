// What may go to the log: an event that parses, has happened and fits a record. Intake asks for what comes in, the API for what is
// replayed: nothing that intake refuses gets in by a replay.
import type { Envelope, ParsedEvent } from './cloud-event.js';
import { parseCloudEvent } from './cloud-event.js';
import { futureFaults } from './event-time.js';
import type { Fault } from './fault.js';
import { fail } from './fault.js';
import type { EventRecord } from './kafka-binding.js';
import { toLogRecord } from './kafka-binding.js';

/** The largest single event: a Kafka broker takes 1 MB, and an event is one order or one scan. */
const MAX_RECORD_BYTES = 262_144;

/** `trace` is W3C Trace Context. */
export interface Arrival {
  readonly tenantId: string;
  /** UTC epoch milliseconds. */
  readonly receivedAt: number;
  /** How far beyond `receivedAt` an event may claim to have happened. */
  readonly maxAheadMs: number;
  readonly trace?: { readonly traceparent: string; readonly tracestate?: string };
}

export type Acceptance =
  { readonly ok: true; readonly event: ParsedEvent; readonly record: EventRecord } | { ok: false; faults: Fault[] };

/** The event and the record to append, or what is wrong. Never throws. Who may send it is not asked here. */
export function acceptEvent(envelope: unknown, { tenantId, receivedAt, maxAheadMs, trace }: Arrival): Acceptance {
  const parsed = parseCloudEvent(envelope, { tenantId });
  if (!parsed.ok) return parsed;
  const ahead = futureFaults(parsed.event, receivedAt + maxAheadMs);
  if (ahead.length > 0) return { ok: false, faults: ahead };
  const record = toLogRecord(envelope as Envelope, parsed.event, receivedAt, { ...trace });
  if (record.value.byteLength > MAX_RECORD_BYTES) return fail('', 'too-many-bytes', { maximum: MAX_RECORD_BYTES });
  return { ok: true, event: parsed.event, record };
}
