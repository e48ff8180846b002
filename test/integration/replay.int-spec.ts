// What intake refuses, replayed by the api: the real two on one database and one log.
import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { QuarantineRow } from '#contracts';
import { createLogger } from '#platform';
import { CarrierEndpointStore, withService } from '#storage';
import { RunningApi } from '../../apps/api/src/api.fixture.js';
import { createIntakeApp } from '../../apps/intake/src/intake-app.js';

const DAY_MS = 86_400_000;
const SECRET = 'a secret of the carrier';
const MAP = {
  mapping: 'scans',
  events: [
    {
      type: 'parcel.scanned',
      data: { trackingNumber: 'No', stage: { value: 'accepted' }, strength: { value: 'direct' }, occurredAt: 'At' },
    },
  ],
};

interface Sent {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** What a person is shown of it. */
  readonly shown?: string;
}

type Detail = QuarantineRow & { rawText: string };
type Refusal = { type: string; detail: string; errors?: { pointer: string; detail: string }[] };

let api: RunningApi;
let intake: NestExpressApplication;
let ops: string;
let webhook: string;

beforeAll(async () => {
  api = await RunningApi.start();
  const { dataSource, log, clock } = api;
  intake = await createIntakeApp({ dataSource, log, clock, logger: createLogger('replay-test', 'silent') });
  await intake.listen(0, '127.0.0.1');
  ops = await api.key({ tenantId: 'acme', role: 'ops', name: 'Ops' });
  const endpoint = { tenantId: 'acme', carrier: 'easypost', secret: SECRET };
  const id = await withService(dataSource, (transaction) => new CarrierEndpointStore().create(transaction, endpoint));
  webhook = `/v1/carriers/easypost/webhook/${id}`;
});
afterAll(async () => {
  await intake.close();
  await api.close();
});

function scanned(trackingNumber: string, occurredAt: string) {
  return { trackingNumber, stage: 'accepted', strength: 'direct', occurredAt };
}

function cloudEvent(data: ReturnType<typeof scanned>) {
  const { trackingNumber: id, occurredAt: time } = data;
  return { specversion: '1.0', id, source: '/carrier', type: 'com.fineline.parcel.scanned.v1', time, data };
}

function events(contentType: string, body: unknown, more: Record<string, string> = {}): Sent {
  const headers = { Authorization: `Bearer ${ops}`, 'Content-Type': contentType, ...more };
  return { path: '/v1/events', headers, body: JSON.stringify(body) };
}

function csv(row: string): Sent {
  const { headers } = events('text/csv', '');
  const path = `/v1/csv?map=${encodeURIComponent(JSON.stringify(MAP))}`;
  return { path, headers, body: `No,At\n${row}\n`, shown: `${row}\n` };
}

function easypost(...details: object[]): Sent {
  const body = JSON.stringify({
    object: 'Tracker',
    tracking_code: 'CARRIER1234',
    carrier: 'UPS',
    tracking_details: details,
  });
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  return {
    path: webhook,
    headers: { 'Content-Type': 'application/json', 'X-Hmac-Signature': `hmac-sha256-hex=${signature}` },
    body,
  };
}

async function send({ path, headers, body }: Sent): Promise<number> {
  const { port } = intake.getHttpServer().address() as AddressInfo;
  return (await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body })).status;
}

/** Sends it and answers what quarantine holds of it, newest first. */
async function held(sent: Sent): Promise<Detail[]> {
  const list = async () => (await api.get<{ rows: QuarantineRow[] }>('/v1/quarantine', ops)).body.rows;
  const before = new Set((await list()).map(({ quarantineId }) => quarantineId));
  await send(sent);
  const added = (await list()).filter(({ quarantineId }) => !before.has(quarantineId));
  return Promise.all(
    added.map(async ({ quarantineId }) => (await api.get<Detail>(`/v1/quarantine/${quarantineId}`, ops)).body),
  );
}

const replay = ({ quarantineId }: Detail) =>
  api.post<Refusal>(`/v1/quarantine/${quarantineId}/replay`, ops, { reason: 'mended' });

/** Every event in the log. */
async function logged(): Promise<{ type: string; data: Record<string, unknown> }[]> {
  const rows = await api.dataSource.query<{ value: Buffer }[]>('SELECT value FROM event_log');
  return rows.map(({ value }) => JSON.parse(String(value)));
}

