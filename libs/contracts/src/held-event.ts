// The event in a quarantine entry, for its replay. `raw` is what came; where that is not the event itself (plain JSON, a CSV row),
// intake keeps the event it made of it in a header of the entry.
import type { Envelope } from './cloud-event.js';
import type { EnvelopeResult } from './kafka-binding.js';
import { readRecordEnvelope } from './kafka-binding.js';
import { parseJson } from './json.js';

export const MADE_EVENT_HEADER = 'event';

export interface HeldEntry {
  readonly channel: string;
  readonly raw: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** The envelope as it would be sent on, not yet checked; undefined where what came holds none. */
export function heldEvent(entry: HeldEntry): Envelope | undefined {
  const read = entry.channel === 'log' ? readRecordEnvelope({ ...entry, value: entry.raw }) : fromIntake(entry);
  return read.ok && isEnvelope(read.envelope) ? read.envelope : undefined;
}

/** The headers of a request describe all of it, so they do not say what one refused event of it is. */
function fromIntake({ raw, headers }: HeldEntry): EnvelopeResult {
  const json = parseJson(headers[MADE_EVENT_HEADER] ?? raw ?? '');
  return json.ok ? { ok: true, envelope: json.value } : json;
}

function isEnvelope(value: unknown): value is Envelope {
  return typeof value === 'object' && value !== null && 'specversion' in value;
}
