// The metrics of docs/operations.md are those of the code: names, labels, and the stage they belong to.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { declaredMetrics, quotedWords } from './declared-metrics.js';

interface Metric {
  readonly name: string;
  readonly labels: readonly string[];
}

const page = readFileSync('docs/operations.md', 'utf8');

function documented(): Metric[] {
  const rows = page.matchAll(/^\| `(fineline_\w+)` *\|([^|]*)\|/gm);
  return [...rows].map(([, name, labels]) => ({ name: name!, labels: quotedWords(labels!) }));
}

const declared = (): Metric[] => declaredMetrics().map(({ name, labels }) => ({ name, labels }));

const byName = (a: Metric, b: Metric): number => (a.name < b.name ? -1 : 1);

describe('docs/operations.md', () => {
  it('lists every metric of the code with its labels, and no other', () => {
    expect(documented().sort(byName)).toEqual(declared().sort(byName));
  });

  it('finds each metric named after its stage', () => {
    for (const { name } of declared())
      expect(name).toMatch(/^fineline_(intake|track|escalate|queue|notify|api)_[a-z_]+$/);
  });

  it('names entries that a build makes', () => {
    const entries = [...page.matchAll(/\b(?:dist\/(apps\/\w+\/src\/main)\.js|(bin\/fineline\.mjs))/g)];
    expect(entries.length).toBeGreaterThan(10);
    for (const [, app, script] of entries) expect(existsSync(script ?? `${app}.ts`)).toBe(true);
  });
});
