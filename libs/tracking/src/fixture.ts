// Builders for the tests of this library: a small rulebook, events with the fields a test does not care about, a service on a database.
import type { BusinessCalendar, CompiledRulebook, Rule, RulebookDocument, RuleOverlay, RuleVersion } from '#domain';
import { compileRulebooks } from '#domain';
import type { ParsedEvent } from '#contracts';
import { TOPICS, topicOf } from '#contracts';
import { createLogger, isRetryable } from '#platform';
import type { DataSource, DeadlineRow, OrderKey, Transaction } from '#storage';
import { openDataSource, withService } from '#storage';
import type { TestDatabase } from '#testing';
import { createTestDatabase } from '#testing';
import type { LateJudgementSettings } from './late-judgement.js';
import { LateJudgement } from './late-judgement.js';
import { OrderCloser } from './order-closer.js';
import { RulebookHolder } from './rulebook-holder.js';
import type { TrackedEvent } from './tracked-event.js';
import type { BatchOutcome, TrackingOutcome } from './tracking-service.js';
import { TrackingService } from './tracking-service.js';

export const TENANT = 'acme';
const DAY_MS = 86_400_000;
const SILENT = createLogger('test', 'silent');
export const MUCH_LATER = Date.now() + 1_000 * DAY_MS;
const TITLE = { en: 'Test', zh: '测试' };

export const at = (text: string): number => Date.parse(text);

export function version(changes: Partial<RuleVersion> = {}): RuleVersion {
  return {
    version: '1',
    effective: { pickedBy: 'placed' },
    stage: 'enforced',
    sources: ['S'],
    confidence: 'quoted-official',
    clock: { start: 'placed', count: { unit: 'hours', amount: 48 } },
    satisfiedBy: { event: 'accepted' },
    penalty: { amount: { fixed: '5.00' } },
    ...changes,
  };
}

export const SHIP_RULE: Rule = { id: 'SHIP', title: TITLE, versions: [version()] };
export const SCAN_RULE: Rule = {
  id: 'SCAN',
  title: TITLE,
  versions: [version({ per: 'parcel', clock: { start: 'labelled', count: { unit: 'hours', amount: 24 } } })],
};

export function rulebookDocument(rules: readonly Rule[], changes: Partial<RulebookDocument> = {}): RulebookDocument {
  return {
    rulebook: 'temu-us',
    platform: 'temu',
    markets: ['US'],
    title: TITLE,
    currency: 'USD',
    marketZone: 'America/Los_Angeles',
    zone: 'market',
    calendar: 'mon-fri',
    match: 'all',
    sources: { S: { title: 'Source', readOn: '2026-11-01' } },
    rules,
    ...changes,
  };
}

const MON_TO_FRI: BusinessCalendar = {
  id: 'mon-fri',
  version: '1',
  workdays: [1, 2, 3, 4, 5],
  holidays: new Map(),
  extraWorkdays: new Set(),
};

export function holderOf(
  document: RulebookDocument,
  onFault: (tenantId: string, error: unknown) => void = (_, error) => {
    throw error;
  },
): RulebookHolder {
  const compile = (overlays: readonly RuleOverlay[]): CompiledRulebook => {
    const result = compileRulebooks([document], overlays, () => MON_TO_FRI);
    if ('faults' in result) throw new Error(JSON.stringify(result.faults));
    return result.rulebook;
  };
  return new RulebookHolder(compile, onFault);
}

type Of<Type extends ParsedEvent['type']> = Extract<ParsedEvent, { type: Type }>;
let nextId = 0;

export function event<Type extends ParsedEvent['type']>(
  type: Type,
  data: Of<Type>['data'],
  envelope: { id?: string; time?: number; tenantId?: string } = {},
): ParsedEvent {
  const { id = `e${nextId++}`, time = at('2026-03-02T15:00:00Z'), tenantId = TENANT } = envelope;
  return { tenantId, source: '/test', id, type, time, data } as ParsedEvent;
}

export function placed(orderId: string, changes: Partial<Of<'order.placed'>['data']> = {}, id?: string): ParsedEvent {
  const data = {
    orderId,
    platform: 'temu',
    market: 'US',
    sellerId: 'seller-1',
    warehouseId: 'nj',
    clocks: { placedAt: at('2026-03-02T15:00:00Z') },
    currency: 'USD',
    lines: [{ lineId: '1', quantity: 2, unitPriceMinor: 3750 }],
    ...changes,
  };
  return event('order.placed', data, { id: id ?? `placed-${orderId}` });
}

