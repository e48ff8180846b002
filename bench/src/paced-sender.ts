// One event a request on a timetable, whatever the answers do: what is answered late is late from when it was due to be sent.
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

export interface Timetable {
  readonly url: string;
  readonly key: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** UTC epoch milliseconds to begin at; at once by default. */
  readonly startAt?: number;
  /** Order ids are this and a number. */
  readonly orders: string;
}

export interface Sent {
  readonly byStatus: ReadonlyMap<number, number>;
  /** Of each order answered 202. */
  readonly accepted: ReadonlyMap<string, { readonly dueAt: number; readonly tookMs: number }>;
}

const CONNECTIONS = 64;
const TICK_MS = 2;

export async function sendPaced({ url, key, perSecond, seconds, startAt, orders }: Timetable): Promise<Sent> {
  const pool = new Pool(url, { connections: CONNECTIONS });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const byStatus = new Map<number, number>();
  const accepted = new Map<string, { dueAt: number; tookMs: number }>();
  const send = async (orderId: string, dueAt: number): Promise<void> => {
    const answer = await pool.request({ method: 'POST', path: '/v1/events', headers, body: placed(orderId, dueAt) });
    await answer.body.dump();
    byStatus.set(answer.statusCode, (byStatus.get(answer.statusCode) ?? 0) + 1);
    if (answer.statusCode === 202) accepted.set(orderId, { dueAt, tookMs: Date.now() - dueAt });
  };
  const start = startAt ?? Date.now();
  await sleep(Math.max(0, start - Date.now()));
  const open: Promise<void>[] = [];
  for (let number = 0; number < perSecond * seconds;) {
    for (const planned = (Date.now() - start) / 1_000; number < Math.min(planned, seconds) * perSecond; number++) {
      open.push(send(`${orders}${number}`, start + (number * 1_000) / perSecond));
    }
    await sleep(TICK_MS);
  }
  await Promise.all(open);
  await pool.close();
  return { byStatus, accepted };
}

function placed(orderId: string, at: number): string {
  const order = {
    orderId,
    platform: 'temu',
    market: 'US',
    program: 'semi-managed',
    sellerId: 's',
    shopId: 's',
    warehouseId: 'NJ-1',
  };
  const clocks = { placedAt: new Date(at).toISOString() };
  const places = {
    shipFrom: { country: 'US', region: 'NJ' },
    shipTo: { country: 'US', region: 'TX', timeZone: 'America/Chicago' },
  };
  const lines = [{ lineId: '1', quantity: 1, unitPriceMinor: 1_999 }];
  return JSON.stringify({ type: 'order.placed', ...order, clocks, ...places, currency: 'USD', lines });
}