describe('replay of what intake refused', () => {
  it.each<[string, (at: string) => Sent]>([
    ['one CloudEvent', (at) => events('application/cloudevents+json', cloudEvent(scanned('SINGLE1234', at)))],
    [
      'an item of a batch',
      (at) => events('application/cloudevents-batch+json', [cloudEvent(scanned('BATCH1234', at))]),
    ],
    [
      'binary mode',
      (at) => {
        const { data, ...attributes } = cloudEvent(scanned('BINARY1234', at));
        const headers = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value] as const);
        return events('application/json', data, Object.fromEntries(headers));
      },
    ],
    ['plain JSON', (at) => events('application/json', { type: 'parcel.scanned', ...scanned('PLAIN1234', at) })],
    [
      'an item of plain JSON',
      (at) => {
        const item = { type: 'parcel.scanned', ...scanned('PLAINS1234', at) };
        return { ...events('application/json', [item]), shown: JSON.stringify(item) };
      },
    ],
    ['a row of a file', (at) => csv(`ROW1234,${at}`)],
    ['a carrier’s scan', (at) => easypost({ status: 'in_transit', datetime: at.replace('Z', '+00:00') })],
  ])(
    '%s that is still in the future stays held with the reason, and goes on once its time has come',
    async (_, make) => {
      const sent = make(new Date(api.clock.now() + 2 * DAY_MS).toISOString());
      const before = (await logged()).length;
      const [entry, ...others] = await held(sent);
      expect(others).toEqual([]);
      if (sent.shown) expect(entry!.rawText).toBe(sent.shown);

      const early = await replay(entry!);
      expect([early.status, early.body.type]).toEqual([422, 'urn:fineline:problem:still-not-valid']);
      expect(early.body.errors).toContainEqual(
        expect.objectContaining({ pointer: '/data/occurredAt', code: 'in-the-future' }),
      );
      expect(await logged()).toHaveLength(before);

      api.clock.advance(2 * DAY_MS);
      expect(await replay(entry!)).toMatchObject({ status: 200, body: { status: 'replayed' } });
      const [added, ...more] = (await logged()).slice(before);
      expect(more).toEqual([]);
      expect(added).toMatchObject({ type: 'com.fineline.parcel.scanned.v1', tenantid: 'acme' });
    },
  );

  it('sends on what the key was not allowed to send', async () => {
    const seller = await api.key({ tenantId: 'acme', role: 'seller', sellerId: 's-1', name: 'S' });
    const fine = (chargeId: string) => ({
      type: 'fine.levied',
      ...{ sellerId: 's-2', platform: 'temu', chargeId, amountMinor: 500, currency: 'USD' },
      leviedAt: new Date(api.clock.now()).toISOString(),
    });
    const { headers, ...sent } = events('application/json', [fine('c-1'), fine('c-2')]);
    const entries = await held({ ...sent, headers: { ...headers, Authorization: `Bearer ${seller}` } });
    expect(entries.map(({ faults }) => faults[0]!.pointer)).toEqual(['/data/sellerId', '/data/sellerId']);
    for (const entry of entries) expect((await replay(entry)).status).toBe(200);
    const charges = (await logged()).map(({ data }) => data['chargeId']).filter(Boolean);
    expect(charges.sort()).toEqual(['c-1', 'c-2']);
  });

  it.each<[string, () => Sent]>([
    ['a row that did not map', () => csv('ROW1234,lunchtime')],
    ['a text that is not JSON', () => ({ ...events('application/json', ''), body: '{"type":' })],
    ['a plain item that is no object', () => events('application/json', 7)],
    ['a part of a carrier’s message', () => easypost({ status: 'in_transit', datetime: 'lunchtime' })],
  ])('says of %s that it cannot be replayed, and what to do', async (_, make) => {
    const before = (await logged()).length;
    const [entry] = await held(make());
    const { status, body } = await replay(entry!);
    expect([status, body.type]).toEqual([422, 'urn:fineline:problem:not-replayable']);
    expect(body.detail).toContain('sent again, corrected');
    expect(await logged()).toHaveLength(before);
  });
});