export function labelled(orderId: string, trackingNumber: string, uploadedAt: number): ParsedEvent {
  return event('parcel.labelled', { orderId, trackingNumber, uploadedAt }, { time: uploadedAt });
}

export function scanned(trackingNumber: string, occurredAt: number, changes: object = {}, id?: string): ParsedEvent {
  const data = { trackingNumber, stage: 'accepted' as const, strength: 'direct' as const, occurredAt, ...changes };
  return event('parcel.scanned', data, { time: occurredAt, id });
}

let nextOffset = 0n;

/** Events as if read from partition 0 of their topic. */
export function tracked(events: readonly ParsedEvent[]): TrackedEvent[] {
  return events.map((each) => ({
    event: each,
    payload: Buffer.from(JSON.stringify(each)),
    topic: topicOf(each.type),
    partition: 0,
    offset: nextOffset++,
  }));
}

/** Again where another transaction was first. */
export async function untilDone(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!isRetryable(error)) throw error;
    }
  }
}

/** A service on a database of its own. */
export class TrackingBench {
  private constructor(
    private readonly database: TestDatabase,
    readonly dataSource: DataSource,
    readonly holder: RulebookHolder,
    readonly tracking: TrackingService,
  ) {}

  static async open(document = rulebookDocument([SHIP_RULE, SCAN_RULE])): Promise<TrackingBench> {
    const database = await createTestDatabase();
    const dataSource = await openDataSource(database.url, { poolSize: 6 });
    const holder = holderOf(document);
    return new TrackingBench(database, dataSource, holder, new TrackingService(holder));
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    await this.database.drop();
  }

  /** One batch in one transaction. Batches hold one topic: orders and scans of `events` are applied one after the other. */
  async apply(
    events: readonly ParsedEvent[],
    now: number,
    options: { readUntil?: number; judgeLater?: boolean } = {},
  ): Promise<BatchOutcome[]> {
    const outcomes: BatchOutcome[] = [];
    for (const topic of [TOPICS.orders, TOPICS.scans]) {
      const own = tracked(events.filter(({ type }) => topicOf(type) === topic));
      if (own.length === 0) continue;
      outcomes.push(await withService(this.dataSource, (tx) => this.tracking.applyBatch(tx, own, now, options)));
    }
    return outcomes;
  }

  /** Judges all orders that were only marked. Answers how many. */
  async judgeLate(now: number, settings: Partial<LateJudgementSettings> = {}): Promise<number> {
    const late = new LateJudgement(this.dataSource, this.tracking, {
      farBehind: Infinity,
      logger: SILENT,
      ...settings,
    });
    for (let judged = 0; ;) {
      const round = await late.round(now);
      judged += round.judged;
      if (!round.hasMore) return judged;
    }
  }

  /** Closes what is over, as if long after everything that was applied. Answers how many orders. */
  async closeOrders(): Promise<number> {
    const { closed } = await new OrderCloser(this.dataSource, this.holder.base, 100 * DAY_MS).round(MUCH_LATER);
    return closed;
  }

  /** Deadline rows without what depends on when they were written, in key order. */
  deadlines(tenantId = TENANT): Promise<(Partial<DeadlineRow> & Record<string, unknown>)[]> {
    return this.dataSource.query(
      `SELECT to_jsonb(d) - 'ladder_since' - 'updated_at' AS row FROM deadline d WHERE tenant_id = $1
       ORDER BY order_id, rule_id, parcel_id`,
      [tenantId],
    );
  }

  query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.dataSource.query(sql, parameters);
  }
}

/** Fails for certain orders as a bug would. */
export class FragileTracking extends TrackingService {
  constructor(
    holder: RulebookHolder,
    private readonly error: Error = new RangeError('no such day'),
  ) {
    super(holder);
  }

  override reevaluate(
    transaction: Transaction,
    orders: readonly OrderKey[],
    ...rest: [now: number, options?: object]
  ): Promise<TrackingOutcome> {
    if (orders.some(({ orderId }) => orderId.startsWith('bad'))) throw this.error;
    return super.reevaluate(transaction, orders, ...rest);
  }
}
