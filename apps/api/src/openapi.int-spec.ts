import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningApi } from './api.fixture.js';
import { apiDocument } from './openapi.js';

const FILE = 'docs/openapi-api.json';
let api: RunningApi;
beforeAll(async () => {
  api = await RunningApi.start();
});
afterAll(() => api.close());

describe('the published description', () => {
  it(`is ${FILE}; UPDATE_OPENAPI=1 writes it anew`, async () => {
    const text = `${JSON.stringify(await apiDocument(api.app), null, 2)}\n`;
    if (process.env['UPDATE_OPENAPI']) writeFileSync(FILE, text);
    expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(FILE, 'utf8')));
  });

  it('describes every route with the schema of its answer', async () => {
    const { openapi, paths } = await apiDocument(api.app);
    expect(openapi).toBe('3.1.0');
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(operations as Record<string, Operation>)) {
        const answer = operation.responses['200'] ?? operation.responses['204'];
        expect([path, method, Boolean(answer)]).toEqual([path, method, true]);
        if (operation.responses['200'])
          expect([path, JSON.stringify(answer)]).toEqual([path, expect.stringContaining('"schema"')]);
      }
    }
    expect(Object.keys(paths).length).toBeGreaterThan(18);
  });

  it('leaves probes to the deployment, which find them', async () => {
    expect((await fetch(`${api.url}/livez`)).status).toBe(200);
    expect((await fetch(`${api.url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${api.url}/metrics`)).text()).toBeDefined();
    const policy = (await fetch(`${api.url}/livez`)).headers.get('content-security-policy');
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe-inline');
  });
});

interface Operation {
  responses: Record<string, object>;
}
