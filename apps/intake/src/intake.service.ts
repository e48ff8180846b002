// Takes events in: judge each one, append the good ones to the log durably, keep the refused ones in quarantine.
import { Inject, Injectable } from '@nestjs/common';
import type { EventRecord, Fault, ParsedEvent } from '#contracts';
import { MADE_EVENT_HEADER, acceptEvent } from '#contracts';
import type { EventLog } from '#log';
import type { Clock } from '#platform';
import { AppError } from '#platform';
import type { DataSource, QuarantineRow } from '#storage';
import { QuarantineStore, withService } from '#storage';
import type { ItemResult } from './answer.js';
import { FairTurns } from './fair-turns.js';
import type { IntakeSettings } from './intake.config.js';
import { IntakeMetrics } from './intake.metrics.js';
import { CLOCK, DATA_SOURCE, EVENT_LOG, SETTINGS } from './intake.tokens.js';
import { Ownership } from './ownership.js';
import { forbidden } from './permission.js';
import type { Sender } from './sender.js';
import type { Trace } from './trace.js';

/** One event as it came in, with what is needed to talk about it to its sender. */
export interface IncomingItem {
  readonly envelope: unknown;
  /** What came, for quarantine. */
  raw(): Buffer;
  /** The envelope was made here of what came: quarantine keeps both, one to be seen and one to be replayed. */
  readonly isMade?: boolean;
  /** Faults known before parsing; such an item is refused without looking further. */
  readonly faults?: readonly Fault[];
  /** From a pointer into the envelope to one into what the sender wrote. */
  pointer?(inEnvelope: string): string;
  readonly line?: number;
}

export interface Intake {
  readonly sender: Sender;
  /** Where it came in: `http`, `csv` or a carrier's name. */
  readonly channel: string;
  readonly trace: Trace;
  readonly contentType?: string;
}

/** Judged in one turn: about as much work as a request with a single event. */
const EVENTS_A_TURN = 20;

type Judged =
  | { readonly kind: 'parsed'; readonly event: ParsedEvent; readonly record: EventRecord }
  | { readonly kind: 'refused'; readonly status: 403 | 422; readonly faults: readonly Fault[] };

@Injectable()
export class IntakeService {
  private readonly quarantine = new QuarantineStore();

  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: IntakeSettings,
    @Inject(FairTurns) private readonly turns: FairTurns,
    @Inject(Ownership) private readonly ownership: Ownership,
    @Inject(IntakeMetrics) private readonly metrics: IntakeMetrics,
  ) {}

  /**
   * Resolves when every accepted event is durable in the log and every refused one is in quarantine; one result per item, in
   * order. Rejects with a retryable AppError when either is not possible: the sender then sends all of it again.
   */
  async take(intake: Intake, items: readonly IncomingItem[]): Promise<ItemResult[]> {
    const judged = await this.permit(intake.sender, await this.judgeInTurns(intake, items));
    // Append first: if the record fails afterwards, the repetition is deduplicated by event id, while a doubled quarantine is not.
    await this.append(judged.flatMap((each) => (each.kind === 'parsed' ? [each.record] : [])));
    await this.keep(
      judged.flatMap((each, index) => {
        const item = items[index] as IncomingItem;
        return each.kind === 'refused' ? [quarantineRow(intake, each.faults, item)] : [];
      }),
    );
    return judged.map((each, index) => this.counted(each, items[index] as IncomingItem));
  }

  /** Keeps a request none of whose events could be found. */
  async refuseWhole(intake: Intake, faults: readonly Fault[], raw: Buffer): Promise<void> {
    this.metrics.refusedWhole('unreadable');
    await this.keep([quarantineRow(intake, faults, { envelope: undefined, raw: () => raw })]);
  }

  /** A long list waits for its tenant's next turn again and again. */
  private async judgeInTurns(intake: Intake, items: readonly IncomingItem[]): Promise<Judged[]> {
    const judged: Judged[] = [];
    for (const item of items) {
      if (judged.length > 0 && judged.length % EVENTS_A_TURN === 0)
        await this.turns.next(intake.sender.identity.tenantId);
      judged.push(this.judge(intake, item));
    }
    return judged;
  }

  private judge({ sender, trace }: Intake, { envelope, faults = [] }: IncomingItem): Judged {
    if (faults.length > 0) return { kind: 'refused', status: 422, faults };
    const { tenantId } = sender.identity;
    const { maxAheadMs } = this.settings;
    const accepted = acceptEvent(envelope, { tenantId, receivedAt: this.clock.now(), maxAheadMs, trace });
    if (!accepted.ok) return { kind: 'refused', status: 422, faults: accepted.faults };
    return { kind: 'parsed', event: accepted.event, record: accepted.record };
  }

  private async permit({ identity }: Sender, judged: readonly Judged[]): Promise<Judged[]> {
    const events = judged.flatMap((each) => (each.kind === 'parsed' ? [each.event] : []));
    const ownersOf = await this.ownership.lookUp(identity, events);
    return judged.map((each) => {
      const fault = each.kind === 'parsed' ? forbidden(identity, each.event, ownersOf) : undefined;
      return fault ? { kind: 'refused', status: 403, faults: [fault] } : each;
    });
  }

  private async append(records: readonly EventRecord[]): Promise<void> {
    if (records.length === 0) return;
    const topics = [...new Set(records.map((record) => record.topic))];
    const appended = topics.map((topic) =>
      this.log.append(
        topic,
        records.filter((record) => record.topic === topic),
      ),
    );
    await this.metrics.timeAppend(() => withinTime(Promise.all(appended), this.settings.appendTimeoutMs));
  }

  private async keep(rows: readonly QuarantineRow[]): Promise<void> {
    if (rows.length > 0) await withService(this.dataSource, (transaction) => this.quarantine.add(transaction, rows));
  }

  private counted(judged: Judged, { pointer = (same) => same, line }: IncomingItem): ItemResult {
    const at = line === undefined ? {} : { line };
    if (judged.kind === 'parsed') {
      this.metrics.counted('accepted', 1);
      return { status: 202, id: judged.event.id, source: judged.event.source, ...at };
    }
    this.metrics.counted(judged.status === 403 ? 'forbidden' : 'refused', 1);
    const errors = judged.faults.map((fault) => ({ ...fault, pointer: pointer(fault.pointer) }));
    return { status: judged.status, errors, ...at };
  }
}

function quarantineRow(
  { sender, channel, contentType }: Intake,
  faults: readonly Fault[],
  { envelope, raw, isMade }: IncomingItem,
): QuarantineRow {
  const [first] = faults;
  return {
    tenantId: sender.identity.tenantId,
    channel,
    reason: first ? `${first.pointer || 'input'} ${first.detail}`.slice(0, 500) : 'unreadable',
    faults,
    raw: raw(),
    headers: {
      ...(contentType && { 'content-type': contentType }),
      ...(isMade && { [MADE_EVENT_HEADER]: JSON.stringify(envelope) }),
      sender: sender.label,
    },
  };
}

/** The log may still take them after this; the sender's repetition is then the same events again. */
async function withinTime<Result>(work: Promise<Result>, timeoutMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new AppError('log.timeout', `the log did not confirm within ${timeoutMs} ms`, { retryable: true }));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
