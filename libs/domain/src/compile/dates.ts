// Dates of a rulebook as instants.
import type { Instant } from '../events.js';
import { parseDate } from '../local-date.js';
import type { DateOrInstant } from '../rule.js';
import { fromLocal, isZone } from '../zone.js';
import type { Reporter } from './reporter.js';

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const LOCAL_TIME = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;

/** A date (start of that day in `zone`) or an RFC 3339 instant; undefined when it is neither. */
export function readInstant(text: DateOrInstant, zone: string): Instant | undefined {
  if (RFC3339.test(text)) {
    const at = Date.parse(text);
    return Number.isNaN(at) ? undefined : at;
  }
  try {
    return fromLocal(parseDate(text), 0, zone);
  } catch {
    return undefined; // parseDate refuses what is no calendar date; the zone was checked before
  }
}

/** The same, reporting a fault and answering `otherwise` when the text is missing or unreadable. */
export function instantOr(text: DateOrInstant | undefined, zone: string, otherwise: Instant, at: Reporter): Instant {
  if (text === undefined) return otherwise;
  const instant = readInstant(text, zone);
  if (instant !== undefined) return instant;
  at.fault(`not a date or an instant: ${text}`, 'write 2026-01-26 or 2026-01-26T00:00:00Z');
  return otherwise;
}

/** Seconds since midnight of `HH:MM` or `HH:MM:SS`; undefined for another form. */
export function secondOfDay(text: string): number | undefined {
  const match = LOCAL_TIME.exec(text);
  return match ? Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0) : undefined;
}

/** An IANA zone, or UTC with a fault reported. */
export function checkedZone(zone: string, at: Reporter): string {
  if (isZone(zone)) return zone;
  at.fault(`unknown time zone: ${zone}`, 'use an IANA name such as America/Los_Angeles');
  return 'UTC';
}
