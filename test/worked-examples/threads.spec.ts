// However many threads share a file, what the command prints is what one thread prints: every worked example is a tenant of its own,
// their events interleaved, with bad lines, unknown fields, repetitions and blank lines among them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cloudEventsOf, readCases } from './case.js';
import { fineline } from './run-command.js';

const folder = mkdtempSync(path.join(tmpdir(), 'fineline-threads-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CASES = [...readCases('published.yaml'), ...readCases('derived.yaml')];

/** The first events of all cases, then the second ones, and so on. Every fifth case names no tenant. */
function* interleaved(): Generator<Record<string, unknown>> {
  const feeds = CASES.map((each, tenant) =>
    cloudEventsOf(each).map((event) => {
      const own = { ...event, source: `urn:case-${tenant}` };
      return tenant % 5 === 4 ? own : { ...own, tenantid: `tenant-${tenant}` };
    }),
  );
  for (let step = 0; feeds.some((feed) => step < feed.length); step++) {
    for (const feed of feeds) {
      const event = feed[step];
      if (event) yield event;
    }
  }
}

function eventsFile(): string {
  const lines = [...interleaved()].flatMap((event, at) => {
    const line = JSON.stringify(event);
    if (at % 7 === 0) return [line, '', line];
    if (at % 11 === 0) return [line, JSON.stringify({ ...event, id: `${at}-late`, time: 'yesterday', data: {} })];
    if (at % 13 === 0) return [line, line.slice(0, -5)];
    if (at % 17 === 0) return [JSON.stringify({ ...event, data: { ...(event['data'] as object), mood: 'sad' } })];
    return [line];
  });
  const file = path.join(folder, 'events.ndjson');
  writeFileSync(file, lines.join('\n'));
  return file;
}

describe('fineline evaluate --threads', () => {
  const file = eventsFile();

  it.each([
    ['JSON', ['2', '5'], ['--json']],
    ['JSON at an instant', ['3'], ['--json', '--as-of', '2026-01-15T00:00:00Z']],
    ['text', ['4'], ['--lang', 'zh']],
  ])('prints the same to the byte as %s', async (_name, counts, options) => {
    const one = await fineline('evaluate', file, ...options, '--threads', '1');
    expect([one.code, one.out.length > 100_000, one.err.includes('lines could not be read')]).toEqual([0, true, true]);
    for (const threads of counts) {
      expect(await fineline('evaluate', file, ...options, '--threads', threads)).toEqual(one);
    }
  });

  it('fails as one thread does: on bad lines when strict, and on rules that are not there', async () => {
    for (const options of [['--strict'], ['--rules', path.join(folder, 'absent')]]) {
      const [one, two] = await Promise.all(
        ['1', '2'].map((threads) => fineline('evaluate', file, ...options, '--threads', threads)),
      );
      expect(one!.code).toBe(1);
      expect(two).toEqual(one);
    }
  });
});
