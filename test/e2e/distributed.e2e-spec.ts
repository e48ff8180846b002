// The distributed form: every app a process of its own, on Kafka, PostgreSQL and Redis, told a story over its real interfaces.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import type { DeadlineDetail, EscalationRow, OrderDetail, QuarantineRow } from '#contracts';
import { TOPICS } from '#contracts';
import { prefixedEventLog } from '#log';
import { KafkaEventLog } from '#log/kafka';
import { createLogger } from '#platform';
import { RecipientStore, withService } from '#storage';
import { eventually } from '#testing';
import { AppProcess } from './system/app-process.js';
import { ChangeStream } from './system/change-stream.js';
import { Installation, TENANT } from './system/installation.js';
import { sendEvents } from './system/intake-sender.js';
import type { SentEvent } from './system/intake-sender.js';
import { MailServer, WebhookReceiver } from './system/receivers.js';
import { HOUR_MS, acceptanceOf, hoursAgo, labelOf, quietOrder, temuOrder } from './system/story.js';

const RULE = 'TEMU-US-4';
const AT_RISK = 'PO-1001';
const LATE = 'PO-1002';
const SECRET = `whsec_${Buffer.from('thirty-two bytes of secret text!').toString('base64')}`;
/** Patience: a slow machine is given four times the default, and what hangs is still found. */
const GRACE_MS = 60_000;
const PATIENT = { timeoutMs: 240_000, everyMs: 100 };

const webhooks = new WebhookReceiver();
const mailbox = new MailServer();
const running = new Map<string, AppProcess>();
let installation: Installation;
let key: string;
let changes: ChangeStream;

const app = (name: string): AppProcess => running.get(name)!;
const trackers = (): AppProcess[] => [...running].flatMap(([name, each]) => (name.startsWith('track') ? [each] : []));

async function start(name: string, variables: Record<string, string> = {}): Promise<void> {
  const stage = name.replace(/-\d+$/, '');
  const grace = { SHUTDOWN_GRACE_MS: String(GRACE_MS) };
  running.set(name, await AppProcess.start(stage, { ...installation.variables, ...grace, ...variables }));
}

async function api<Body>(path: string, body?: unknown): Promise<Body> {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${app('api').url}/v1/${path}`, { ...init, headers });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}

const send = (...events: SentEvent[]): Promise<void> => sendEvents(app('intake').url, key, events);

async function deadlineOf(orderId: string): Promise<DeadlineDetail> {
  const { deadlines } = await api<OrderDetail>(`orders/${orderId}`);
  const found = deadlines.find(({ ruleId }) => ruleId === RULE);
  if (!found) throw new Error(`${orderId} has no deadline under ${RULE}`);
  return found;
}

async function escalationOf(orderId: string): Promise<EscalationRow> {
  const { rows } = await api<{ rows: EscalationRow[] }>(`escalations?rule=${RULE}`);
  const found = rows.find((row) => row.orderId === orderId);
  if (!found) throw new Error(`${orderId} has no escalation`);
  return found;
}

beforeAll(async () => {
  const [hook, smtp] = await Promise.all([webhooks.listen(), mailbox.listen()]);
  installation = await Installation.create();
  key = await installation.key('ops');
  await withService(installation.dataSource, async (transaction) => {
    const all = { tenantId: TENANT, name: 'Ops', steps: ['t-4h'] };
    const store = new RecipientStore();
    await store.create(transaction, { ...all, channel: 'webhook', address: `http://${hook}/fineline`, secret: SECRET });
    await store.create(transaction, { ...all, channel: 'email', address: 'ops@acme.example' });
  });
  const mail = { SMTP_URL: smtp, MAIL_FROM: 'Fineline <fineline@acme.example>', WEBHOOK_ALLOWED_HOSTS: hook };
  // All at once, as an orchestrator would: intake and track then make the topics at the same time.
  await Promise.all([
    start('intake', { INTAKE_EVENTS_PER_SECOND: '1000000', INTAKE_BURST_EVENTS: '1000000' }),
    start('track-1'),
    start('track-2'),
    start('escalate', { ESCALATE_SWEEP_INTERVAL_MS: '100' }),
    start('notify', mail),
    start('api', { SESSION_SECRET: 'a secret for tests of at least thirty-two characters', CHANGE_POLL_MS: '100' }),
  ]);
  changes = await ChangeStream.open(app('api').url, key);
}, 300_000);

afterAll(async () => {
  changes?.close();
  AppProcess.killAll();
  await Promise.all([webhooks.close(), mailbox.close()]);
  await installation?.remove();
}, 60_000);

