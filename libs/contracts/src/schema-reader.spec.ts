import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { checkCloudEvent, parseCloudEvent } from './cloud-event.js';
import { EVENT_DATA, eventName } from './events/index.js';
import { HOLDS_FOR_PLAIN_TEXT, checkInstant, parseInstant } from './primitives.js';
import { REFUSED, schemaReader } from './schema-reader.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const EXAMPLES = readdirSync('docs/examples/events').map(
  (file) => JSON.parse(readFileSync(`docs/examples/events/${file}`, 'utf8')) as Json,
);
const SENDERS = [undefined, { tenantId: 't1' }, { tenantId: '' }];

/** Both ways must say the same, down to the order of fields, which the hash of the evidence depends on. */
function expectSame(value: unknown): boolean {
  let accepted = false;
  for (const sender of SENDERS) {
    const quick = parseCloudEvent(value, sender);
    const checked = checkCloudEvent(value, sender);
    expect(quick).toEqual(checked);
    expect(JSON.stringify(quick)).toBe(JSON.stringify(checked));
    accepted ||= quick.ok;
  }
  return accepted;
}

describe('reading an event quickly and checking it with zod', () => {
  it('agree on every example', () => {
    expect(EXAMPLES.length).toBeGreaterThan(10);
    for (const event of EXAMPLES) expect(expectSame({ ...(event as object), tenantid: 't1' })).toBe(true);
  });

  it('agree on events of which any part was left out, replaced or added', () => {
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...EXAMPLES),
        fc.array(change(), { minLength: 1, maxLength: 3 }),
        (event, changes) => {
          const changed = structuredClone({ ...(event as object), tenantid: 't1' }) as Json;
          for (const { at, to } of changes) apply(changed, at, to);
          if (expectSame(changed)) accepted += 1;
        },
      ),
      { numRuns: 4_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it.each([null, undefined, [], 'text', 7, [EXAMPLES[0]], new Map(), { data: undefined }])('agree on %p', (value) => {
    expect(expectSame(value)).toBe(false);
  });
});

describe('reading an instant digit by digit and by the full check', () => {
  it('agree, whatever character is changed', () => {
    const texts = fc
      .tuple(
        fc.date({ min: new Date('1999-12-30'), max: new Date('2100-01-02'), noInvalidDate: true }),
        fc.constantFrom('Z', '+08:00', '-18:59', '+19:00', '-00:00', 'z', '', '+0800', '+08:60'),
        fc.constantFrom(0, 4, 5, 1),
      )
      .map(([date, offset, cut]) => date.toISOString().slice(0, 23 - cut) + offset);
    const character = fc.constantFrom(...'0123456789-+:.TtZz /\u0660'.split(''));
    fc.assert(
      fc.property(texts, fc.option(fc.tuple(fc.nat(30), character)), (text, edit) => {
        const changed = edit ? text.slice(0, edit[0]) + edit[1] + text.slice(edit[0] + 1) : text;
        expect(parseInstant(changed)).toEqual(checkInstant(changed));
      }),
      { numRuns: 5_000 },
    );
  });

  it('agree on the last day of every month and the day after', () => {
    for (let month = 0; month < 1200; month++) {
      const [year, name] = [2000 + Math.floor(month / 12), String((month % 12) + 1).padStart(2, '0')];
      for (const day of [28, 29, 30, 31]) {
        const text = `${year}-${name}-${day}T23:59:59.999Z`;
        expect(parseInstant(text)).toEqual(checkInstant(text));
      }
    }
  });
});

describe('schemaReader', () => {
  it('vouches itself for every event without fault, so that the quick way is the usual one', () => {
    for (const example of EXAMPLES) {
      const { type, data } = example as { type: string; data: unknown };
      const read = schemaReader<z.ZodType>(EVENT_DATA[eventName(type)!], HOLDS_FOR_PLAIN_TEXT);
      expect([type, read(data) === REFUSED]).toEqual([type, false]);
    }
  });

  const schema = z.object({
    trimmed: z.string().trim().optional(),
    defaulted: z.string().default('none'),
    mail: z.email().optional(),
    either: z.union([z.string(), z.number()]).optional(),
    sticky: z.string().regex(/a/g).optional(),
    coerced: z.coerce.number().optional(),
    long: z.string().min(3).optional(),
    strict: z.strictObject({ a: z.number() }).optional(),
    list: z.array(z.number().int().gt(0)).max(2).optional(),
  });
  const read = schemaReader(schema, new Set());

  it.each([
    {},
    { trimmed: ' a ', defaulted: 'b', either: 3, sticky: 'ba', coerced: '7', long: 'abcdef', list: [1, 2] },
    { long: '\u{1f600}a', list: [1, 2, 3] },
    { long: '\u{1f600}ab', strict: { a: 1 } },
    { strict: { a: 1, b: 2 } },
    { mail: 'nobody' },
    { list: [0] },
    { trimmed: undefined },
  ])('gives what zod gives or refuses: %p', (value) => {
    const quick = read(value);
    const parsed = schema.safeParse(value);
    if (quick !== REFUSED) expect([true, quick]).toEqual([parsed.success, parsed.data]);
    if (!parsed.success) expect(quick).toBe(REFUSED);
  });
});

interface Change {
  /** Choices on the way down, taken modulo the number of keys at each level. */
  readonly at: readonly number[];
  readonly to: { readonly kind: 'remove' } | { readonly kind: 'set' | 'add' | 'rename'; readonly value: Json };
}

function change(): fc.Arbitrary<Change> {
  const value = fc.oneof(
    fc.constantFrom<Json>(...ODD_VALUES),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.integer(),
    fc.double(),
    fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  );
  return fc.record({
    at: fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }),
    to: fc.oneof(
      fc.constant({ kind: 'remove' as const }),
      fc.record({ kind: fc.constantFrom('set' as const, 'add' as const, 'rename' as const), value }),
    ),
  });
}

