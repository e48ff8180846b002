import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RawHeader } from './event-log.js';
import { headerProblem, readableHeaders, toRawHeaders } from './headers.js';
import { fromStoredHeaders, toStoredHeaders } from './postgres/stored-headers.js';

const value = fc.option(fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)));
const rawHeader = fc.tuple(fc.constantFrom('source', 'hop', 'trace'), value) as fc.Arbitrary<RawHeader>;

describe('headers', () => {
  it('reads back what was written, and finds no problem with it', () => {
    const headers = { source: 'jp-post', note: '遅延' };
    const raw = toRawHeaders({ key: 'k', value: null, headers });
    expect(readableHeaders(raw)).toEqual(headers);
    expect(headerProblem(raw)).toBeUndefined();
  });

  it('names what cannot be trusted', () => {
    expect(headerProblem([['a', null]])).toBe('header a has no value');
    expect(headerProblem([['a', Buffer.from([0xff])]])).toBe('header a is not UTF-8');
    const twice: RawHeader[] = [
      ['a', Buffer.from('1')],
      ['a', Buffer.from('2')],
    ];
    expect(headerProblem(twice)).toBe('header a occurs more than once');
    expect(readableHeaders(twice)).toEqual({});
  });

  it('survives the table of the embedded log byte for byte', () => {
    fc.assert(
      fc.property(fc.array(rawHeader), (raw) => {
        expect(fromStoredHeaders(JSON.parse(JSON.stringify(toStoredHeaders(raw))))).toEqual(raw);
      }),
    );
  });
});
