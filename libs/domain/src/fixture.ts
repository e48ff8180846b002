// Builders for the specs of this library: small orders, events and rulebooks with the fields a test does not care about filled in.
import { compileRulebooks } from './compile/compile-rulebooks.js';
import type { CompiledRulebook } from './compile/compiled.js';
import type { EvaluationContext } from './evaluate-types.js';
import type { Instant, OrderEvent, OrderFacts, ScanEvent, ScanStage } from './events.js';
import { orderFacts } from './fold/facts.js';
import { emptyOrder, foldOrder } from './fold/order.js';
import { emptyParcel, foldParcel } from './fold/parcel.js';
import type { BusinessCalendar, Rule, RulebookDocument, RuleOverlay, RuleVersion } from './rule.js';
import type { ParcelState, Shipment } from './state.js';

export const SOURCE = 'test';
const TITLE = { en: 'Test', zh: '测试' };

export function at(text: string): Instant {
  return Date.parse(text);
}

export function monToFri(holidays: Readonly<Record<string, string>> = {}): BusinessCalendar {
  return {
    id: 'mon-fri',
    version: '1',
    workdays: [1, 2, 3, 4, 5],
    holidays: new Map(Object.entries(holidays)),
    extraWorkdays: new Set(),
  };
}

export function facts(changes: Partial<OrderFacts> = {}): OrderFacts {
  return {
    platform: 'temu',
    market: 'US',
    sellerId: 'seller-1',
    clocks: { placedAt: at('2026-03-02T15:00:00Z') },
    currency: 'USD',
    lines: [{ lineId: '1', quantity: 1, unitPriceMinor: 3750 }],
    ...changes,
  };
}

type DataOf<T extends OrderEvent['type']> = Extract<OrderEvent, { type: T }>['data'];
let nextId = 0;

export function orderEvent<T extends OrderEvent['type']>(
  type: T,
  data: Omit<DataOf<T>, 'orderId'>,
  envelope: { id?: string; time?: Instant } = {},
): OrderEvent {
  const id = envelope.id ?? `e${nextId++}`;
  const time = envelope.time ?? 0;
  return { tenantId: 't', source: SOURCE, id, type, time, data: { orderId: 'o1', ...data } } as unknown as OrderEvent;
}

export function placed(changes: Partial<OrderFacts> = {}): OrderEvent {
  return orderEvent('order.placed', facts(changes), { id: 'placed' });
}

export function labelled(trackingNumber: string, uploadedAt: Instant, more: object = {}): OrderEvent {
  return orderEvent('parcel.labelled', { trackingNumber, uploadedAt, ...more });
}

export function scan(
  trackingNumber: string,
  stage: ScanStage,
  occurredAt: Instant,
  more: Partial<ScanEvent['data']> & { id?: string } = {},
): ScanEvent {
  const { id = `s${nextId++}`, ...data } = more;
  const strength = stage === 'label-created' ? 'none' : stage === 'accepted' ? 'direct' : 'implied';
  return {
    tenantId: 't',
    source: SOURCE,
    id,
    type: 'parcel.scanned',
    time: occurredAt,
    data: { trackingNumber, stage, strength, occurredAt, ...data },
  };
}

export function shipment(events: readonly (OrderEvent | ScanEvent)[]): Shipment {
  let order = emptyOrder('t', 'o1');
  const parcels = new Map<string, ParcelState>();
  for (const event of events) {
    if (event.type !== 'parcel.scanned') {
      order = foldOrder(order, event);
      continue;
    }
    const { trackingNumber } = event.data;
    parcels.set(trackingNumber, foldParcel(parcels.get(trackingNumber) ?? emptyParcel('t', trackingNumber), event));
  }
  return { order, facts: orderFacts(order), parcels };
}

export function context(asOf: Instant, more: Partial<EvaluationContext> = {}): EvaluationContext {
  return {
    asOf,
    waivers: [],
    rateOf: () => undefined,
    missHistory: () => undefined,
    groupDay: () => undefined,
    otherUses: () => [],
    ...more,
  };
}

export function version(changes: Partial<RuleVersion> = {}): RuleVersion {
  return {
    version: '1',
    effective: { pickedBy: 'placed' },
    stage: 'enforced',
    sources: ['S'],
    confidence: 'quoted-official',
    clock: { start: 'placed', count: { unit: 'hours', amount: 48 } },
    satisfiedBy: { event: 'accepted' },
    ...changes,
  };
}

export function rule(id: string, ...versions: RuleVersion[]): Rule {
  return { id, title: TITLE, versions: versions.length > 0 ? versions : [version()] };
}

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
    sources: { S: { title: 'Source', url: 'https://example.com', readOn: '2026-11-01' } },
    rules,
    ...changes,
  };
}

export function calendarSource(
  ...calendars: readonly BusinessCalendar[]
): (id: string) => BusinessCalendar | undefined {
  const byId = new Map([monToFri(), ...calendars].map((calendar) => [calendar.id, calendar]));
  return (id) => byId.get(id);
}

export function compiled(
  document: RulebookDocument,
  overlays: readonly RuleOverlay[] = [],
  ...calendars: readonly BusinessCalendar[]
): CompiledRulebook {
  const result = compileRulebooks([document], overlays, calendarSource(...calendars));
  if ('faults' in result) throw new Error(JSON.stringify(result.faults, null, 2));
  return result.rulebook;
}
