// Real sockets on both ends: what is refused must not be connected to, whatever it is called.
import { afterEach, describe, expect, it } from '@jest/globals';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { Closers, SELF_SIGNED, eventually } from '#testing';
import type { WebhookSettings } from './webhook-channel.js';
import { WebhookChannel } from './webhook-channel.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const closers = new Closers();

afterEach(() => closers.close());

interface Listener {
  readonly port: number;
  connections: number;
  readonly requests: IncomingMessage[];
}

async function listen(server: Server, host = '127.0.0.1'): Promise<Listener> {
  const listener: Listener = { port: 0, connections: 0, requests: [] };
  server.on('connection', () => (listener.connections += 1));
  server.prependListener('request', (request: IncomingMessage) => listener.requests.push(request));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  closers.add(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return Object.assign(listener, { port: (server.address() as AddressInfo).port });
}

const serve = (answer: RequestListener, host?: string): Promise<Listener> => listen(createServer(answer), host);

function channel(changes: Partial<WebhookSettings> & { exempt?: string[]; ports?: number[] } = {}): WebhookChannel {
  const { exempt = [], ports = [443], ...settings } = changes;
  const policy = { allowHttp: true, ports, exempt };
  const made = new WebhookChannel({ policy, timeoutMs: 60_000, now: Date.now, ...settings });
  closers.add(() => made.close());
  return made;
}

const message = (address: string, body = '{"a":1}') => ({ id: 'ntc_1', address, secret: SECRET, body });
const exemptAt = (port: number): string[] => [`127.0.0.1:${port}`];

describe('a webhook', () => {
  it('is signed so that the independent verifier accepts it, and a 2xx is success', async () => {
    let body = '';
    const listener = await serve((request, response) => {
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => response.writeHead(204).end());
    });
    const url = `http://127.0.0.1:${listener.port}/hook?x=1`;
    const delivery = await channel({ exempt: exemptAt(listener.port) }).deliver(message(url, '{"订单":1}'));
    expect(delivery).toEqual({ kind: 'sent', outcome: 'http-204' });
    const { headers, url: path } = listener.requests[0]!;
    expect(path).toBe('/hook?x=1');
    expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toEqual({ 订单: 1 });
  });

  it.each([
    [500, 'retry'],
    [404, 'retry'],
    [302, 'retry'],
    [410, 'gone'],
  ])('takes %d as %s', async (status, kind) => {
    const listener = await serve((_request, response) => response.writeHead(status).end());
    const delivery = await channel({ exempt: exemptAt(listener.port) }).deliver(
      message(`http://127.0.0.1:${listener.port}`),
    );
    expect(delivery).toMatchObject({ kind, outcome: `http-${status}` });
  });

  it.each([429, 502, 503, 504])('waits as %d asks it to', async (status) => {
    const listener = await serve((_request, response) => response.writeHead(status, { 'retry-after': '77' }).end());
    const delivery = await channel({ exempt: exemptAt(listener.port) }).deliver(
      message(`http://127.0.0.1:${listener.port}`),
    );
    expect(delivery).toEqual({ kind: 'retry', outcome: `http-${status}`, notBeforeMs: 77_000 });
  });

  it.each([302, 307])('does not follow a redirect (%d)', async (status) => {
    const inner = await serve((_request, response) => response.end());
    const location = `http://127.0.0.1:${inner.port}/secret`;
    const outer = await serve((_request, response) => response.writeHead(status, { location }).end('x'));
    const exempt = [...exemptAt(outer.port), ...exemptAt(inner.port)];
    expect(await channel({ exempt }).deliver(message(`http://127.0.0.1:${outer.port}`))).toMatchObject({
      kind: 'retry',
    });
    expect(inner.connections).toBe(0);
  });

  it('gives up on an answer that does not come', async () => {
    const listener = await serve(() => undefined);
    const delivery = await channel({ exempt: exemptAt(listener.port), timeoutMs: 200 }).deliver(
      message(`http://127.0.0.1:${listener.port}`),
    );
    expect(delivery).toMatchObject({ kind: 'retry', outcome: 'timeout' });
  });

  it('reads no more of an endless answer than it must', async () => {
    let poured = 0;
    let isCutOff = false;
    const listener = await serve((request, response) => {
      request.resume();
      response.writeHead(200);
      response.on('close', () => (isCutOff = true));
      const pour = (): void => {
        poured += 1;
        if (!response.destroyed) response.write('x'.repeat(65_536), pour);
      };
      pour();
    });
    const delivery = await channel({ exempt: exemptAt(listener.port) }).deliver(
      message(`http://127.0.0.1:${listener.port}`),
    );
    expect(delivery).toEqual({ kind: 'sent', outcome: 'http-200' });
    await eventually(() => isCutOff);
    // Of 64 KiB each: what fits into the buffers of two sockets, and not what an endless reader would take.
    expect(poured).toBeLessThan(500);
  });

  it('refuses a certificate nobody vouches for, and a name nobody has', async () => {
    const listener = await listen(createTlsServer(SELF_SIGNED, (_request, response) => response.end()));
    const exempt = [`localhost:${listener.port}`, 'nowhere.invalid:443'];
    expect(await channel({ exempt }).deliver(message(`https://localhost:${listener.port}`))).toMatchObject({
      kind: 'retry',
      outcome: 'tls',
    });
    expect(listener.requests).toEqual([]);
    expect(await channel({ exempt }).deliver(message('https://nowhere.invalid'))).toMatchObject({
      kind: 'retry',
      outcome: 'name-unknown',
    });
  });

  it('sends nothing without a sound secret or with too much to say', async () => {
    const address = 'https://example.com/';
    const sender = channel();
    expect(await sender.deliver({ ...message(address), secret: null })).toMatchObject({ outcome: 'no-secret' });
    expect(await sender.deliver({ ...message(address), secret: 'whsec_short' })).toMatchObject({
      outcome: 'bad-secret',
    });
    expect(await sender.deliver(message(address, 'x'.repeat(20_000)))).toMatchObject({ outcome: 'too-large' });
  });
});

