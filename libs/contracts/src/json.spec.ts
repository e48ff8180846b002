import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from './json.js';

function faultsOf(input: string | Uint8Array) {
  const result = parseJson(input);
  return result.ok ? [] : result.faults;
}

describe('parseJson', () => {
  it.each<[string, string | Uint8Array, string, RegExp]>([
    ['a byte order mark', '\uFEFF{}', '', /byte order mark/],
    ['a byte order mark in bytes', Buffer.from('\uFEFF{}'), '', /byte order mark/],
    ['trailing garbage', '{} x', '', /not JSON/],
    ['two documents', '{}{}', '', /not JSON/],
    ['nothing', '', '', /not JSON/],
    ['NaN', '{"a":NaN}', '', /not JSON/],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), '', /UTF-8/],
    ['UTF-16', Buffer.from('{}', 'utf16le'), '', /not JSON/],
    ['a duplicate key', '{"a":{"b":1,"b":2}}', '/a/b', /twice/],
    ['a duplicate key written with an escape', '{"a":1,"\\u0061":2}', '/a', /twice/],
    ['a __proto__ key', '{"data":{"__proto__":{"role":"ops"}}}', '/data/__proto__', /not allowed/],
    ['an escaped __proto__ key', '{"\\u005f_proto__":1}', '/__proto__', /not allowed/],
    ['a constructor key', '[{"constructor":{"prototype":1}}]', '/0/constructor', /not allowed/],
    ['1e400', '{"a":[0,1e400]}', '/a/1', /too large/],
    ['minus zero', '{"a":-0}', '/a', /minus zero/],
    ['2^53+1', '{"id":9007199254740993}', '/id', /rounded/],
    ['a lone surrogate', '{"a/b":"\\ud800"}', '/a~1b', /surrogate/],
    ['NUL', '["\\u0000"]', '/0', /NUL/],
    ['10,000 levels', '['.repeat(10_000) + ']'.repeat(10_000), '', /deeper/],
    ['more than a megabyte', `"${'x'.repeat(1_048_576)}"`, '', /larger/],
  ])('refuses %s', (_name, input, pointer, detail) => {
    expect(faultsOf(input)).toContainEqual(expect.objectContaining({ pointer, detail: expect.stringMatching(detail) }));
  });

  it('accepts what it refuses as keys when they are values, and equal keys in different objects', () => {
    expect(parseJson('{"a":"__proto__", "b":[{"a":1},{"a":"constructor"}]}')).toEqual({
      ok: true,
      value: { a: '__proto__', b: [{ a: 1 }, { a: 'constructor' }] },
    });
  });

  it('names every fault, in order', () => {
    expect(faultsOf('{"a":1,"a":2,"b":{"c":-0},"d":[{"e":1e999}]}').map((fault) => fault.pointer)).toEqual([
      '/a',
      '/b/c',
      '/d/0/e',
    ]);
  });

  it('reads any JSON like JSON.parse, however it is spaced', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(0, 2), (text, spaces) => {
        const spaced = JSON.stringify(JSON.parse(text), null, spaces);
        const result = parseJson(spaced);
        if (result.ok) expect(JSON.stringify(result.value)).toBe(JSON.stringify(JSON.parse(text)));
        else expect(spaced).toMatch(/-0|\\u|__proto__|e[+]?\d|\d{16}|constructor|prototype/);
      }),
    );
  });

  it('finds a duplicated key wherever it is planted', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 8 }), (path) => {
        const open = path.map((key) => `{"x${key}":[0,`).join('');
        const close = path.map(() => ']}').join('');
        const pointer = path.map((key) => `/x${key}/1`).join('');
        expect(faultsOf(`${open}{"dup":[1,{}],"dup":"}"}${close}`)).toMatchObject([
          { pointer: `${pointer}/dup`, detail: 'appears twice in the same object' },
        ]);
      }),
    );
  });

  it('takes no shorter way to another answer: a blank at the end sends every text the long way', () => {
    const blank = fc.constantFrom('', '', '', ' ', '\n');
    const number = fc.constantFrom(
      ...'0 -0 7 1500 15000 15e3 1e3 1E5 0.001 1e-3 1e400 9007199254740993 -1 0e9'.split(' '),
    );
    const text = fc.constantFrom(
      ...['', 'a', '\\u0061', '\\u0000', '\\ud800', '\\"', '\\/', '\\n', '__proto__', '\u00e9', '\u{1f600}'].map(
        (part) => `"${part}"`,
      ),
    );
    const key = fc.oneof(text, fc.constantFrom('"a"', '"b"', '"constructor"', '"0"'));
    const { value } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        number,
        text,
        fc.constantFrom('true', 'false', 'null'),
        tie('object'),
        tie('array'),
      ),
      object: fc
        .array(fc.tuple(blank, key, tie('value')), { maxLength: 4 })
        .map((members) => `{${members.map(([space, name, each]) => `${space}${name}:${each}`).join(',')}}`),
      array: fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    }));
    fc.assert(
      fc.property(value, (json) => {
        const long = parseJson(`${json} `);
        expect(parseJson(json)).toEqual(long);
        expect(parseJson(Buffer.from(json))).toEqual(long);
      }),
      { numRuns: 5_000 },
    );
  });

  it('counts levels the same on the short way', () => {
    for (const levels of [31, 32, 33]) {
      for (const [open, close] of [
        ['[', ']'],
        ['{"a":', '}'],
      ] as const) {
        const json = open.repeat(levels) + '1' + close.repeat(levels);
        expect(parseJson(json).ok).toBe(levels <= 32);
        expect(parseJson(json)).toEqual(parseJson(`${json} `));
      }
    }
  });
});
