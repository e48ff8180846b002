import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Deadline } from '#domain';
import type { ClaimedNotice } from '#storage';
import { signedHeaders } from '../channels/webhook-signature.js';
import { emailContent } from './email-content.js';
import { contentOfMany } from './many-content.js';
import { escapeHtml, inZone, oneLine, span } from './format.js';
import { actionFor, TEXTS } from './texts.js';
import { orderUrl } from './told.js';
import { webhookContent } from './webhook-content.js';

const DUE = Date.parse('2026-11-24T20:08:00Z');
const NOTICE: ClaimedNotice = {
  noticeId: '7',
  tenantId: 'acme',
  escalationId: '9',
  escalationStatus: 'open',
  snoozedUntil: null,
  deadlineStatus: 'open',
  createdAt: DUE,
  attempts: 1,
  isReminder: false,
  recipientId: '3',
  recipientName: 'Ops',
  recipientDisabled: false,
  channel: 'email',
  address: 'ops@acme.test',
  secret: null,
  language: 'en',
  timeZone: 'America/New_York',
  orderId: 'PO-1<script>alert(1)</script>\r\nBcc: x@y',
  parcelId: null,
  ruleId: 'TEMU-US-1',
  ruleVersion: '1',
  step: 't-4h',
  late: false,
  dueAt: DUE,
  raisedAt: DUE - 4 * 3_600_000,
  sellerId: 's1',
  warehouseId: 'w1',
  platform: 'temu',
  carrier: 'usps',
  amountMinor: 1_875,
  expectedMinor: 900,
  currency: 'USD',
};
const DEADLINE = {
  zone: 'America/Los_Angeles',
  fine: { formula: '{max}(10.00 USD, 50% x 37.50 USD) = 18.75 USD', confidence: 'quoted-official' },
} as Deadline;
const FACTS = { deadline: DEADLINE, title: { en: 'Ship in time', zh: '按时发货' }, satisfiedBy: ['accepted' as const] };
const TOLD = { notice: NOTICE, facts: FACTS, url: undefined };
const NOW = DUE - 3 * 3_600_000 - 59 * 60_000;

describe('a mail', () => {
  it('says what is at stake, until when in the own zone, how it is computed and what to do', () => {
    const { subject, text } = emailContent(TOLD, NOW);
    expect(subject).toBe('3 h 59 min left: order PO-1<script>alert(1)</script> Bcc: x@y, 18.75 USD at risk');
    expect(text).toContain('Deadline: 2026-11-24 15:08 GMT-5 (America/New_York)\r\n');
    expect(text).toContain('Fine if missed: 18.75 USD\r\n');
    expect(text).toContain('Expected fine: 9.00 USD\r\n');
    expect(text).toContain('max(10.00 USD, 50% x 37.50 USD) = 18.75 USD');
    expect(text).toContain('Hand the parcel to the carrier now');
    expect(text).not.toContain('late');
  });

  it('speaks Chinese to those who do', () => {
    const zh = emailContent(
      { ...TOLD, notice: { ...NOTICE, language: 'zh', timeZone: 'Asia/Shanghai', late: true } },
      NOW,
    );
    expect(zh.subject).toContain('剩余3 小时 59 分钟');
    expect(zh.text).toContain('截止时间: 2026-11-25 04:08 GMT+8 (Asia/Shanghai)');
    expect(zh.text).toContain('取高(10.00 USD, 50% x 37.50 USD) = 18.75 USD');
    expect(zh.text).toContain('按时发货 (TEMU-US-1)');
    expect(zh.text).toContain('揽收扫描');
    expect(zh.text).toContain('延迟发出');
  });

  it('tells a breach as one', () => {
    const { subject, text } = emailContent({ ...TOLD, notice: { ...NOTICE, step: 'breach' } }, DUE + 120_000);
    expect(subject).toMatch(/^Deadline passed: order .* fine 18\.75 USD$/);
    expect(text).toContain('Overdue by: 2 min');
    expect(text).toContain('waiver or an appeal');
  });

  it('says that it is a reminder', () => {
    const subject = (language: 'en' | 'zh') =>
      emailContent({ ...TOLD, notice: { ...NOTICE, isReminder: true, language } }, NOW).subject;
    expect(subject('en')).toMatch(/^Reminder: 3 h 59 min left: order /);
    expect(subject('zh')).toMatch(/^再次提醒：剩余3 小时 59 分钟/);
  });

  it('lets no name become markup or another line', () => {
    const { html, text } = emailContent(TOLD, NOW);
    expect(html).not.toContain('<script>');
    expect(html).toContain('&lt;script&gt;');
    expect(text.split('\r\n').filter((line) => line.startsWith('Bcc'))).toEqual([]);
  });
});

