import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { EventSender, UndeliverableError } from './event-sender.js';

type Handler = (request: IncomingMessage, response: ServerResponse, call: number) => void;

let closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.map((close) => close()));
  closing = [];
});

async function intake(handler: Handler): Promise<{ url: string; keys: string[] }> {
  const keys: string[] = [];
  const server = createServer((request, response) => {
    keys.push(String(request.headers['idempotency-key']));
    request.resume().on('end', () => handler(request, response, keys.length));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`, keys };
}

function reply(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const ITEMS = [
  { line: 3, value: { a: 1 } },
  { line: 9, value: { a: 2 } },
];
const RESULTS = [{ status: 202 }, { status: 422, errors: [{ pointer: '/time', detail: 'is wrong' }] }];

function sender(url: string, waited: number[] = []): EventSender {
  return new EventSender({ url, key: 'fl_test_x', attempts: 4, wait: async (ms) => void waited.push(ms) });
}

describe('EventSender', () => {
  it('tells accepted from refused by line, at the right address', async () => {
    const { url } = await intake((request, response) => {
      expect([request.url, request.headers.authorization]).toEqual(['/base/v1/events', 'Bearer fl_test_x']);
      reply(response, 207, { results: RESULTS });
    });
    const refusals = [{ line: 9, pointer: '/time', detail: 'is wrong' }];
    expect(await sender(url).send(ITEMS)).toEqual({ accepted: 1, refusals });
  });

  it('tries again under the same key after 503, 429, 409 and a broken connection, waiting as told', async () => {
    const waited: number[] = [];
    const { url, keys } = await intake((request, response, call) => {
      if (call === 1) reply(response, 503, {}, { 'retry-after': '5' });
      else if (call === 2) request.socket.destroy();
      else if (call === 3) reply(response, 409, {});
      else reply(response, 202, { results: [{ status: 202 }, { status: 202 }] });
    });
    expect(await sender(url, waited).send(ITEMS)).toEqual({ accepted: 2, refusals: [] });
    expect(waited).toEqual([5_000, 1_000, 2_000]);
    expect(new Set(keys).size).toBe(1);
    await sender(url).send(ITEMS);
    expect(new Set(keys).size).toBe(2);
  });

  it('gives up with the last reason when no answer is certain, and at once when the key is wrong', async () => {
    const away = await intake((_request, response) => reply(response, 503, { detail: 'Try again.' }));
    await expect(sender(away.url).send(ITEMS)).rejects.toThrow(/4 attempts: 503 Try again/);
    expect(away.keys).toHaveLength(4);
    const closed = await intake((_request, response) => reply(response, 401, { detail: 'The API key is not valid.' }));
    await expect(sender(closed.url).send(ITEMS)).rejects.toThrow(UndeliverableError);
    expect(closed.keys).toHaveLength(1);
  });

  it('counts a batch that was refused as a whole against each line', async () => {
    const { url } = await intake((_request, response) => reply(response, 413, { detail: 'too large' }));
    const { accepted, refusals } = await sender(url).send(ITEMS);
    expect([accepted, refusals.map(({ line }) => line)]).toEqual([0, [3, 9]]);
  });
});
