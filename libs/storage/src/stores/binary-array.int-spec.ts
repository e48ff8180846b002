import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { TestDatabase } from '#testing';
import { createEmptyDatabase } from '#testing';
import { booleanArray, float8Array, textArray, uuidArray } from './binary-array.js';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createEmptyDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

async function readBack(type: string, array: Buffer): Promise<unknown[]> {
  const { rows } = await client.query<{ value: unknown }>(`SELECT value FROM unnest($1::${type}[]) AS value`, [array]);
  return rows.map(({ value }) => value);
}

describe('binary arrays', () => {
  it('carry text as it is: nulls, empty text, quotes, backslashes, braces, control characters, other scripts', async () => {
    const texts = ['a', null, '', '"\\"', '{NULL,1}', 'NULL', 'line\nline\u001e', '揽收 🚚', ' space '];
    expect(await readBack('text', textArray(texts))).toEqual(texts);
    expect(await readBack('text', textArray([Buffer.from('揽收')]))).toEqual(['揽收']);
    expect(await readBack('text', textArray([]))).toEqual([]);
  });

  it('carry doubles, uuids and booleans exactly', async () => {
    expect(await readBack('uuid', uuidArray([Buffer.alloc(16), Buffer.alloc(16, 0xab)]))).toEqual([
      '00000000-0000-0000-0000-000000000000',
      'abababab-abab-abab-abab-abababababab',
    ]);
    const numbers = [0, -1.5, null, 2 ** 53 - 1, 1_772_463_600_123];
    expect(await readBack('float8', float8Array(numbers))).toEqual(numbers);
    expect(await readBack('boolean', booleanArray([true, null, false]))).toEqual([true, null, false]);
  });

  it('are refused where the statement names another element type', async () => {
    await expect(readBack('int', float8Array([1]))).rejects.toThrow(/element type/);
  });
});