describe('a mail of several', () => {
  const later = { ...NOTICE, noticeId: '8', orderId: 'PO-2', dueAt: DUE + 60_000, currency: 'EUR', parcelId: '1Z2' };
  const told = [later, NOTICE].map((notice) => ({ ...TOLD, notice }));

  it('says how many, how long the first has, what they cost by currency, and what to do once', () => {
    const { subject, text } = contentOfMany(told, NOW);
    expect(subject).toBe('3 h 59 min left for the first of 2 deadlines, 18.75 USD + 18.75 EUR at risk');
    expect(text.indexOf('PO-1')).toBeLessThan(text.indexOf('PO-2'));
    expect(text).toContain('Deadline: 2026-11-24 15:09 GMT-5 (America/New_York)\r\nOrder: PO-2 (temu), 1Z2\r\n');
    expect(text.match(/Hand the parcel/g)).toHaveLength(1);
  });

  it('tells breaches in Chinese, and that it is late', () => {
    const breached = told.map(({ notice }) => ({
      ...TOLD,
      notice: { ...notice, step: 'breach', language: 'zh' as const, late: true },
    }));
    const { subject, text } = contentOfMany(breached, DUE + 120_000);
    expect(subject).toBe('2 个时限已超时，罚款合计 18.75 USD + 18.75 EUR');
    expect(text).toContain('剩余时间: 已超时 2 分钟');
    expect(text).toContain('延迟发出');
  });

  it('is a reminder when all of them are', () => {
    const again = told.map(({ notice }) => ({ ...TOLD, notice: { ...notice, isReminder: true } }));
    expect(contentOfMany(again, NOW).subject).toMatch(/^Reminder: 3 h 59 min left for the first of 2 deadlines/);
    expect(contentOfMany([again[0]!, told[1]!], NOW).subject).toMatch(/^3 h 59 min left/);
  });

  it('lets no name become markup or another line', () => {
    const { html, text } = contentOfMany(told, NOW);
    expect(html).not.toContain('<script>');
    expect(html).toContain('<th scope="col" align="left" valign="top">Order</th>');
    expect(text.split('\r\n').filter((line) => line.startsWith('Bcc'))).toEqual([]);
  });
});

describe('a webhook', () => {
  it('carries ids, money in minor units and instants in UTC', () => {
    const payload = JSON.parse(webhookContent(TOLD)) as Record<string, unknown>;
    expect(payload).toMatchObject({
      type: 'escalation.raised',
      timestamp: '2026-11-24T16:08:00.000Z',
      data: {
        noticeId: '7',
        url: null,
        dueAt: '2026-11-24T20:08:00.000Z',
        fine: { amountMinor: 1_875, currency: 'USD' },
      },
    });
  });
});

describe('a link to the page', () => {
  const url = orderUrl('https://fineline.acme.test/desk/', NOTICE.orderId);

  it('says which order, whatever its name holds', () => {
    expect(url).toMatch(/^https:\/\/fineline\.acme\.test\/desk\/\?order=PO-1%3Cscript%3E/);
    expect(new URL(url!).searchParams.get('order')).toBe(NOTICE.orderId);
    expect(orderUrl(undefined, 'PO-1')).toBeUndefined();
  });

  it('is on the order in mails of one and of several, and a field of a webhook', () => {
    const told = { ...TOLD, url };
    for (const { text, html } of [emailContent(told, NOW), contentOfMany([told, TOLD], NOW)]) {
      expect(text).toMatch(/^Order: PO-1.* \(temu\) <https:\/\/fineline\.acme\.test\/desk\/\?order=PO-1\S*>\r$/m);
      expect(html).toContain(`<a href="${url}">PO-1&lt;script&gt;`);
    }
    expect(JSON.parse(webhookContent(told))).toMatchObject({ data: { url } });
  });
});

describe('docs/receiving-notices.md', () => {
  const page = readFileSync('docs/receiving-notices.md', 'utf8');
  const example = JSON.parse(/```json\n(.*?)```/s.exec(page)![1]!) as { data: { fine: object } };

  it('shows a webhook as it is sent', () => {
    const sent = JSON.parse(webhookContent(TOLD)) as typeof example;
    for (const part of ['', 'data', 'fine'] as const) {
      const of = (json: typeof example): object => (part === '' ? json : part === 'data' ? json.data : json.data.fine);
      expect(Object.keys(of(example))).toEqual(Object.keys(of(sent)));
    }
  });

  it('verifies what is signed', async () => {
    const [secret, body] = [`whsec_${Buffer.alloc(32, 7).toString('base64')}`, JSON.stringify(example)];
    const headers = signedHeaders(secret, 'ntc_7', DUE, body);
    const code = /```js\n(.*?)```/s.exec(page)![1]!.replace(/^import .*$/m, '');
    const verify = new Function(
      'createHmac',
      'timingSafeEqual',
      'secret',
      'headers',
      'body',
      `${code} return isGenuine;`,
    );
    expect(verify(createHmac, timingSafeEqual, secret, headers, body)).toBe(true);
    expect(verify(createHmac, timingSafeEqual, secret, headers, `${body} `)).toBe(false);
  });
});

describe('formats', () => {
  it('names the zone, and falls back to UTC for one it does not know', () => {
    expect(inZone(DUE, 'Asia/Kolkata')).toBe('2026-11-25 01:38 GMT+5:30 (Asia/Kolkata)');
    expect(inZone(DUE, 'Mars/Base')).toContain('20:08 GMT+0 (UTC)');
  });

  it.each([
    [27 * 3_600_000, '1 d 3 h'],
    [59_999, '0 min'],
    [-5 * 60_000, '5 min'],
  ])('%d ms is %s', (ms, expected) => {
    expect(span(ms, 'en')).toBe(expected);
  });

  it('keeps foreign text on one line and out of the markup', () => {
    expect(oneLine('a\u0000b\r\nc\u202Ed\u2028e')).toBe('a b c d e');
    expect(escapeHtml(`<a href="x" on='y'>&`)).toBe('&lt;a href=&quot;x&quot; on=&#39;y&#39;&gt;&amp;');
  });

  it('has an action for every event that can meet a deadline', () => {
    expect(actionFor(TEXTS.en, ['cancelled', 'labelled'], 't-4h')).toContain('tracking number');
    expect(actionFor(TEXTS.zh, ['delivered'], 't-4h')).toContain('派送');
    expect(actionFor(TEXTS.en, ['never'], 't-4h')).toContain('Open the order');
  });
});
