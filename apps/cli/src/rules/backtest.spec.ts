import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { compareEvaluations, evaluateState } from '#domain';
import { loadRulebook } from '#rulebook';
import { readFileState } from '../evaluation/evaluate-file.js';
import { diffDocuments } from './diff-documents.js';
import { loadDraft, readDocuments } from './load-documents.js';

const folder = mkdtempSync(path.join(tmpdir(), 'fineline-draft-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The published Temu rules with 73 hours to the first scan instead of 48. */
function draft(): string {
  const file = path.join(folder, 'temu-us.yaml');
  const published = readFileSync('rulebooks/temu-us.yaml', 'utf8');
  writeFileSync(file, published.replace('unit: hours, amount: 48', 'unit: hours, amount: 73'));
  return file;
}

describe('a draft of a rulebook', () => {
  it('differs in one leaf', () => {
    expect(diffDocuments(readDocuments('rulebooks/temu-us.yaml'), readDocuments(draft()))).toEqual([
      { place: 'temu-us TEMU-US-4 2024-08-11 clock.count.amount', before: '48', after: '73' },
    ]);
  });

  it('turns the late scan of the example into one on time', async () => {
    const { state } = await readFileState('docs/examples/shop-export.csv', {
      map: 'docs/examples/shop-export.map.yaml',
    });
    const [published, drafted] = [loadRulebook('rulebooks'), loadDraft('rulebooks', draft())].map((rulebook) =>
      evaluateState(rulebook, state, state.latest as number),
    );
    const groups = compareEvaluations(published!, drafted!, {});
    expect(groups).toMatchObject([
      {
        ruleId: 'TEMU-US-4',
        sellerId: 't-lamp',
        week: '2026-03-02',
        deadlines: 1,
        verdicts: { 'missed -> met': 1 },
        missedBeforeMinor: 1875,
        missedAfterMinor: 0,
        changes: [{ orderId: 'PO-88-1', differenceMinor: -1875 }],
      },
    ]);
    expect(compareEvaluations(published!, drafted!, { from: Date.parse('2026-03-09T00:00:00Z') })).toEqual([]);
    expect(compareEvaluations(published!, published!, {})).toEqual([]);
  });
});
