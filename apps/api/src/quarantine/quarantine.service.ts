import type {
  EventRecord,
  HeldEntry,
  QuarantineRow as QuarantineView,
  quarantineDetail,
  quarantinePage,
  quarantineQuery,
  settleAnswer,
} from '#contracts';
import { acceptEvent, heldEvent } from '#contracts';
import { ProblemException } from '#platform';
import type { QuarantineDetail, QuarantineEntry, Transaction } from '#storage';
import { AuditStore, QuarantineStore, countHeld } from '#storage';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import type { Person } from '../auth/person.js';
import { actorName } from '../auth/person.js';
import { PersonalRecord, notFound } from '../personal-record.js';

type Query = z.output<typeof quarantineQuery>;
type Settlement = z.output<typeof settleAnswer>;
const SHOWN_BYTES = 65_536;
const NOT_REPLAYABLE =
  'No event could be read from what came, so that it cannot be replayed. Have it sent again, corrected, and dismiss the entry.';

@Injectable()
export class QuarantineService {
  private readonly entries = new QuarantineStore();
  private readonly audit = new AuditStore();

  constructor(
    @Inject(PersonalRecord) private readonly record: PersonalRecord,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  async list(person: Person, { status, limit, cursor }: Query): Promise<z.output<typeof quarantinePage>> {
    if (cursor !== undefined && !/^\d{1,18}$/.test(cursor))
      throw new ProblemException(400, 'bad-cursor', 'No such page.');
    const found = await this.record.as(person, (transaction) =>
      this.entries.list(transaction, { limit: limit + 1, beforeId: cursor, status }),
    );
    const rows = found.slice(0, limit).map(viewOf);
    return { rows, nextCursor: found.length > limit ? (rows.at(-1)?.quarantineId ?? null) : null };
  }

  async count(person: Person): Promise<{ held: number }> {
    return { held: await this.record.as(person, countHeld) };
  }

  async detail(person: Person, id: string): Promise<z.output<typeof quarantineDetail>> {
    const entry = await this.record.as(person, (transaction) => this.entries.get(transaction, id));
    if (!entry) throw notFound('quarantine entry');
    const rawText = entry.raw?.subarray(0, SHOWN_BYTES).toString('utf8') ?? null;
    return { ...viewOf(entry), headers: entry.headers, rawText, rawBytes: entry.raw?.length ?? 0 };
  }

  /** Appended before the entry is closed: a crash between the two sends the event again, and evidence takes it once. */
  replay(person: Person, id: string, request: { reason: string; by?: string }): Promise<Settlement> {
    return this.record.as(person, async (transaction) => {
      const entry = await this.heldEntry(transaction, id);
      const { topic, ...record } = this.recordOf(entry, person);
      await this.options.log.append(topic, [record]);
      return this.close(transaction, person, id, 'replayed', request);
    });
  }

  dismiss(person: Person, id: string, request: { reason: string; by?: string }): Promise<Settlement> {
    return this.record.as(person, async (transaction) => {
      await this.heldEntry(transaction, id);
      return this.close(transaction, person, id, 'dismissed', request);
    });
  }

  private async heldEntry(transaction: Transaction, id: string): Promise<QuarantineDetail> {
    const entry = await this.entries.get(transaction, id);
    if (!entry) throw notFound('quarantine entry');
    if (entry.status !== 'held')
      throw new ProblemException(409, 'already-settled', `The entry is already ${entry.status}.`);
    return entry;
  }

  /** The event as intake would take it in now, or 422 with what is still wrong with it. */
  private recordOf(entry: HeldEntry, { tenantId }: Person): EventRecord {
    const event = heldEvent(entry);
    if (!event) throw new ProblemException(422, 'not-replayable', NOT_REPLAYABLE);
    const { clock, maxAheadMs } = this.options;
    const accepted = acceptEvent(event, { tenantId, receivedAt: clock.now(), maxAheadMs });
    if (accepted.ok) return accepted.record;
    throw new ProblemException(422, 'still-not-valid', 'The entry still cannot be taken in; it stays held.', {
      errors: accepted.faults,
    });
  }

  private async close(
    transaction: Transaction,
    person: Person,
    id: string,
    status: 'replayed' | 'dismissed',
    { reason, by }: { reason: string; by?: string },
  ): Promise<Settlement> {
    const actor = actorName(person, by);
    const now = this.options.clock.now();
    const settle = status === 'replayed' ? this.entries.markReplayed : this.entries.dismiss;
    if (!(await settle.call(this.entries, transaction, id, actor, now))) {
      throw new ProblemException(409, 'already-settled', 'Somebody else settled the entry meanwhile.');
    }
    const subject = `quarantine/${id}`;
    await this.audit.add(transaction, {
      tenantId: person.tenantId,
      actor,
      action: `quarantine.${status}`,
      subject,
      reason,
    });
    return { quarantineId: id, status };
  }
}

function viewOf(entry: QuarantineEntry): QuarantineView {
  const { quarantineId, channel, reason, status, settledBy } = entry;
  return {
    quarantineId,
    channel,
    reason,
    faults: [...entry.faults],
    status,
    arrivedAt: new Date(entry.arrivedAt).toISOString(),
    settledAt: entry.settledAt === null ? null : new Date(entry.settledAt).toISOString(),
    settledBy,
  };
}
