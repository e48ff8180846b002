import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { HeaderList } from './http-binding.js';
import { readHttpEvents } from './http-binding.js';

const CE: HeaderList = [
  ['Content-Type', 'application/json'],
  ['ce-specversion', '1.0'],
  ['CE-ID', 'a'],
];

function read(headers: HeaderList, body: string) {
  return readHttpEvents(headers, Buffer.from(body));
}

describe('readHttpEvents', () => {
  it.each([
    ['structured', 'Application/CloudEvents+JSON; Charset="UTF-8"', '{"id":"a"}', [{ id: 'a' }]],
    ['batch', 'application/cloudevents-batch+json', '[{"id":"a"},7]', [{ id: 'a' }, 7]],
    ['batch', 'application/cloudevents-batch+json', '[]', []],
    ['plain', 'application/json', '{"type":"order.placed"}', [{ type: 'order.placed' }]],
    ['plain', 'application/json', '[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
  ])('reads %s mode from %s', (mode, contentType, body, items) => {
    expect(read([['content-type', contentType]], body)).toEqual({ ok: true, mode, many: body.startsWith('['), items });
  });

  it('decodes percent-encoded and quoted binary headers', () => {
    const headers = [...CE, ['ce-subject', 'Caf%C3%A9 %22x%22'], ['ce-shop', '"a \\"b\\""']] as const;
    expect(read(headers, '[1]')).toEqual({
      ok: true,
      mode: 'binary',
      many: false,
      items: [
        {
          datacontenttype: 'application/json',
          specversion: '1.0',
          id: 'a',
          subject: 'Café "x"',
          shop: 'a "b"',
          data: [1],
        },
      ],
    });
  });

  it.each<[string, HeaderList, string, string, RegExp]>([
    ['a repeated ce header', [...CE, ['ce-id', 'b']], '{}', '', /ce-id is sent twice/],
    ['a repeated content type', [...CE, ['content-type', 'text/plain']], '{}', '', /content-type is sent twice/],
    ['bytes that are not UTF-8', [...CE, ['ce-subject', '%ff']], '{}', '/subject', /UTF-8/],
    ['raw bytes beyond ASCII', [...CE, ['ce-subject', '\u00e9']], '{}', '/subject', /percent-encoded/],
    ['binary data that is not JSON', CE, '{"a":1,"a":2}', '/data/a', /twice/],
    ['a batch that is no array', [['content-type', 'application/cloudevents-batch+json']], '{}', '', /array/],
  ])('refuses %s', (_name, headers, body, pointer, detail) => {
    const faults = [{ pointer, detail: expect.stringMatching(detail) }];
    expect(read(headers, body)).toMatchObject({ ok: false, faults });
  });

  it.each([
    '',
    'text/plain',
    'application/cloudevents+xml',
    'application/cloudevents+json; charset=utf-16',
    'text/json',
  ])('calls content type "%s" unsupported', (type) =>
    expect(read([['content-type', type]], '{}')).toMatchObject({ ok: false, unsupported: true }),
  );
});

describe('CloudEvents conformance, HTTP protocol binding', () => {
  const feature = readFileSync('test/fixtures/cloudevents/http-protocol-binding.feature', 'utf8');
  const cases = feature
    .split('Scenario Outline: ')
    .slice(1)
    .flatMap((scenario) => {
      const types = [...scenario.matchAll(/^ {4}\| (application\S*(?: charset\S+)?)/gm)].map((match) => match[1]!);
      return types.map((type) => ({ scenario, type }));
    });

  it.each(cases)('$type', ({ scenario, type }) => {
    const request = /"""\n(.*?)"""/s.exec(scenario)![1]!.replaceAll(/^ {8}/gm, '').replace('<contentType>', type);
    const [head, body] = request.split(/\n\n/) as [string, string];
    const headers = head
      .split('\n')
      .slice(1)
      .map((line) => line.split(': ') as [string, string]);
    const table = scenario.slice(scenario.indexOf('attributes are:'), scenario.indexOf('And the data'));
    const attributes = [...table.matchAll(/\|\s*(\S+)\s*\|\s*(.*?)\s*\|/g)]
      .slice(1)
      .map((match) => [match[1], match[2]]);
    const expected = JSON.parse(
      JSON.stringify(Object.fromEntries(attributes)).replace('<contentType>', type),
    ) as object;
    expect(read(headers, body)).toMatchObject({
      ok: true,
      items: [{ ...expected, data: { message: 'Hello World!' } }],
    });
  });

  it('has the four published cases', () => expect(cases).toHaveLength(4));
});

interface PublishedEvent {
  ContextAttributes: Record<string, unknown> & { Extensions?: Record<string, string> };
  Data: string;
}

describe('CloudEvents conformance events sent in binary mode', () => {
  const events = ['v1.yaml', 'v1_minimum.yaml'].flatMap((file) =>
    parseAllDocuments(readFileSync(`test/fixtures/cloudevents/${file}`, 'utf8')).map(
      (each) => each.toJS() as PublishedEvent,
    ),
  );

  it.each(events.map((event, index) => [index, event] as const))('event %i', (_index, { ContextAttributes, Data }) => {
    const { Extensions = {}, datacontenttype = 'application/json', ...core } = ContextAttributes;
    const attributes = { ...core, specversion: '1.0', ...Extensions };
    const headers = Object.entries(attributes).map(
      ([name, value]) => [`ce-${name}`, encodeURIComponent(String(value))] as const,
    );
    const result = read([...headers, ['content-type', String(datacontenttype)]], Data);
    if (!String(datacontenttype).startsWith('application/json')) {
      expect(result).toMatchObject({ ok: false, unsupported: true });
      return;
    }
    const expected = {
      ...attributes,
      time: core['time'] && expect.anything(),
      datacontenttype,
      data: JSON.parse(Data) as unknown,
    };
    expect(result).toMatchObject({
      ok: true,
      mode: 'binary',
      items: [JSON.parse(JSON.stringify(expected)) as object].map((each) => ({
        ...each,
        ...(core['time'] ? { time: expect.anything() } : {}),
      })),
    });
  });
});