const ODD_VALUES: Json[] = [
  null,
  true,
  '',
  ' padded ',
  'x'.repeat(129),
  'x'.repeat(2_000),
  '\u{1f600}'.repeat(100),
  'Cafe\u0301',
  '\ud800',
  'a\0b',
  'a\u202eb',
  'constructor',
  '__proto__',
  'America/Chicago',
  'Mars/Base',
  'USD',
  'usd',
  '1z 999-aa',
  '2026-01-30T20:47:00-08:00',
  '2026-02-30T00:00:00Z',
  'delivered',
  'direct',
  'application/json; charset=utf-8',
  '0.1999',
  -1,
  0,
  1.5,
  2 ** 31,
  2 ** 53,
  1e12,
  [],
  {},
  ['a', 'a'],
  [{}],
  { kind: 'extra-days', days: 3 },
  { kind: 'waive', days: 3 },
];

/** Goes down by the choices and changes what is there; a path that ends early changes where it ended. */
function apply(root: Json, [first = 0, ...rest]: readonly number[], to: Change['to']): void {
  if (typeof root !== 'object' || root === null) return;
  const holder = root as Record<string, Json>;
  const keys = Object.keys(holder);
  const key = keys[first % Math.max(1, keys.length)];
  const below = key === undefined ? undefined : holder[key];
  if (rest.length > 0 && typeof below === 'object' && below !== null) return apply(below, rest, to);
  if (to.kind === 'add') holder[typeof to.value === 'string' ? to.value.slice(0, 30) : 'extra'] = to.value;
  else if (key === undefined) return;
  else if (to.kind === 'set') holder[key] = to.value;
  else {
    const value = holder[key]!;
    delete holder[key];
    // The same field at the end: the order of the text must not matter.
    if (to.kind === 'rename') holder[key] = value;
  }
}
