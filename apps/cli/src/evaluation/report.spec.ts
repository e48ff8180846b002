import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { loadRulebook, readRulebooks } from '#rulebook';
import { rulebookTable } from '../rules/rulebook-table.js';
import { evaluateFile } from './evaluate-file.js';
import type { Evaluation } from '#domain';
import { printReport } from './print-report.js';
import { evaluateSchemaText } from './report-schema.js';
import { reportJson } from './report-json.js';
import { reportOf, reportParts } from './report.js';

const SHOWN = { faults: [{ line: 7, pointer: '/time', detail: 'is required' }], language: 'en' } as const;
let evaluation: Evaluation;

beforeAll(async () => {
  const options = { map: 'docs/examples/shop-export.map.yaml', rules: 'rulebooks' };
  ({ evaluation } = await evaluateFile('docs/examples/shop-export.csv', options));
});

describe('the report of evaluate', () => {
  it('is valid by its published schema, in one piece and as JSON text', () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    addFormats.default(ajv);
    const validate = ajv.compile(JSON.parse(readFileSync('docs/schemas/evaluate.schema.json', 'utf8')));
    const report = reportOf(evaluation, SHOWN);
    expect([validate(report), validate.errors]).toEqual([true, null]);
    const json: unknown = JSON.parse(
      Buffer.concat([...reportJson(evaluation, SHOWN)].map((piece) => Buffer.from(piece))).toString(),
    );
    expect(json).toEqual(JSON.parse(JSON.stringify(report)));
    expect(validate({ ...report, asOf: 'yesterday' })).toBe(false);
  });

  it('adds up per currency', () => {
    expect(reportOf(evaluation, SHOWN).totals).toEqual([
      { currency: 'USD', missedMinor: 500 + 500 + 1875 + 500, projectedMinor: 0, expectedMinor: 0 },
    ]);
  });

  it.each([
    [
      'en',
      '2 working days are counted',
      '[missed] TTS-US-1 Dispatch, regular order, due 2026-03-04 23:59:59',
      'derived',
    ],
    ['zh', '计 2 个工作日', '[已超时] TTS-US-1 普通订单发货时限, 截止 2026-03-04 23:59:59', '推算'],
  ] as const)(
    'prints explanations and totals in %s, times in the zone of the deadline',
    (language, text, head, source) => {
      const printed = [...printReport(reportParts(evaluation, { faults: [], language }), language)].join('\n');
      expect(printed).toContain(text);
      expect(printed).toContain(`${head} America/Los_Angeles (UTC-08:00)`);
      expect(printed).toContain(`${source})`);
      expect(printed).toContain('33.75 USD');
    },
  );
});

describe('generated pages are those of the sources (run scripts/cli-docs.mjs)', () => {
  it.each([
    ['docs/schemas/evaluate.schema.json', () => evaluateSchemaText()],
    ['docs/domain/rulebooks.md', () => rulebookTable(readRulebooks('rulebooks').documents)],
  ])('%s', (file, textOf) => {
    expect(readFileSync(file, 'utf8')).toBe(textOf());
  });

  it('lists every rule', () => {
    const page = rulebookTable(loadRulebook('rulebooks').documents);
    for (const { rules } of loadRulebook('rulebooks').documents) {
      for (const { id } of rules) expect(page).toContain(`| ${id} |`);
    }
  });
});
