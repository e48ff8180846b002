// The command itself, as a process: exit codes, standard error and the document on standard output.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cloudEventsOf, readCases } from './case.js';

const folder = mkdtempSync(path.join(tmpdir(), 'fineline-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function fineline(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['bin/fineline.mjs', ...args], { maxBuffer: 1e8 }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

function file(name: string, lines: readonly string[]): string {
  const place = path.join(folder, name);
  writeFileSync(place, lines.join('\n'));
  return place;
}

describe('fineline evaluate', () => {
  it('gives the fine of a published example', async () => {
    const example = readCases('published.yaml').find(({ name }) => name.startsWith('#4b'))!;
    const events = file(
      '4b.ndjson',
      cloudEventsOf(example).map((event) => JSON.stringify(event)),
    );
    const { code, out } = await fineline('evaluate', events, '--json');
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report.asOf).toBe('2025-06-04T14:00:01Z');
    expect(report.deadlines.find(({ ruleId }: { ruleId: string }) => ruleId === 'TEMU-US-4')).toMatchObject({
      orderId: 'o-1',
      parcelId: 'TRK0001',
      status: 'missed',
      startsAt: '2025-06-02T14:00:00Z',
      dueAt: '2025-06-04T14:00:00Z',
      projectedFine: { amountMinor: 1875, currency: 'USD', expectedMinor: 1875 },
    });
  });

  it('counts bad lines, and fails on them only when strict or when nothing is left', async () => {
    const [first] = readCases('published.yaml');
    const good = cloudEventsOf(first!).map((event) => JSON.stringify(event));
    const mixed = file('mixed.ndjson', ['{"specversion":"1.0"}', ...good]);
    const lax = await fineline('evaluate', mixed);
    expect(lax.code).toBe(0);
    expect(lax.err).toContain('mixed.ndjson:1 /id');
    expect(lax.err).toContain('1 line could not be read');
    expect((await fineline('evaluate', mixed, '--strict')).code).toBe(1);
    expect(await fineline('evaluate', file('none.ndjson', ['nonsense']))).toMatchObject({ code: 1, out: '' });
  });

  it('leaves out events after --as-of and refuses an instant it cannot read', async () => {
    const example = readCases('published.yaml').find(({ name }) => name.startsWith('#4b'))!;
    const events = file(
      'as-of.ndjson',
      cloudEventsOf(example).map((event) => JSON.stringify(event)),
    );
    const earlier = await fineline('evaluate', events, '--json', '--as-of', '2025-06-03T00:00:00Z');
    expect(earlier.err).toContain('1 event is later than --as-of');
    const open = JSON.parse(earlier.out).deadlines.find(({ ruleId }: { ruleId: string }) => ruleId === 'TEMU-US-4');
    expect(open.status).toBe('open');
    expect((await fineline('evaluate', events, '--as-of', 'noon')).code).toBe(1);
  });

  it('says what is missing: a mapping, a file, a folder of rules', async () => {
    expect((await fineline('evaluate', 'docs/examples/shop-export.csv')).err).toContain('needs --map');
    const absent = await fineline('evaluate', 'absent.ndjson');
    expect([absent.code, absent.err.split('\n')[0]]).toEqual([1, expect.stringContaining('absent.ndjson')]);
  });
});

describe('fineline rules', () => {
  it('checks a folder and tells a fault with its place', async () => {
    expect(await fineline('rules', 'check')).toMatchObject({ code: 0, out: expect.stringContaining('no faults') });
    file('broken.yaml', ['rulebook: broken', 'platform: x', 'surprise: 1']);
    const broken = await fineline('rules', 'check', folder);
    expect([broken.code, broken.out]).toEqual([1, expect.stringMatching(/broken\.yaml:3 \/surprise/)]);
  });

  it('explains one order in Chinese', async () => {
    const { code, out } = await fineline(
      ...['rules', 'explain', 'PO-88-1', 'docs/examples/shop-export.csv'],
      ...['--map', 'docs/examples/shop-export.map.yaml', '--lang', 'zh'],
    );
    expect(code).toBe(0);
    expect(out).toContain('18.75 USD');
    expect(out).not.toContain('577001');
  });
});
