import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { ReadEntry } from './read-events.js';
import { readEvents } from './read-events.js';
import { readMapping } from './read-mapping.js';

const folder = mkdtempSync(path.join(tmpdir(), 'fineline-read-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CANCELLED = {
  specversion: '1.0',
  id: '1',
  source: '/shop',
  type: 'com.fineline.order.cancelled.v1',
  time: '2026-03-02T10:00:00Z',
  data: { orderId: 'o-1', cancelledAt: '2026-03-02T10:00:00Z', by: 'buyer' },
};

async function read(name: string, text: string): Promise<ReadEntry[]> {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return entriesOf(readEvents(file));
}

async function entriesOf(batches: ReturnType<typeof readEvents>): Promise<ReadEntry[]> {
  const entries: ReadEntry[] = [];
  for await (const batch of batches) entries.push(...batch);
  return entries;
}

describe('readEvents', () => {
  it('reads lines, with or without a tenant and a last line feed', async () => {
    const lines = [CANCELLED, { ...CANCELLED, id: '2', tenantid: 'acme' }].map((event) => JSON.stringify(event));
    const entries = await read('lines.ndjson', `${lines.join('\n\n')}`);
    expect(entries.map(({ line, event }) => [line, event?.tenantId, event?.id])).toEqual([
      [1, 'local', '1'],
      [3, 'acme', '2'],
    ]);
  });

  it('reads a byte order mark and characters of several bytes wherever the file is cut into pieces', async () => {
    const events = Array.from({ length: 3000 }, (_none, i) => ({
      ...CANCELLED,
      id: `订单${'号'.repeat(i % 50)}-${i}`,
    }));
    const entries = await read('long.ndjson', `\uFEFF${events.map((event) => JSON.stringify(event)).join('\n')}`);
    expect(entries.map(({ event }) => event?.id)).toEqual(events.map(({ id }) => id));
  });

  it('reports a bad line with its number and pointer and goes on', async () => {
    const bad = { ...CANCELLED, time: '2026-02-30T10:00:00Z', data: { ...CANCELLED.data, by: 'nobody' } };
    const entries = await read('bad.ndjson', `{"a":\n${JSON.stringify(bad)}\n${JSON.stringify(CANCELLED)}\n`);
    expect(entries.map(({ line, event, faults }) => [line, event?.id, faults[0]?.pointer])).toEqual([
      [1, undefined, ''],
      [2, undefined, '/time'],
      [3, '1', undefined],
    ]);
  });

  it('notes a field the event does not have and uses the event', async () => {
    const newer = { ...CANCELLED, data: { ...CANCELLED.data, mood: 'sad' } };
    const [entry] = await read('newer.ndjson', JSON.stringify(newer));
    expect(entry).toMatchObject({ event: { id: '1' }, faults: [], notes: [{ pointer: '/data/mood' }] });
  });

  it('reads a JSON array over several lines', async () => {
    const entries = await read('array.json', `\n${JSON.stringify([CANCELLED, { id: 2 }], null, 2)}`);
    expect(entries.map(({ line, event }) => [line, event?.id])).toEqual([
      [1, '1'],
      [2, undefined],
    ]);
  });

  it('reads a shop export through its mapping', async () => {
    const mapping = readMapping('docs/examples/shop-export.map.yaml');
    const entries = await entriesOf(readEvents('docs/examples/shop-export.csv', { mapping }));
    expect(entries.map(({ line, event, faults }) => [line, event?.type, faults])).toEqual([
      [2, 'order.placed', []],
      [2, 'parcel.labelled', []],
      [2, 'parcel.scanned', []],
      [4, 'order.placed', []],
      [5, 'order.placed', []],
      [5, 'parcel.labelled', []],
      [5, 'parcel.scanned', []],
    ]);
  });
});
