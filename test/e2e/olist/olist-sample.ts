// The Olist sample as events: real orders, real deadlines of a platform, real hand-overs to carriers. Evaluation only: its licence
// keeps the data out of this repository.
import { createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import type { SentEvent } from '../system/intake-sender.js';
import { cloudEvent } from '../system/intake-sender.js';

type Row = Readonly<Record<string, string>>;

export const OLIST_FILES = ['orders', 'order_items', 'sellers'] as const;
export type OlistFile = (typeof OLIST_FILES)[number];

/** `FINELINE_OLIST_DIR`, else the folder `shared/data/olist` beside the repository. */
export function olistFolder(): string {
  return path.resolve(process.env['FINELINE_OLIST_DIR'] ?? '../shared/data/olist');
}

export function isOlistHere(): boolean {
  return OLIST_FILES.every((file) => existsSync(olistPath(file)));
}

export function olistPath(file: OlistFile): string {
  return path.join(olistFolder(), `${file}.csv.gz`);
}

/** Every order of the sample with its label and first carrier scan, in the order of the file. */
export async function olistEvents(): Promise<SentEvent[]> {
  const [orders, items, sellers] = await Promise.all(OLIST_FILES.map(rowsOf));
  const itemsOf = new Map<string, Row[]>();
  for (const item of items!) {
    const orderId = item['order_id']!;
    itemsOf.set(orderId, [...(itemsOf.get(orderId) ?? []), item]);
  }
  const stateOf = new Map(sellers!.map(({ seller_id, seller_state }) => [seller_id, seller_state]));
  return orders!.flatMap((order) => eventsOf(order, itemsOf.get(order['order_id']!) ?? [], stateOf));
}

/**
 * An order without approval is placed at its purchase. One without items, for which the platform named no deadline, is sent with one
 * line of nothing and no deadline. Cancellations are not sent, because the sample does not say when they happened.
 */
function eventsOf(
  order: Row,
  items: readonly Row[],
  stateOf: ReadonlyMap<string | undefined, string | undefined>,
): SentEvent[] {
  const orderId = order['order_id']!;
  const [approved, purchased, handedOver] = [
    order['order_approved_at']!,
    order['order_purchase_timestamp']!,
    order['order_delivered_carrier_date']!,
  ];
  const placedAt = instant(approved || purchased);
  const limits = items.map((item) => item['shipping_limit_date']!).sort();
  const sellerId = items[0]?.['seller_id'] ?? 'none';
  const trackingNumber = `OL${orderId.slice(0, 30)}`;
  const placed = cloudEvent('order.placed', `${orderId}/placed`, placedAt, {
    ...{ orderId, platform: 'olist', market: 'BR', sellerId, shopId: sellerId, currency: 'BRL' },
    clocks: { placedAt },
    ...(limits[0] && { platformDeadlines: { shipBy: instant(limits[0]) } }),
    shipFrom: { country: 'BR', region: stateOf.get(sellerId) },
    lines: items.length > 0 ? items.map(lineOf) : [{ lineId: 'none', quantity: 1, unitPriceMinor: 0 }],
  });
  const label = { orderId, trackingNumber, uploadedAt: placedAt };
  const events = [placed, cloudEvent('parcel.labelled', `${orderId}/label`, placedAt, label)];
  return handedOver ? [...events, acceptance(orderId, trackingNumber, instant(handedOver))] : events;
}

function acceptance(orderId: string, trackingNumber: string, occurredAt: string): SentEvent {
  const scan = { trackingNumber, stage: 'accepted', strength: 'direct', occurredAt } as const;
  return cloudEvent('parcel.scanned', `${orderId}/accepted`, occurredAt, scan);
}

function lineOf(item: Row): { lineId: string; sku: string; quantity: number; unitPriceMinor: number } {
  const unitPriceMinor = Math.round(Number(item['price']) * 100);
  return { lineId: item['order_item_id']!, sku: item['product_id']!, quantity: 1, unitPriceMinor };
}

/** The sample names no zone: every time is taken as Brasília standard time, which cancels out of each comparison. */
function instant(local: string): string {
  return `${local.replace(' ', 'T')}-03:00`;
}

async function rowsOf(file: OlistFile): Promise<Row[]> {
  const rows: Row[] = [];
  const records = createReadStream(olistPath(file))
    .pipe(createGunzip())
    .pipe(parse({ columns: true, bom: true }));
  for await (const row of records) rows.push(row as Row);
  return rows;
}
