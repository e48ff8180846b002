import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseCloudEvent } from './cloud-event.js';
import { readLogRecord, readRecordEnvelope, toLogRecord } from './kafka-binding.js';

const SCAN = {
  trackingNumber: '1Z 999-AA',
  stage: 'accepted',
  strength: 'direct',
  occurredAt: '2026-01-30T20:47:00-08:00',
};
const ENVELOPE = {
  specversion: '1.0',
  id: 'scan-1',
  source: '/carriers/ups',
  type: 'com.fineline.parcel.scanned.v1',
  time: '2026-01-30T20:47:00-08:00',
  tenantid: 't1',
  data: SCAN,
};
const HEADERS = { 'content-type': 'application/cloudevents+json' };
const { data: _data, ...ATTRIBUTES } = ENVELOPE;
const BINARY = {
  'content-type': Buffer.from('application/json'),
  ...Object.fromEntries(Object.entries(ATTRIBUTES).map(([name, value]) => [`ce_${name}`, Buffer.from(value)])),
};

function bytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

describe('readLogRecord', () => {
  it('reads structured, binary and header-less records to the same event', () => {
    const structured = readLogRecord({ value: bytes(ENVELOPE), headers: HEADERS });
    expect(structured).toMatchObject({ ok: true, event: { tenantId: 't1', type: 'parcel.scanned', id: 'scan-1' } });
    expect(readLogRecord({ value: bytes(SCAN), headers: BINARY })).toEqual(structured);
    expect(readLogRecord({ value: bytes(ENVELOPE) })).toEqual(structured);
  });

  it.each([
    ['a tombstone', { value: null, headers: BINARY }, '', /tombstone/],
    ['a header sent twice', { value: bytes(SCAN), headers: { ...BINARY, ce_id: ['a', 'b'] } }, '/id', /twice/],
    ['a header twice in two spellings', { value: bytes(SCAN), headers: { ...BINARY, CE_ID: 'b' } }, '/id', /twice/],
    [
      'a header that is not UTF-8',
      { value: bytes(SCAN), headers: { ...BINARY, ce_id: Buffer.from([0xff]) } },
      '/id',
      /UTF-8/,
    ],
    [
      'UTF-16',
      { value: bytes(ENVELOPE), headers: { 'content-type': 'APPLICATION/CLOUDEVENTS+JSON; charset=utf-16' } },
      '/datacontenttype',
      /utf-16/,
    ],
    [
      'Avro',
      { value: bytes(ENVELOPE), headers: { 'content-type': 'application/cloudevents+avro' } },
      '',
      /not supported/,
    ],
    [
      'XML data',
      { value: Buffer.from('<a/>'), headers: { ...BINARY, 'content-type': 'application/xml' } },
      '/datacontenttype',
      /not JSON/,
    ],
    ['binary data that is not JSON', { value: Buffer.from('{'), headers: BINARY }, '/data', /not JSON/],
    ['no tenant', { value: bytes({ ...ENVELOPE, tenantid: null }), headers: HEADERS }, '/tenantid', /required/],
    ['two equal keys', { value: Buffer.from('{"id":1,"id":2}'), headers: HEADERS }, '/id', /twice/],
  ])('answers %s with a reason', (_name, record, pointer, detail) => {
    expect(readLogRecord(record)).toMatchObject({
      ok: false,
      faults: [{ pointer, detail: expect.stringMatching(detail) as unknown as string }],
    });
  });

  it('sees in raw headers what a map of headers hides', () => {
    const rawHeaders = [...Object.entries(BINARY), ['ce_id', Buffer.from('other')] as const];
    const faults = [{ pointer: '/id', detail: 'header ce_id is sent twice' }];
    const asked = { value: bytes(SCAN), headers: BINARY, rawHeaders };
    expect(readLogRecord(asked)).toMatchObject({ ok: false, faults });
    const costly = {
      ...asked,
      get headers(): never {
        throw new Error('asked for');
      },
    };
    expect(readLogRecord(costly)).toMatchObject({ ok: false, faults });
  });

  it('ignores unknown fields of data, so that a newer producer does not stop an older consumer', () => {
    const newer = { ...ENVELOPE, data: { ...SCAN, weightGrams: 120 } };
    expect(readLogRecord({ value: bytes(newer), headers: HEADERS }).ok).toBe(true);
  });
});

describe('toLogRecord', () => {
  const parsed = parseCloudEvent({ ...ENVELOPE, tenantid: undefined, type: 'parcel.scanned' }, { tenantId: 't1' });
  if (!parsed.ok) throw new Error('fixture is not an event');

  it('writes what readLogRecord reads back, with tenant, receipt and trace', () => {
    const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    const record = toLogRecord(ENVELOPE, parsed.event, Date.UTC(2026, 0, 31, 5), trace);
    expect(record).toMatchObject({ topic: 'fineline.scans.v1', key: 't1/1Z999AA', headers: { ...HEADERS, ...trace } });
    expect(JSON.parse(record.value.toString())).toMatchObject({
      ...ENVELOPE,
      recordedtime: '2026-01-31T05:00:00.000Z',
      ...trace,
    });
    expect(readLogRecord(record)).toEqual({
      ok: true,
      event: { ...parsed.event, receivedAt: Date.UTC(2026, 0, 31, 5) },
    });
  });

  it('lets nobody choose tenant, receipt time or topic by envelope', () => {
    const record = toLogRecord({ ...ENVELOPE, tenantid: 't2', recordedtime: '2001-01-01T00:00:00Z' }, parsed.event, 0);
    expect(JSON.parse(record.value.toString())).toMatchObject({
      tenantid: 't1',
      recordedtime: '1970-01-01T00:00:00.000Z',
    });
  });
});

describe('CloudEvents conformance, Kafka protocol binding', () => {
  const feature = readFileSync('test/fixtures/cloudevents/kafka-protocol-binding.feature', 'utf8');
  const cases = feature
    .split(/Scenario(?: Outline)?: /)
    .slice(1)
    .flatMap((scenario) => {
      const payload = /"""\n(.*?)"""/s.exec(scenario)?.[1] as string;
      const examples = [.../^ {4}\| (application\S*(?: charset\S+)?)/gm[Symbol.matchAll](scenario)].map(
        (match) => match[1] as string,
      );
      return (examples.length > 0 ? examples : ['application/json']).map((type) => ({ scenario, payload, type }));
    });

  it.each(cases)('$type', ({ scenario, payload, type }) => {
    const headers = Object.fromEntries(rows(between(scenario, 'Kafka headers:', 'When'), type));
    const read = readRecordEnvelope({ value: Buffer.from(payload), headers });
    const expected = Object.fromEntries(rows(between(scenario, 'attributes are:', 'And the data'), type));
    expect(read).toEqual({ ok: true, envelope: { ...expected, data: { message: 'Hello World!' } } });
  });

  it('has the three published cases', () => expect(cases).toHaveLength(3));
});

function between(text: string, from: string, to: string): string {
  return text.slice(text.indexOf(from), text.indexOf(to, text.indexOf(from)));
}

function rows(table: string, contentType: string): [string, string][] {
  return [...table.matchAll(/\|\s*(\S+)\s*\|\s*(.*?)\s*\|/g)]
    .map(
      (match) => [match[1] as string, (match[2] as string).replace('<contentType>', contentType)] as [string, string],
    )
    .filter(([key]) => key !== 'key');
}