describe('an address inside', () => {
  const PRIVATE = [
    '127.0.0.1',
    '[::1]',
    '0.0.0.0',
    '[::]',
    '0177.0.0.1',
    '2130706433',
    '0x7f.1',
    '127.1',
    '127.0.0.1.',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    'localhost',
    'localhost.',
    'LOCALHOST',
    '１２７.0.0.1',
  ];

  it.each(PRIVATE)('is not connected to as %s', async (host) => {
    const listener = await serve((_request, response) => response.end(), '::');
    const sender = channel({ ports: [listener.port] });
    const delivery = await sender.deliver(message(`http://${host}:${listener.port}/`));
    // Some resolvers do not know `localhost.` at all.
    expect(['refused-target', ...(host === 'localhost.' ? ['name-unknown'] : [])]).toContain(delivery.outcome);
    expect(listener.connections).toBe(0);
  });

  it.each([
    '169.254.169.254',
    '100.64.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '[fd00::1]',
    '[fe80::1]',
    '224.0.0.1',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '255.255.255.255',
  ])('%s is refused', async (host) => {
    expect(await channel().deliver(message(`https://${host}/`))).toMatchObject({ outcome: 'refused-target' });
  });

  it.each([
    ['only private', [['127.0.0.1']]],
    ['public and private at once', [['93.184.216.34', '127.0.0.1']]],
    ['mapped into IPv6', [['::ffff:127.0.0.1']]],
  ])('is not reached through a name that resolves to it (%s)', async (_how, [answers]) => {
    const listener = await serve((_request, response) => response.end());
    const sender = channel({
      ports: [listener.port],
      resolve: (_hostname, _options, callback) =>
        callback(
          null,
          (answers as string[]).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        ),
    });
    const delivery = await sender.deliver(message(`http://rebind.example:${listener.port}/`));
    expect(delivery).toMatchObject({ kind: 'failed', outcome: 'refused-target' });
    expect(listener.connections).toBe(0);
  });

  it('is not reached by a name that changes its answer: one lookup for each connection, and what it said is used', async () => {
    const listener = await serve((_request, response) => response.end());
    let lookups = 0;
    const sender = channel({
      ports: [listener.port],
      // Where the first connection hangs, this is what the test takes; the second lookup must be made within it.
      timeoutMs: 3_000,
      resolve: (_hostname, _options, callback) => {
        lookups += 1;
        // TEST-NET would be refused; this is a public address where nothing of ours listens.
        callback(null, [{ address: lookups === 1 ? '192.31.196.1' : '127.0.0.1', family: 4 }]);
      },
    });
    const first = await sender.deliver(message(`http://rebind.example:${listener.port}/`));
    expect(first).not.toMatchObject({ kind: 'sent' });
    expect(lookups).toBe(1);
    expect(await sender.deliver(message(`http://rebind.example:${listener.port}/`))).toMatchObject({
      outcome: 'refused-target',
    });
    expect(listener.connections).toBe(0);
  });

  it('is not reached because its name is exempt on another port', async () => {
    const listener = await serve((_request, response) => response.end());
    const sender = channel({ ports: [listener.port], exempt: ['localhost:1'] });
    expect(await sender.deliver(message(`http://localhost:${listener.port}/`))).toMatchObject({
      outcome: 'refused-target',
    });
    expect(listener.connections).toBe(0);
  });

  it.each([
    'http://good.example@127.0.0.1/',
    'https://evil.example#@good.example/',
    'https://good.example\\@evil.example/',
    'https://good.example\t.evil.example/',
    'https://good.example/\r\nX-Injected: 1',
    'ftp://good.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'good.example',
    'https://good.example:22/',
    'https://good.example:6379/',
    'https://good.example:5432/',
    'https://good.example:9092/',
  ])('%j is no address to send to', async (address) => {
    expect(await channel().deliver(message(address))).toMatchObject({ kind: 'failed', outcome: 'refused-target' });
  });

  it('takes plain http only where it is allowed', async () => {
    const policy = { allowHttp: false, ports: [80, 443], exempt: [] };
    expect(await channel({ policy }).deliver(message('http://good.example/'))).toMatchObject({
      detail: 'only https is allowed',
    });
  });
});
