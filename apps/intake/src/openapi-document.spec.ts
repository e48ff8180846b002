import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { intakeDocument } from './openapi-document.js';

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, { post?: { responses: Record<string, { content?: object }> } }>;
}

describe('OpenAPI of intake', () => {
  it('is what npm run docs:generate writes', async () => {
    expect(readFileSync('docs/openapi-intake.json', 'utf8')).toBe(await intakeDocument());
  });

  it('is valid OpenAPI 3.1', async () => {
    const config = await createConfig({
      extends: ['minimal'],
      rules: { struct: 'error', 'no-unresolved-refs': 'error' },
    });
    const lint = async (source: string) =>
      (await lintFromString({ source, config }))
        .filter(({ severity }) => severity === 'error')
        .map(({ message }) => message);
    const text = await intakeDocument();
    expect(await lint(text)).toEqual([]);
    expect(await lint(text.replace('"operationId": "sendEvents"', '"operationId": 7'))).not.toEqual([]);
    expect((JSON.parse(text) as Document).openapi).toBe('3.1.0');
  });

  it('documents every refusal of every way in as problem details', async () => {
    const { paths } = JSON.parse(await intakeDocument()) as Document;
    const posts = Object.entries(paths).filter(([, path]) => path.post);
    expect(posts.map(([path]) => path)).toEqual([
      '/v1/events',
      '/v1/csv',
      '/v1/carriers/{carrier}/webhook/{endpointId}',
    ]);
    for (const [, { post }] of posts) {
      const refusals = Object.entries(post!.responses).filter(([status]) => Number(status) >= 400);
      expect(refusals.map(([status]) => status)).toEqual(expect.arrayContaining(['401', '413', '429', '503']));
      for (const [, { content }] of refusals) expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
    }
  });
});
