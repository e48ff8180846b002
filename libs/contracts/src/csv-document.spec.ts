import { describe, expect, it } from '@jest/globals';
import type { CsvEntry } from './csv-document.js';
import { readCsv } from './csv-document.js';
import { parseMapping } from './csv-mapping.js';

const PARSED = parseMapping({
  mapping: 'scans',
  events: [
    {
      type: 'parcel.scanned',
      data: {
        trackingNumber: 'No',
        stage: { value: 'accepted' },
        strength: { value: 'direct' },
        occurredAt: 'At',
        rawText: 'Note',
      },
    },
  ],
});
if (!PARSED.ok) throw new Error(JSON.stringify(PARSED.faults));
const MAPPING = PARSED.mapping;
const HEAD = 'No,At,Note\n';
const ROW = 'ABCD1234,2026-01-30T20:47:00Z,ok\n';

async function read(text: string | Buffer, mapping = MAPPING, size = 7): Promise<CsvEntry[]> {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  const entries: CsvEntry[] = [];
  for await (const entry of readCsv(pieces, mapping)) entries.push(entry);
  return entries;
}

function faultsIn(entries: readonly CsvEntry[]): [line: number, detail: string][] {
  return entries.flatMap(({ line, result }) =>
    result.ok ? [] : [[line, result.faults[0]!.detail] as [number, string]],
  );
}

describe('readCsv', () => {
  it('reads rows from pieces of any size, with line numbers and CRLF inside quotes', async () => {
    const entries = await read(`\uFEFF${HEAD}${ROW}\nABCD9999,2026-01-30T20:48:00Z,"two,\nlines"\n`);
    expect(entries.map(({ line, result }) => [line, result.ok])).toEqual([
      [2, true],
      [5, false],
    ]);
    expect(entries[0]!.raw).toBe(ROW);
  });

  it('goes on after a bad row and names its line', async () => {
    const entries = await read(`${HEAD}${ROW}AB,nonsense,x\nABCD1234,only two\n${ROW}`);
    expect(entries.map(({ result }) => result.ok)).toEqual([true, false, false, true]);
    expect(faultsIn(entries)).toEqual([
      [3, expect.stringContaining('column "')],
      [4, 'has 2 columns, the header has 3'],
    ]);
  });

  it.each([
    ['a missing column', 'No,At\nx,y\n', /no column "Note"/],
    ['a column twice', 'No,At,Note,No\n', /twice/],
    ['a million columns', `${'a,'.repeat(100_000)}b\n`, /columns|record/i],
    ['an unclosed quote', `${HEAD}ABCD1234,"2026`, /cannot be read after line/],
    ['other text encodings', Buffer.from([...Buffer.from(HEAD), 0xff, 0xfe]), /cannot be read after line/],
  ])('ends with a reason at %s', async (_name, text, detail) => {
    const entries = await read(text);
    expect(entries).toHaveLength(1);
    expect(faultsIn(entries)[0]![1]).toMatch(detail);
  });

  it('says after which line it stopped', async () => {
    const rows = ROW.repeat(20_000);
    const entries = await read(`${HEAD}${rows}ABCD1234,"2026`, MAPPING, 65_536);
    const last = entries.at(-1)!;
    expect(entries.filter(({ result }) => result.ok)).toHaveLength(last.line - 1);
    expect(faultsIn(entries)).toEqual([[last.line, expect.stringMatching(/Quote Not Closed.*line 20002/)]]);
  });

  it('puts neighbouring rows of one order together', async () => {
    const parsed = parseMapping({ ...MAPPING, group: 'No' });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const entries = await read(`${HEAD}${ROW}${ROW}EFGH1234,2026-01-30T20:47:00Z,ok\n`, parsed.mapping);
    expect(entries.map(({ line, raw }) => [line, raw.split('\n').length - 1])).toEqual([
      [3, 2],
      [4, 1],
    ]);
  });

  it('reads GBK exports', async () => {
    const parsed = parseMapping({ ...MAPPING, encoding: 'gb18030' });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const bytes = Buffer.concat([
      Buffer.from(`${HEAD}ABCD1234,2026-01-30T20:47:00Z,`),
      Buffer.from([0xd2, 0xd1, 0xca, 0xd5]),
    ]);
    const [entry] = await read(bytes, parsed.mapping, 1);
    expect(entry!.result).toMatchObject({ ok: true, events: [{ data: { rawText: '已收' } }] });
  });
});
