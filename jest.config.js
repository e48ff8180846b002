import { readFileSync } from 'node:fs';

// The build leaves the page to vite; its plain modules are tested here all the same.
const {
  $schema: _schema,
  exclude: _exclude,
  ...swc
} = JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));

/** Unit, integration and end-to-end tests in one runner; `scripts/test.mjs` starts the real services first. */
const shared = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { swcrc: false, ...swc }] },
  moduleNameMapper: {
    '^#(domain|contracts|storage|log|queue|carriers|platform|testing|rulebook|tracking)$':
      '<rootDir>/libs/$1/src/index.ts',
    '^#embedded-postgres$': '<rootDir>/scripts/lib/postgres.mjs',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

export default {
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs,test,bench}/**/*.spec.ts'] },
    { ...shared, displayName: 'integration', testMatch: ['<rootDir>/{apps,libs,test}/**/*.int-spec.ts'] },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.e2e-spec.ts'] },
  ],
  testTimeout: 120_000,
};
