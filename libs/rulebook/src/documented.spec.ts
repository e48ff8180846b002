import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { checkRulebook } from './load-rulebook.js';
import { printFaults } from './rulebook-error.js';

const PAGE = readFileSync('docs/domain/rule-language.md', 'utf8');
const BLOCKS = [...PAGE.matchAll(/^```yaml\n(.*?)^```/gms)].map((match) => parse(match[1]!) as Record<string, unknown>);
const [whole, ...parts] = BLOCKS as [Rulebook, ...Record<string, unknown>[]];

interface Rulebook {
  readonly rules: readonly { readonly versions: readonly Record<string, unknown>[] }[];
}

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'fineline-documented-'));
  mkdirSync(path.join(directory, 'overlays'));
});
afterEach(() => rmSync(directory, { recursive: true }));

// JSON is YAML, so the merged documents need no other writer.
function write(name: string, content: unknown): void {
  writeFileSync(path.join(directory, name), JSON.stringify(content));
}

function writeRulebook(part: Record<string, unknown>): void {
  const rates = parts.find((block) => block.rates)?.rates;
  const ofDocument = ['rates', 'points', 'waivers'].some((field) => field in part);
  const [rule] = whole.rules;
  // `~` in an example takes a field of the whole example away.
  const version = Object.fromEntries(
    Object.entries({ ...rule!.versions[1], ...(ofDocument ? {} : part) }).filter(([, value]) => value !== null),
  );
  write('shop.yaml', {
    ...whole,
    rates,
    ...(ofDocument ? part : {}),
    rules: [{ ...rule, versions: [rule!.versions[0], version] }],
  });
}

function faults(): string {
  const checked = checkRulebook(directory);
  return 'faults' in checked ? printFaults(checked.faults) : '';
}

describe('the page on the rule language', () => {
  it('shows many examples', () => expect(parts.length).toBeGreaterThan(15));

  it('begins with a rulebook that loads', () => {
    write('shop.yaml', whole);
    expect(faults()).toBe('');
  });

  it.each(parts.map((part) => ({ fields: Object.keys(part).join(', '), part })))(
    'shows $fields as they load',
    ({ part }) => {
      if ('calendars' in part) write('calendars.yaml', part);
      if ('overlays' in part) write('overlays/acme.yaml', part);
      writeRulebook('calendars' in part || 'overlays' in part ? {} : part);
      expect(faults()).toBe('');
    },
  );
});
