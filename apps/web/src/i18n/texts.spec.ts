import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { en } from './en.ts';
import { zh } from './zh.ts';

/** Codes of problems the API can answer the page with; rules and backtests are no part of the page. */
function codesOfApi(): string[] {
  const folder = 'apps/api/src';
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts') && !file.startsWith('rules'))
    .map((file) => readFileSync(`${folder}/${file}`, 'utf8'));
  const thrown = sources.flatMap((source) => [...source.matchAll(/new ProblemException\(\s*\d+,\s*'([a-z-]+)'/g)]);
  return [...new Set(thrown.map(([, code]) => code!))];
}

type Texts = { [key: string]: string | Texts };
const textsIn = (texts: Texts): string[] =>
  Object.values(texts).flatMap((text) => (typeof text === 'string' ? [text] : textsIn(text)));

describe('texts of the page', () => {
  it('tell every problem of the API in both languages', () => {
    const codes = codesOfApi();
    expect(codes).toEqual(expect.arrayContaining(['ops-only', 'already-settled', 'cross-site']));
    for (const texts of [en.problems, zh.problems]) expect(Object.keys(texts)).toEqual(expect.arrayContaining(codes));
  });

  it('are Chinese in Chinese, but for names and numbers', () => {
    const foreign = textsIn(zh as unknown as Texts).filter((text) => !/\p{Script=Han}/u.test(text));
    expect(foreign.every((text) => text === 'Fineline' || text.replaceAll(/\{\{\w+\}\}/g, '').trim().length < 3)).toBe(
      true,
    );
  });
});