describe('the distributed form', () => {
  it.each(['intake', 'track-1', 'track-2', 'escalate', 'notify', 'api'])('watches over %s', async (name) => {
    expect((await app(name).get('/livez')).status).toBe(200);
    expect((await app(name).get('/readyz')).status).toBe(200);
    const { text } = await app(name).get('/metrics');
    expect(text).toContain('process_cpu_seconds_total');
    if (name !== 'api') expect(text).toContain(`# TYPE fineline_${name.replace(/-\d$/, '')}_`);
  });

  it('turns an order and its label into a deadline, a projected fine and the reasons for both', async () => {
    const uploadedAt = hoursAgo(47);
    await send(temuOrder(AT_RISK, hoursAgo(48)), labelOf(AT_RISK, uploadedAt));
    const deadline = await eventually(() => deadlineOf(AT_RISK));
    expect(deadline).toMatchObject({ status: 'open', startsAt: uploadedAt, zone: 'America/Chicago' });
    expect(Date.parse(deadline.dueAt)).toBe(Date.parse(uploadedAt) + 48 * HOUR_MS);
    expect(deadline.fine).toMatchObject({ amountMinor: 1_875, currency: 'USD' });
    expect(deadline.explanation.en.join('\n')).toContain('48 hours');
    expect(deadline.explanation.zh.join('\n')).toContain('48');
    expect(deadline.sources.length).toBeGreaterThan(0);
  });

  it('tells people before the fine: a signed webhook and a mail', async () => {
    const call = await eventually(() => {
      const found = webhooks.calls.find(({ body }) => body.includes(AT_RISK) && body.includes(RULE));
      return found ?? false;
    });
    if (!call) throw new Error('no webhook');
    const verified = new Webhook(SECRET).verify(call.body, call.headers as Record<string, string>);
    expect(verified).toMatchObject({
      type: 'escalation.raised',
      data: { orderId: AT_RISK, ruleId: RULE, step: 't-4h', fine: { amountMinor: 1_875, currency: 'USD' } },
    });
    expect(() => new Webhook(SECRET).verify(`${call.body} `, call.headers as Record<string, string>)).toThrow();
    await eventually(() =>
      mailbox.mails.some(({ to, source }) => to === 'ops@acme.example' && source.includes(AT_RISK)),
    );
    const { raisedAt, dueAt } = await escalationOf(AT_RISK);
    expect(Date.parse(raisedAt)).toBeLessThan(Date.parse(dueAt));
  });

  it('notes who took it on', async () => {
    const { escalationId } = await escalationOf(AT_RISK);
    const request = { ids: [escalationId], by: 'Ada', note: 'pallet found' };
    expect(await api('escalations/acknowledge', request)).toEqual({ changed: 1, unchanged: 0, notFound: 0 });
    expect(await escalationOf(AT_RISK)).toMatchObject({
      status: 'acknowledged',
      acknowledgedBy: 'Ada (Desk)',
      note: 'pallet found',
    });
  });

  it('judges a scan that came late by when it happened, and says so on the live stream', async () => {
    const scannedAt = hoursAgo(2);
    await send(temuOrder(LATE, hoursAgo(61)), labelOf(LATE, hoursAgo(60)), acceptanceOf(LATE, scannedAt));
    const missed = await eventually(async () => {
      const deadline = await deadlineOf(LATE);
      expect(deadline.satisfiedAt).toBe(scannedAt);
      return deadline;
    });
    expect(missed).toMatchObject({ status: 'missed', fine: { amountMinor: 1_875, expectedMinor: 1_875, chance: 1 } });
    await eventually(() =>
      changes.events.some(({ event, data }) => event === 'change' && data.includes(LATE) && data.includes(RULE)),
    );
  });

  it('changes nothing when the same events come again', async () => {
    const escalated = (): Promise<number> => installation.count(`escalation WHERE rule_id = '${RULE}'`);
    const state = async (): Promise<unknown> => [
      await installation.rows('SELECT event_id, recorded_at FROM evidence ORDER BY 1'),
      await installation.rows(
        `SELECT order_id, rule_id, status, due_at, satisfied_at, amount_minor FROM deadline ORDER BY 1, 2`,
      ),
      await installation.count("decision WHERE kind LIKE 'deadline-%'"),
      await escalated(),
    ];
    // The miss is told of too, within a sweep; only then is there nothing left to happen.
    await eventually(async () => expect(await escalated()).toBe(2));
    const before = await state();
    const rows = await installation.rows<{ payload: SentEvent }>('SELECT payload FROM evidence');
    const again = rows.map(({ payload: { specversion, id, source, type, time, data } }) => ({
      ...{ specversion, id, source, type, time, data },
    }));
    expect(again).toHaveLength(5);
    await send(...again);
    await eventually(async () => {
      const repeated = await Promise.all(
        trackers().map((each) => each.counted('fineline_track_events_total', '"repeated"')),
      );
      expect(repeated.reduce((sum, each) => sum + each, 0)).toBe(5);
    });
    expect(await state()).toEqual(before);
  });

  it('puts a malformed record aside, and the partition moves on', async () => {
    const { KAFKA_BROKERS, KAFKA_PREFIX } = installation.variables;
    const logger = createLogger('e2e', 'silent');
    const kafka = new KafkaEventLog({ brokers: KAFKA_BROKERS!.split(','), clientId: 'e2e', logger });
    const log = prefixedEventLog(kafka, KAFKA_PREFIX!);
    await log.append(TOPICS.orders, [{ key: `${TENANT}/PO-1003`, value: Buffer.from('{"half":'), headers: {} }]);
    await log.close();
    // The same key, so the same partition, behind the malformed one.
    await send(temuOrder('PO-1003', hoursAgo(1)), labelOf('PO-1003', hoursAgo(1)));
    await eventually(() => deadlineOf('PO-1003'));
    const { rows } = await api<{ rows: QuarantineRow[] }>('quarantine');
    expect(rows).toHaveLength(1);
    expect(await api(`quarantine/${rows[0]!.quarantineId}`)).toMatchObject({ channel: 'log', rawText: '{"half":' });
  });
});

