// The pure part: an order judged with every rulebook loaded, an event read and folded, warm, on one core. No I/O.
import type { ParsedEvent } from '#contracts';
import { readLogRecord } from '#contracts';
import type { EvaluationContext, OrderEvent, OrderState, ParcelState, ScanEvent, Shipment } from '#domain';
import { emptyOrder, emptyParcel, evaluateOrder, foldOrder, foldParcel, orderFacts } from '#domain';
import { RulebookHolder } from '#tracking';
import { calibrate } from './calibration.js';
import { ALL_HAPPENED, benchRecords } from './events.js';
import type { BenchOptions } from './options.js';
import type { Contestant, RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';

const ORDERS = 1_000;
const DEFAULT_CALLS = 300_000;
const HEADERS = { 'content-type': 'application/cloudevents+json' };

export async function projection({ postgresUrl, rounds, count }: BenchOptions): Promise<RoundsResult> {
  const calls = count ?? DEFAULT_CALLS;
  const rulebook = RulebookHolder.fromFolder('rulebooks', (_tenant, error) => {
    throw error;
  }).base;
  const records = [...benchRecords(ORDERS)];
  const events = records.map(({ value }) => parsed(value));
  const temu = shipmentsOf(events, 'temu');
  const tiktok = shipmentsOf(events, 'tiktok-shop');
  const context = contextAt(ALL_HAPPENED);
  const contestants = [
    timed(
      'evaluate, 4 deadlines (Temu US)',
      calls,
      (i) => evaluateOrder(temu[i % temu.length]!, rulebook, context).length,
    ),
    timed(
      'evaluate, 4 deadlines (TikTok US)',
      calls,
      (i) => evaluateOrder(tiktok[i % tiktok.length]!, rulebook, context).length,
    ),
    timed('fold one event', calls, (i) => fold(events[i % events.length]!)),
    timed('read one record', calls, (i) => Number(parsed(records[i % records.length]!.value).time)),
  ];
  return runRounds(rounds, contestants, [], () => calibrate(postgresUrl));
}

function timed(name: string, calls: number, call: (index: number) => number): Contestant {
  return {
    name,
    run: async () => {
      let sum = 0;
      for (let i = 0; i < calls / 10; i++) sum += call(i);
      const before = process.cpuUsage();
      for (let i = 0; i < calls; i++) sum += call(i);
      const { user, system } = process.cpuUsage(before);
      if (sum < 0) throw new Error('never: keeps the calls from being dropped');
      return { cpuMicrosPerCall: (user + system) / calls };
    },
  };
}

/** Folds into the state of a parcel or order that has nothing yet. */
function fold(event: ParsedEvent): number {
  if (event.type === 'parcel.scanned') {
    return foldParcel(emptyParcel(event.tenantId, event.data.trackingNumber), event as ScanEvent).scans.length;
  }
  return foldOrder(emptyOrder(event.tenantId, 'any'), event as OrderEvent).revisions.length;
}

function shipmentsOf(events: readonly ParsedEvent[], platform: string): Shipment[] {
  const parcels = new Map<string, ParcelState>();
  const orders = new Map<string, OrderState>();
  for (const event of events) {
    if (event.type === 'parcel.scanned') {
      const number = event.data.trackingNumber;
      parcels.set(number, foldParcel(parcels.get(number) ?? emptyParcel(event.tenantId, number), event as ScanEvent));
    } else if ('orderId' in event.data && event.data.orderId) {
      const { orderId } = event.data;
      orders.set(orderId, foldOrder(orders.get(orderId) ?? emptyOrder(event.tenantId, orderId), event as OrderEvent));
    }
  }
  const shipments = [...orders.values()].map((order) => ({
    order,
    facts: orderFacts(order),
    parcels: own(order, parcels),
  }));
  return shipments.filter(({ facts }) => facts?.platform === platform);
}

function own(order: OrderState, parcels: ReadonlyMap<string, ParcelState>): Map<string, ParcelState> {
  return new Map(order.parcels.map(({ trackingNumber }) => [trackingNumber, parcels.get(trackingNumber)!]));
}

function contextAt(asOf: number): EvaluationContext {
  const none = (): undefined => undefined;
  return { asOf, waivers: [], rateOf: none, missHistory: none, groupDay: none, otherUses: () => [] };
}

function parsed(value: Buffer): ParsedEvent {
  const read = readLogRecord({ value, headers: HEADERS });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.event;
}
