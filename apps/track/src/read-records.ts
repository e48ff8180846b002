// A batch of log records, each either an event or a reason why not.
import type { ParsedEvent } from '#contracts';
import { futureFaults, readLogRecord, readRecordEnvelope } from '#contracts';
import type { LogBatch, StoredRecord } from '#log';
import type { QuarantineRow } from '#storage';
import type { TrackedEvent } from '#tracking';

export interface ReadBatch {
  readonly events: readonly TrackedEvent[];
  readonly unreadable: readonly QuarantineRow[];
}

/** By what an event is told from one that has yet to happen. */
export interface Arrived {
  /** UTC epoch milliseconds. */
  readonly now: number;
  /** How far beyond its arrival an event may claim to have happened. */
  readonly maxAheadMs: number;
}

/** Never throws: what cannot be read, or has yet to happen, becomes a quarantine row, the rest goes on. */
export function readRecords({ topic, partition, records }: LogBatch, arrived: Arrived): ReadBatch {
  const events: TrackedEvent[] = [];
  const unreadable: QuarantineRow[] = [];
  for (const record of records) {
    const read = readLogRecord(record);
    const faults = read.ok ? futureFaults(read.event, latestAt(read.event, arrived)) : read.faults;
    if (read.ok && faults.length === 0) {
      events.push({ event: read.event, payload: record.value!, topic, partition, offset: record.offset });
    } else {
      const reason = faults.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join('; ');
      unreadable.push(quarantineRow({ topic, partition }, record, reason, faults));
    }
  }
  return { events, unreadable };
}

/** Who writes to the log directly was asked by nobody. What intake has accepted by its clock is not refused by ours. */
function latestAt({ receivedAt = -Infinity }: ParsedEvent, { now, maxAheadMs }: Arrived): number {
  return Math.max(now, receivedAt) + maxAheadMs;
}

export function quarantineRow(
  { topic, partition }: Pick<LogBatch, 'topic' | 'partition'>,
  record: StoredRecord,
  reason: string,
  faults: QuarantineRow['faults'] = [],
): QuarantineRow {
  const { value, headers, offset } = record;
  return {
    tenantId: tenantOf(record),
    channel: 'log',
    reason: reason.slice(0, 2_000),
    faults,
    raw: value,
    headers,
    topic,
    partition,
    offset,
  };
}

/** Whose people may see it: what the envelope says, else the first part of the key. */
function tenantOf(record: StoredRecord): string | undefined {
  const read = readRecordEnvelope(record);
  const named = read.ok ? (read.envelope as { tenantid?: unknown } | null)?.tenantid : undefined;
  if (typeof named === 'string') return named;
  const [tenant, subject] = record.key.split('/', 2);
  return subject === undefined ? undefined : tenant;
}
