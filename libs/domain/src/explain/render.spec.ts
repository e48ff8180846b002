import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { PER } from '../evaluate/money-count.js';
import { StandingLine } from '../evaluate/trace.js';
import { explanationJson, renderExplanation, renderFormula } from './render.js';
import { TEMPLATES } from './templates.js';

const SOURCES = ['compile', 'evaluate'].flatMap((folder) => {
  const directory = new URL(`../${folder}/`, import.meta.url);
  return readdirSync(directory)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => readFileSync(new URL(name, directory), 'utf8'));
});

/** Every code the engine can put into an explanation: the literals before the values of a line. */
function codesInUse(): string[] {
  const heads = SOURCES.flatMap((source) =>
    [...source.matchAll(/(?:\.add\(|code: (?='))[^{;]*/g)].map((match) => match[0]),
  );
  const codes = heads.flatMap((head) => [...head.matchAll(/'([a-z][a-z-]+)'/g)].map((match) => match[1]!));
  const statuses = ['open', 'met', 'missed', 'waived', 'void'].map((status) => `status-${status}`);
  return [...new Set([...codes, ...statuses])];
}

describe('sentences', () => {
  test('every code of the engine has one in both languages, and the Chinese one is Chinese', () => {
    const codes = codesInUse();
    expect(codes).toEqual(expect.arrayContaining(['gate-unknown', 'highest-of', 'days-skipped', 'chance']));
    for (const code of codes) {
      const template = TEMPLATES[code];
      expect([code, typeof template?.en, /\p{Script=Han}/u.test(template?.zh ?? '')]).toEqual([code, 'string', true]);
    }
  });

  test('times are shown in their zone, with the zone', () => {
    const line = {
      code: 'computed-due',
      values: { at: Date.parse('2026-02-04T07:59:59Z'), zone: 'America/Los_Angeles' },
    };
    expect(renderExplanation(line, 'en')).toBe(
      'Due by our count: 2026-02-03 23:59:59 America/Los_Angeles (UTC-08:00).',
    );
    expect(renderExplanation(line, 'zh')).toBe(
      '自行计算的截止时间：2026-02-03 23:59:59 America/Los_Angeles (UTC-08:00)。',
    );
  });

  test('money, shares and lengths of time are written out, what is empty is left out', () => {
    const base = { code: 'money-base', values: { base: 'disbursement-price', amountMinor: 3750, currency: 'USD' } };
    expect(renderExplanation(base, 'zh')).toBe('基数：结算价 37.50 USD。');
    expect(renderExplanation({ code: 'dues-differ', values: { differenceMs: -25_199_000 } }, 'en')).toContain(
      '-6 h 59 min 59 s',
    );
    const skipped = { from: '2026-02-02', to: '2026-02-02', why: 'holiday', name: 'Test Day' };
    expect(renderExplanation({ code: 'days-skipped', values: skipped }, 'en')).toBe(
      'Skipped 2026-02-02: holiday (Test Day).',
    );
    const weekend = { from: '2026-02-07', to: '2026-02-08', why: 'weekend', name: '' };
    expect(renderExplanation({ code: 'days-skipped', values: weekend }, 'zh')).toBe(
      '跳过 2026-02-07 至 2026-02-08：周末。',
    );
  });

  test('a formula is said in words of the language, alone and in its sentence', () => {
    const text = '{max}(5.00 USD x 2 ({parcel}), 1.00 USD) = 10.00 USD, {cap} 9.00 USD = 9.00 USD';
    const zh = '取高(5.00 USD x 2 (包裹), 1.00 USD) = 10.00 USD, 上限 9.00 USD = 9.00 USD';
    expect(renderFormula(text, 'zh')).toBe(zh);
    expect(renderExplanation({ code: 'formula', values: { text } }, 'zh')).toBe(`罚款：${zh}。`);
    expect(renderFormula(text, 'en')).toBe(text.replaceAll(/[{}]/g, ''));
  });

  test('every word of a formula has a name in both languages', () => {
    const counted = Object.keys(PER).filter((per) => per !== 'order');
    for (const word of ['max', 'min', 'floor', 'cap', ...counted]) {
      expect(renderFormula(`{${word}}`, 'zh')).toMatch(/^\p{Script=Han}+$/u);
    }
  });

  test('a code it does not know is shown, not dropped', () => {
    expect(renderExplanation({ code: 'new-thing', values: { a: 1 } }, 'en')).toBe('new-thing {"a":1}');
  });

  test.each(['plain', 'a "quoted" one', 'back\\slash', 'tab\tand\nline', '仓库 🚚', 'half \ud83d of a pair'])(
    'as JSON the same sentence: %j',
    (text) => {
      const values = {
        id: text,
        en: text,
        zh: text,
        text,
        group: text,
        amountMinor: 5,
        currency: 'USD',
        zone: 'UTC',
        at: 0,
      };
      for (const code of [...Object.keys(TEMPLATES), 'of-a-newer-engine']) {
        const line = { code, values };
        for (const language of ['en', 'zh'] as const) {
          const json = JSON.stringify(renderExplanation(line, language));
          expect(explanationJson(line, language)).toBe(json);
          const bytes = explanationJson(new StandingLine(code, values), language);
          expect(Buffer.from(bytes).toString()).toBe(json);
        }
      }
    },
  );
});