describe('a track process that ends in the middle of the stream', () => {
  const LOT = 100;
  const AT_ONCE = 4;
  /** Sent after the end, whatever was sent before. */
  const MORE = 2_000;
  const applied = (name: string): Promise<number> => app(name).counted('fineline_track_events_total', '"applied"');

  /** Sends orders until track-2, which is ended while they stream, has missed `MORE`, and starts it again. Answers how many were sent. */
  async function endDuring(name: string, signal: NodeJS.Signals): Promise<{ code: number | null; sent: number }> {
    let sent = 0;
    let most = Infinity;
    const sender = async (): Promise<void> => {
      while (sent < most) {
        const lot = Array.from({ length: LOT }, () => quietOrder(`${name}-${sent++}`));
        await sendEvents(app('intake').url, key, lot);
      }
    };
    const appliedBefore = await applied('track-2');
    const sending = Promise.all(Array.from({ length: AT_ONCE }, sender));
    // It has read some of them, and more are on their way to it.
    const isUnderWay = eventually(
      async () => expect(await applied('track-2')).toBeGreaterThan(appliedBefore + LOT),
      PATIENT,
    ).finally(() => (most = sent + MORE));
    await Promise.race([isUnderWay, sending]);
    const { code } = await app('track-2').signal(signal);
    await Promise.all([sending, start('track-2')]);
    const there = (): Promise<number> => installation.count(`evidence WHERE order_id LIKE '${name}-%'`);
    await eventually(async () => expect(await there()).toBe(sent), PATIENT);
    // Around a rebalance it is unknown for seconds what is left to read: orders are only marked then, and judged after it.
    await eventually(async () => expect(await installation.count('unjudged_order')).toBe(0), PATIENT);
    return { code, sent };
  }

  async function expectEachOnce(name: string, sent: number): Promise<void> {
    const opened = `decision WHERE kind = 'deadline-opened' AND order_id LIKE '${name}-%'`;
    expect(await installation.count(opened)).toBe(sent);
    expect(await installation.count(`(SELECT DISTINCT order_id FROM ${opened}) AS each`)).toBe(sent);
    expect(await installation.count(`deadline WHERE order_id LIKE '${name}-%' AND status = 'open'`)).toBe(sent);
    // The malformed record of before.
    expect(await installation.count('quarantine')).toBe(1);
  }

  it('loses nothing and doubles nothing when it is asked to stop', async () => {
    const { code, sent } = await endDuring('TERM', 'SIGTERM');
    expect(code).toBe(0);
    await expectEachOnce('TERM', sent);
  }, 900_000);

  it('loses nothing and doubles nothing when it is killed', async () => {
    const { sent } = await endDuring('KILL', 'SIGKILL');
    await expectEachOnce('KILL', sent);
  }, 900_000);
});

describe('the end of a shift', () => {
  it(
    'stops every app by itself, each with exit code 0',
    async () => {
      const ends = await Promise.all(
        [...running].map(async ([name, each]) => ({ name, ...(await each.signal('SIGTERM')) })),
      );
      for (const { name, code, output } of ends) expect({ name, code, output }).toMatchObject({ name, code: 0 });
    },
    2 * GRACE_MS,
  );
});
