// Notices end to end against a real mail server and real webhook receivers.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { NoticeStore, withService } from '#storage';
import type { ManualClock, TestDatabase } from '#testing';
import { Closers, createTestDatabase, eventually, localServices, manualClock, uniqueName } from '#testing';
import type { Stage } from './notify.fixture.js';
import { SECRET, TENANT, jobOf, openStage } from './notify.fixture.js';
import type { NotifyOptions } from './notify-options.js';

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: string;
}
interface Call {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let database: TestDatabase;
let clock: ManualClock;
const closers = new Closers();

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => closers.close());
afterAll(() => database.drop());

type Refusal = number | undefined;

async function mailServer(refuse: (mailNumber: number) => Refusal | Promise<Refusal> = () => undefined) {
  const mails: Mail[] = [];
  let seen = 0;
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo: (_address, _session, done) => {
      void Promise.resolve(refuse(seen++)).then((code) =>
        done(code ? Object.assign(new Error('refused'), { responseCode: code }) : undefined),
      );
    },
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : '';
        mails.push({
          from,
          to: envelope.rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString(),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.add(() => new Promise<void>((resolve) => server.close(resolve)));
  return { mails, url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}` };
}

async function receiver(answer: (call: Call, number: number) => number | Promise<number>) {
  const calls: Call[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const call = { headers: request.headers, body };
      calls.push(call);
      void Promise.resolve(answer(call, calls.length)).then((status) =>
        response.writeHead(status, status === 429 ? { 'retry-after': '600' } : {}).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.add(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { calls, host: `127.0.0.1:${port}`, address: `http://127.0.0.1:${port}/hook` };
}

async function open(
  smtpUrl: string,
  exempt: readonly string[] = [],
  more: Partial<NotifyOptions> = {},
): Promise<Stage> {
  clock = manualClock(new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString());
  const stage = await openStage(database.url, localServices().redisUrl, uniqueName('notify'), clock, {
    email: { smtpUrl, from: 'Fineline <fineline@acme.test>', timeoutMs: PATIENT_MS },
    webhook: { policy: { allowHttp: false, ports: [443], exempt }, timeoutMs: PATIENT_MS, now: Date.now },
    attemptMs: PATIENT_MS,
    ...more,
  });
  closers.add(() => stage.close());
  return stage;
}

/** The text part of a mail, decoded. */
function plainText(source: string): string {
  const part = source.split(/^--.*$/m).find((each) => /^Content-Type: text\/plain/m.test(each))!;
  const [head, body] = [part.slice(0, part.indexOf('\r\n\r\n')), part.slice(part.indexOf('\r\n\r\n'))];
  if (/base64/.test(head)) return Buffer.from(body, 'base64').toString();
  return /quoted-printable/.test(head) ? body.replaceAll('=\r\n', '') : body;
}

const subjectOf = ({ source }: Mail): string => /^Subject: (.*)\r$/m.exec(source)![1]!;
const idOf = ({ source }: Mail): string => /^Message-ID: (.*)\r$/m.exec(source)![1]!;

const NO_MAIL = 'smtp://127.0.0.1:9';
/** No test of this file is about a receiver that takes too long. */
const PATIENT_MS = 600_000;
const statuses = (stage: Stage) =>
  stage.rows<{ status: string; outcomes: string[] }>(
    `SELECT n.status, array_agg(a.outcome ORDER BY attempt_id) AS outcomes FROM notice n
     LEFT JOIN notice_attempt a USING (notice_id) GROUP BY n.notice_id, n.status ORDER BY n.notice_id`,
  );
const settled = (stage: Stage, expected: object[]) =>
  eventually(async () => expect(await statuses(stage)).toEqual(expected));

describe('mail', () => {
  it('arrives once, in the language of its reader', async () => {
    const { mails, url } = await mailServer();
    const stage = await open(url);
    await stage.addRecipient({ name: 'Ops\r\nBcc: evil@attacker.test', address: 'ops@acme.test' });
    await stage.addRecipient({ address: 'li@acme.test', language: 'zh', timeZone: 'Asia/Shanghai' });
    await stage.escalate(['o1']);
    expect(await stage.relay()).toBe(2);
    await settled(stage, [
      { status: 'sent', outcomes: ['sent'] },
      { status: 'sent', outcomes: ['sent'] },
    ]);
    expect(mails.map(({ to }) => to).sort()).toEqual([['li@acme.test'], ['ops@acme.test']]);
    const ops = mails.find(({ to }) => to[0] === 'ops@acme.test')!;
    expect(ops.from).toBe('fineline@acme.test');
    expect(ops.source).toMatch(/^Subject: 3 h 0 min left: order o1, 5\.00 USD at risk\r$/m);
    expect(ops.source).toMatch(/^Message-ID: <ntc_\d+@fineline>\r$/m);
    expect(ops.source).not.toMatch(/^Bcc:/im);
    const [row] = await stage.rows('SELECT notified_at IS NOT NULL AS told FROM escalation');
    expect(row).toEqual({ told: true });
  });

  it('says what meets the deadline by the contract that governs', async () => {
    const { mails, url } = await mailServer();
    const stage = await open(url);
    await stage.addRecipient({});
    const contract = {
      ...{ overlayId: 'own', tenantId: TENANT, ruleId: 'OWN-DEADLINE', patch: { satisfiedBy: { event: 'labelled' } } },
      ...{ signedBy: 'Ops', signedAt: '2026-01-01T00:00:00Z', reason: 'contract' },
    };
    await stage.rows(
      `INSERT INTO rule_overlay (tenant_id, overlay_id, body, signed_by) VALUES ($1, 'own', $2, 'Ops')`,
      [TENANT, JSON.stringify(contract)],
    );
    await stage.escalate(['o1']);
    await stage.relay();
    await settled(stage, [{ status: 'sent', outcomes: ['sent'] }]);
    expect(plainText(mails[0]!.source)).toContain('Upload a valid tracking number');
  });

  it('is tried again after a 4xx and given up after a 5xx', async () => {
    const { mails, url } = await mailServer((number) => [451, undefined, 550][number]);
    const stage = await open(url);
    await stage.addRecipient({});
    await stage.escalate(['o1']);
    await stage.relay();
    await settled(stage, [{ status: 'pending', outcomes: ['smtp-451'] }]);
    expect(await stage.relay()).toBe(0);
    clock.advance(5_001);
    expect(await stage.relay()).toBe(1);
    await settled(stage, [{ status: 'sent', outcomes: ['smtp-451', 'sent'] }]);
    expect(mails).toHaveLength(1);
    await stage.escalate(['o2']);
    await stage.relay();
    await settled(stage, [
      { status: 'sent', outcomes: ['smtp-451', 'sent'] },
      { status: 'failed', outcomes: ['smtp-550'] },
    ]);
    await eventually(async () => expect(await stage.queues.notices.failed()).toHaveLength(1));
  });

  it('is one for what waits for the same reader, and each order is told of once', async () => {
    const { mails, url } = await mailServer();
    const stage = await open(url);
    await stage.addRecipient({ steps: ['t-4h'] });
    await stage.addRecipient({ address: 'li@acme.test', language: 'zh' });
    const orders = Array.from({ length: 60 }, (_, index) => `order-${index + 100}`);
    await stage.escalate(orders);
    expect(await stage.relay()).toBe(120);
    await settled(
      stage,
      Array.from({ length: 120 }, () => ({ status: 'sent', outcomes: ['sent'] })),
    );
    // Fifty at most in one, and three jobs of a reader may share the rest among them.
    expect(mails.length).toBeGreaterThanOrEqual(4);
    expect(mails.length).toBeLessThanOrEqual(8);
    for (const reader of ['ops@acme.test', 'li@acme.test']) {
      const texts = mails.filter(({ to }) => to[0] === reader).map(({ source }) => plainText(source));
      const told = texts.flatMap((text) => text.match(/order-\d+/g) ?? []);
      expect(told.sort()).toEqual(orders);
    }
  });

  it('that could not be sent takes nobody else along but those of its attempt', async () => {
    const { mails, url } = await mailServer((number) => (number === 0 ? 451 : undefined));
    const stage = await open(url, [], { perRecipient: 1 });
    await stage.addRecipient({});
    await stage.escalate(['o1', 'o2']);
    await stage.relay();
    await settled(stage, [
      { status: 'pending', outcomes: ['smtp-451'] },
      { status: 'pending', outcomes: ['smtp-451'] },
    ]);
    clock.advance(5_001);
    expect(await stage.relay()).toBe(2);
    await settled(stage, [
      { status: 'sent', outcomes: ['smtp-451', 'sent'] },
      { status: 'sent', outcomes: ['smtp-451', 'sent'] },
    ]);
    expect(mails).toHaveLength(1);
    expect(mails[0]!.source).toMatch(/^Subject: 2 h 59 min left for the first of 2 deadlines, 10\.00 USD at risk\r$/m);
  });

  it('that is being sent is not drawn into the retry of another', async () => {
    let release: () => void = () => undefined;
    let isHeld = false;
    const held = new Promise<undefined>((resolve) => (release = () => resolve(undefined)));
    const { mails, url } = await mailServer((number) => {
      isHeld ||= number === 1;
      return [451, held][number];
    });
    const stage = await open(url);
    await stage.addRecipient({});
    await stage.escalate(['o1']);
    await stage.relay();
    await settled(stage, [{ status: 'pending', outcomes: ['smtp-451'] }]);
    clock.advance(5_001);
    const [second] = await stage.escalate(['o2']);
    await stage.queues.notices.add([jobOf(second!, 0)]);
    await eventually(() => isHeld);
    expect(await stage.relay()).toBe(1);
    await eventually(() => mails.length === 1);
    release();
    await settled(stage, [
      { status: 'sent', outcomes: ['smtp-451', 'sent'] },
      { status: 'sent', outcomes: ['sent'] },
    ]);
    expect(mails.map(({ source }) => plainText(source).match(/^Order: .*$/gm))).toEqual([
      ['Order: o1 (own-shop)'],
      ['Order: o2 (own-shop)'],
    ]);
  });

  it('is sent by another process when the one that had begun died', async () => {
    const { mails, url } = await mailServer();
    const stage = await open(url, [], { perRecipient: 1 });
    await stage.addRecipient({});
    const [first] = await stage.escalate(['o1', 'o2']);
    const leaseEnd = clock.now() + 120_000;
    const begun = await withService(stage.dataSource, (transaction) =>
      new NoticeStore().claim(transaction, first!.noticeId, 0, leaseEnd),
    );
    expect(begun).toHaveLength(2);
    clock.advance(119_999);
    expect(await stage.relay()).toBe(0);
    clock.advance(1);
    expect(await stage.relay()).toBe(2);
    await settled(stage, [
      { status: 'sent', outcomes: ['sent'] },
      { status: 'sent', outcomes: ['sent'] },
    ]);
    expect(mails).toHaveLength(1);
  });

  it('goes to one mailbox or to none', async () => {
    const { mails, url } = await mailServer();
    const stage = await open(url);
    await stage.addRecipient({ address: 'a@acme.test, b@attacker.test' });
    await stage.escalate(['o1']);
    await stage.relay();
    await settled(stage, [{ status: 'failed', outcomes: ['bad-address'] }]);
    expect(mails).toEqual([]);
  });
});

describe('a mail server that takes its time', () => {
  /** Speaks often enough for no silence to be noticed, and never comes to an end. */
  async function tricklingServer(): Promise<{ url: string; connections: () => number }> {
    const sockets = new Set<Socket>();
    const server = createTcpServer((socket) => {
      sockets.add(socket);
      const word = (): void => void (socket.writable && socket.write('250-still here\r\n'));
      socket.on('error', () => undefined);
      socket.on('data', word);
      const trickle = setInterval(word, 20);
      socket.on('close', () => {
        clearInterval(trickle);
        sockets.delete(socket);
      });
      socket.write('220 here\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.add(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => sockets.size };
  }

  it('is given up before the lease is over, also by what waits for a connection, and keeps none', async () => {
    const { url, connections } = await tricklingServer();
    const stage = await open(url, [], { attemptMs: 1_000 });
    // More readers than connections.
    for (let n = 0; n < 7; n++) await stage.addRecipient({ address: `reader-${n}@acme.test` });
    await stage.escalate(['o1']);
    expect(await stage.relay()).toBe(7);
    await settled(
      stage,
      Array.from({ length: 7 }, () => ({ status: 'pending', outcomes: ['timeout'] })),
    );
    await eventually(() => connections() === 0);
  });
});

describe('a webhook', () => {
  it('keeps its id over retries and signs each attempt anew', async () => {
    const { calls, host, address } = await receiver((_call, number) => (number === 1 ? 500 : 200));
    const real = { now: Date.now() };
    const stage = await open(NO_MAIL, [host], {
      webhook: {
        policy: { allowHttp: false, ports: [443], exempt: [host] },
        timeoutMs: PATIENT_MS,
        now: () => real.now,
      },
    });
    await stage.addRecipient({ channel: 'webhook', address, secret: SECRET });
    await stage.escalate(['o1']);
    await stage.relay();
    await settled(stage, [{ status: 'pending', outcomes: ['http-500'] }]);
    clock.advance(5_001);
    real.now += 5_000;
    await stage.relay();
    await settled(stage, [{ status: 'sent', outcomes: ['http-500', 'http-200'] }]);
    const verified = calls.map(({ body, headers }) =>
      new Webhook(SECRET).verify(body, headers as Record<string, string>),
    );
    expect(verified[1]).toMatchObject({ type: 'escalation.raised', data: { orderId: 'o1', step: 't-4h' } });
    expect(calls[0]!.headers['webhook-id']).toBe(calls[1]!.headers['webhook-id']);
    const stamps = calls.map(({ headers }) => Number(headers['webhook-timestamp']));
    expect(stamps[1]! - stamps[0]!).toBe(5);
    expect(calls[0]!.body).toBe(calls[1]!.body);
  });

  it('waits as long as the receiver asks', async () => {
    const { host, address } = await receiver(() => 429);
    const stage = await open(NO_MAIL, [host]);
    await stage.addRecipient({ channel: 'webhook', address, secret: SECRET });
    await stage.escalate(['o1']);
    await stage.relay();
    await settled(stage, [{ status: 'pending', outcomes: ['http-429'] }]);
    clock.advance(599_000);
    expect(await stage.relay()).toBe(0);
    clock.advance(1_000);
    expect(await stage.relay()).toBe(1);
  });

  it('is never sent again to an endpoint that is gone', async () => {
    const { calls, host, address } = await receiver(() => 410);
    const stage = await open(NO_MAIL, [host], { perRecipient: 1 });
    const id = await stage.addRecipient({ channel: 'webhook', address, secret: SECRET });
    await stage.escalate(['o1']);
    await stage.relay();
    await settled(stage, [{ status: 'failed', outcomes: ['http-410'] }]);
    expect(await stage.escalate(['o2'])).toEqual([]);
    expect(calls).toHaveLength(1);
    const [recipient] = await stage.rows('SELECT disabled_at IS NOT NULL AS disabled, disabled_reason FROM recipient');
    expect(recipient).toEqual({ disabled: true, disabled_reason: 'the endpoint answered 410 Gone' });
    expect(
      await stage.rows('SELECT tenant_id, kind, body FROM decision WHERE kind = $1', ['recipient-disabled']),
    ).toEqual([expect.objectContaining({ tenant_id: TENANT, body: expect.objectContaining({ recipientId: id }) })]);
  });

  it('is refused an address inside, and that is the end of it', async () => {
    const { calls, address } = await receiver(() => 200);
    const stage = await open(NO_MAIL);
    await stage.addRecipient({ channel: 'webhook', address, secret: SECRET });
    await stage.escalate(['o1']);
    await stage.relay();
    await settled(stage, [{ status: 'failed', outcomes: ['refused-target'] }]);
    expect(calls).toEqual([]);
  });

  it('is sent once, however many jobs ask for it', async () => {
    const { calls, host, address } = await receiver(() => 200);
    const stage = await open(NO_MAIL, [host]);
    await stage.addRecipient({ channel: 'webhook', address, secret: SECRET });
    const [notice] = await stage.escalate(['o1']);
    await stage.queues.notices.add(Array.from({ length: 20 }, (_, round) => jobOf(notice!, round)));
    await eventually(async () => {
      const { waiting, active, delayed } = await stage.queues.notices.counts();
      return waiting + active + delayed === 0;
    });
    expect(calls).toHaveLength(1);
    expect(await statuses(stage)).toEqual([{ status: 'sent', outcomes: ['http-200'] }]);
  });

  it('that hangs leaves the others alone', async () => {
    let release: (status: number) => void = () => undefined;
    const held = new Promise<number>((resolve) => (release = resolve));
    const hanging = await receiver(() => held);
    const quick = await receiver(() => 200);
    const stage = await open(NO_MAIL, [hanging.host, quick.host], { perRecipient: 2 });
    await stage.addRecipient({ channel: 'webhook', address: hanging.address, secret: SECRET, sellerId: 's1' });
    const orders = Array.from({ length: 15 }, (_, index) => `o${index}`);
    await stage.escalate(orders);
    await stage.relay();
    await eventually(() => hanging.calls.length === 2);
    await stage.addRecipient({ channel: 'webhook', address: quick.address, secret: SECRET, minimumMinor: '1' });
    await stage.rows('UPDATE recipient SET disabled_at = now() WHERE seller_id IS NOT NULL');
    await stage.escalate(['other']);
    await stage.relay();
    await eventually(() => quick.calls.length === 1);
    expect(hanging.calls).toHaveLength(2);
    release(200);
  });
});

describe('what is no longer wanted', () => {
  it.each([
    ['acknowledged', 'withdrawn'],
    ['resolved', 'withdrawn'],
    ['withdrawn', 'withdrawn'],
  ])('is not sent once it is %s', async (status, expected) => {
    const { mails, url } = await mailServer();
    const stage = await open(url);
    await stage.addRecipient({});
    await stage.escalate(['o1']);
    await stage.rows('UPDATE escalation SET status = $1', [status]);
    await stage.relay();
    await settled(stage, [{ status: expected, outcomes: [null] }]);
    expect(mails).toEqual([]);
  });

  it('waits while it is snoozed, and is sent afterwards', async () => {
    const { mails, url } = await mailServer();
    const stage = await open(url);
    await stage.addRecipient({});
    await stage.escalate(['o1']);
    await stage.snooze(clock.now() + 3_600_000);
    await stage.relay();
    await eventually(async () => {
      const [row] = await stage.rows<{ at: Date }>('SELECT next_attempt_at AS at FROM notice');
      return row!.at.getTime() === clock.now() + 3_600_000;
    });
    expect(mails).toEqual([]);
    clock.advance(3_600_000);
    expect(await stage.endSnoozes()).toEqual([]);
    expect(await stage.relay()).toBe(1);
    await settled(stage, [{ status: 'sent', outcomes: ['sent'] }]);
    expect(mails.map(subjectOf)).toEqual(['2 h 0 min left: order o1, 5.00 USD at risk']);
  });

  it('is not sent when the parcel was accepted in the meantime', async () => {
    const { mails, url } = await mailServer();
    const stage = await open(url);
    await stage.addRecipient({});
    await stage.escalate(['o1']);
    await stage.rows(`UPDATE deadline SET status = 'met'`);
    await stage.relay();
    await settled(stage, [{ status: 'withdrawn', outcomes: [null] }]);
    expect(mails).toEqual([]);
  });

  it('is withdrawn without waiting for its escalation, which settling may hold while it waits for the notice', async () => {
    const stage = await open(NO_MAIL);
    const recipientId = await stage.addRecipient({});
    const [first] = await stage.escalate(['o1', 'o2']);
    await stage.rows('UPDATE recipient SET disabled_at = now() WHERE recipient_id = $1', [recipientId]);
    await withService(stage.dataSource, async (transaction) => {
      await transaction.rows('SELECT FROM escalation FOR UPDATE');
      await stage.processor.handle(jobOf(first!, 0).payload, { jobId: 'j', attempt: 1 });
    });
    await settled(stage, [
      { status: 'withdrawn', outcomes: [null] },
      { status: 'withdrawn', outcomes: [null] },
    ]);
  });
});

describe('a snooze that is over', () => {
  const HOUR = 3_600_000;
  const sent = (outcome: string) => ({ status: 'sent', outcomes: [outcome] });

  it('has everybody told again who was told before, once each time', async () => {
    const { mails, url } = await mailServer();
    const { calls, host, address } = await receiver(() => 200);
    const stage = await open(url, [host]);
    await stage.addRecipient({});
    await stage.addRecipient({ channel: 'webhook', address, secret: SECRET });
    await stage.escalate(['o1']);
    await stage.relay();
    const once = [sent('sent'), sent('http-200')];
    await settled(stage, once);
    for (const told of [2, 3]) {
      await stage.snooze(clock.now() + HOUR / 2);
      clock.advance(HOUR / 2 - 1);
      expect(await stage.endSnoozes()).toEqual([]);
      clock.advance(1);
      expect(await stage.endSnoozes()).toHaveLength(2);
      expect(await stage.endSnoozes()).toEqual([]);
      await stage.relay();
      await settled(stage, Array.from({ length: told }, () => once).flat());
    }
    expect(mails.map(subjectOf)).toEqual([
      '3 h 0 min left: order o1, 5.00 USD at risk',
      'Reminder: 2 h 30 min left: order o1, 5.00 USD at risk',
      'Reminder: 2 h 0 min left: order o1, 5.00 USD at risk',
    ]);
    expect(new Set(mails.map(idOf)).size).toBe(3);
    expect(new Set(calls.map(({ headers }) => headers['webhook-id'])).size).toBe(3);
    const bodies = calls.map(({ body }) => JSON.parse(body) as { data: { reminder: boolean } });
    expect(bodies.map(({ data }) => data.reminder)).toEqual([false, true, true]);
  });

  it('sends what could not be sent so far at once and once, and does not call it a reminder', async () => {
    const { mails, url } = await mailServer((number) => (number < 2 ? 451 : undefined));
    const { calls, host, address } = await receiver(() => 200);
    const stage = await open(url, [host]);
    await stage.addRecipient({});
    await stage.addRecipient({ channel: 'webhook', address, secret: SECRET });
    await stage.escalate(['o1']);
    await stage.relay();
    await settled(stage, [{ status: 'pending', outcomes: ['smtp-451'] }, sent('http-200')]);
    clock.advance(5_001);
    await stage.relay();
    const refused = ['smtp-451', 'smtp-451'];
    await settled(stage, [{ status: 'pending', outcomes: refused }, sent('http-200')]);
    // The third attempt is due in five minutes.
    await stage.snooze(clock.now() + 60_000);
    clock.advance(60_000);
    expect(await stage.relay()).toBe(0);
    expect(await stage.endSnoozes()).toHaveLength(1);
    expect(await stage.relay()).toBe(2);
    await settled(stage, [{ status: 'sent', outcomes: [...refused, 'sent'] }, sent('http-200'), sent('http-200')]);
    expect(mails.map(subjectOf)).toEqual(['2 h 58 min left: order o1, 5.00 USD at risk']);
    expect(calls).toHaveLength(2);
  });

  it.each(['acknowledged', 'resolved', 'withdrawn', 'missed'])('tells nobody of what is %s', async (status) => {
    const { mails, url } = await mailServer();
    const stage = await open(url);
    await stage.addRecipient({});
    await stage.escalate(['o1']);
    await stage.relay();
    await settled(stage, [sent('sent')]);
    await stage.snooze(clock.now() + HOUR);
    await stage.rows('UPDATE escalation SET status = $1', [status]);
    clock.advance(HOUR);
    expect(await stage.endSnoozes()).toEqual([]);
    expect(mails).toHaveLength(1);
  });
});
