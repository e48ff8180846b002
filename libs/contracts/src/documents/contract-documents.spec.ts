import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Parser } from '@asyncapi/parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parseCloudEvent } from '../cloud-event.js';
import type { EventName } from '../events/index.js';
import { EVENT_DATA } from '../events/index.js';
import type { JsonSchema } from '../event-schemas.js';
import { eventSchema } from '../event-schemas.js';
import { contractDocuments } from './contract-documents.js';

const NAMES = Object.keys(EVENT_DATA) as EventName[];
const DOCUMENTS = contractDocuments(readFileSync('docs/events.intro.md', 'utf8'));

function validator(name: EventName) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(eventSchema(name) as object);
}

function example(name: EventName): Record<string, unknown> & { data: Record<string, unknown> } {
  return JSON.parse(readFileSync(`docs/examples/events/${name}.json`, 'utf8')) as never;
}

describe('documents of the contracts', () => {
  it.each(Object.keys(DOCUMENTS))('docs/%s is what npm run docs:generate writes', (path) => {
    expect(readFileSync(`docs/${path}`, 'utf8')).toBe(DOCUMENTS[path]);
  });

  it('has no schema or example of an event that is no more', () => {
    const expected = NAMES.map((name) => `${name}.json`).sort();
    expect(readdirSync('docs/schemas/events').sort()).toEqual(expected);
    expect(readdirSync('docs/examples/events').sort()).toEqual(expected);
  });

  it('is an AsyncAPI 3.1 document without a diagnostic', async () => {
    const { document, diagnostics } = await new Parser().parse(DOCUMENTS['asyncapi.yaml'] as string);
    expect(diagnostics.filter(({ severity }) => severity <= 1).map(({ message, path }) => [message, path])).toEqual([]);
    expect(document?.version()).toBe('3.1.0');
    expect(document?.allMessages().length).toBe(NAMES.length + 1);
  });

  it('is checked by a parser that notices a broken document', async () => {
    const broken = (DOCUMENTS['asyncapi.yaml'] as string).replace('action: send', 'action: shout');
    const { diagnostics } = await new Parser().parse(broken);
    expect(diagnostics.filter(({ severity }) => severity === 0).length).toBeGreaterThan(0);
  });
});

describe.each(NAMES)('%s', (name) => {
  const validate = validator(name);

  it('has an example that the schema and the parser accept', () => {
    expect([validate(example(name)), validate.errors]).toEqual([true, null]);
    expect(parseCloudEvent(example(name), { tenantId: 't1' })).toMatchObject({ ok: true, event: { type: name } });
  });

  it('is refused by schema and parser alike when a required field is missing or an unknown one is there', () => {
    const { data } = example(name);
    const [required] = ((eventSchema(name).properties as Record<string, JsonSchema>)['data'] as JsonSchema)
      .required as string[];
    const { [required as string]: _removed, ...rest } = data;
    for (const broken of [rest, { ...data, paidat: 'x' }]) {
      const event = { ...example(name), data: broken };
      expect(validate(event)).toBe(false);
      expect(parseCloudEvent(event, { tenantId: 't1' }).ok).toBe(false);
    }
    expect(validate({ ...example(name), MyExt: 'x' })).toBe(false);
    expect(validate({ ...example(name), shop: 'x' })).toBe(true);
  });

  it('says of every field what it means', () => {
    expect(undescribed(eventSchema(name))).toEqual([]);
  });
});

function undescribed(schema: JsonSchema, path = ''): string[] {
  const nested = [
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.items ? [schema.items] : []),
  ] as JsonSchema[];
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    if (typeof field === 'boolean') return [];
    const at = `${path}/${name}`;
    return [...(field.description ? [] : [at]), ...undescribed(field as JsonSchema, at)];
  });
  return [...own, ...nested.flatMap((each) => undescribed(each, path))];
}
