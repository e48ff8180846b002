// docker-compose.yml and the Dockerfile against the code they start. No Docker engine is needed, so none is proved to run it.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { parseConfig } from '#platform';
import { SCHEMAS, VARIABLES } from './environment-schemas.js';

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly stop_grace_period?: string;
}

const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  services: Readonly<Record<string, Service>>;
};
const NAMES = Object.keys(SCHEMAS);
const APPS = NAMES.filter((name) => name !== 'migrate');
/** What the file demands of the person who starts it. */
const DEMANDED: Readonly<Record<string, string>> = { SESSION_SECRET: 'x'.repeat(32) };

/** Compose's `${NAME:-default}` and `${NAME:?message}`, in an environment that sets only what is demanded. */
function interpolated(environment: Readonly<Record<string, string>>): Record<string, string> {
  const fill = (text: string): string =>
    text.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, kind: string, rest: string) =>
      kind === '-' ? rest : DEMANDED[name]!,
    );
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(value)]));
}

describe('docker-compose.yml', () => {
  it('starts every process that reads the environment', () => {
    expect(Object.keys(services)).toEqual(expect.arrayContaining(NAMES));
  });

  it.each(NAMES)('gives %s an environment its schema accepts, and nothing nobody reads', (name) => {
    const environment = interpolated(services[name]!.environment!);
    expect(parseConfig(SCHEMAS[name]!, environment)).toMatchObject({ ok: true });
    expect(Object.keys(environment).filter((variable) => !VARIABLES.includes(variable))).toEqual([]);
  });

  it.each(NAMES)('runs a file for %s that a build makes', (name) => {
    const [program, file] = services[name]!.command!.filter((word) => !word.startsWith('--'));
    expect(program).toBe('node');
    const source = file!.startsWith('dist/') ? file!.replace(/^dist\//, '').replace(/\.js$/, '.ts') : file!;
    expect(existsSync(source)).toBe(true);
  });

  it('waits only for services that exist, and for health where there is a health check', () => {
    for (const { depends_on = {} } of Object.values(services)) {
      for (const [needed, { condition }] of Object.entries(depends_on)) {
        expect(services).toHaveProperty([needed]);
        expect(services[needed]!.healthcheck !== undefined).toBe(condition === 'service_healthy');
      }
    }
    for (const app of APPS) expect(services[app]!.depends_on).toHaveProperty('migrate');
  });

  it.each(APPS)('leaves %s more time to stop than its own grace', (app) => {
    const config = parseConfig(SCHEMAS[app]!, interpolated(services[app]!.environment!));
    const grace = (config as unknown as { config: { SHUTDOWN_GRACE_MS: number } }).config.SHUTDOWN_GRACE_MS;
    expect(Number(/^(\d+)s$/.exec(services[app]!.stop_grace_period!)![1]) * 1_000).toBeGreaterThan(grace);
  });

  it.each([
    [200, 0],
    [503, 1],
  ])('takes %d of /readyz as exit code %d of the health check', async (status, exitCode) => {
    const [, node, flag, script] = services['api']!.healthcheck!.test;
    const { HTTP_PORT } = services['api']!.environment!;
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url!);
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const here = script!.replace(`:${HTTP_PORT}/`, `:${(server.address() as AddressInfo).port}/`);
    const exit = await promisify(execFile)(node!, [flag!, here]).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
    server.close();
    expect({ exit, asked }).toEqual({ exit: exitCode, asked: ['/readyz'] });
  });
});

describe('the image', () => {
  it('has every package the apps import once the development packages are gone', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object };
    const names = ['apps', 'libs'].flatMap(sourcesOf).flatMap(packagesOf);
    // Comes with @nestjs/platform-express, whose own version it must be.
    const missing = names.filter((name) => !(name in dependencies) && name !== 'express');
    expect([...new Set(missing)]).toEqual([]);
    expect(names.length).toBeGreaterThan(100);
  });
});

function sourcesOf(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`);
  const isShipped = (file: string): boolean =>
    /\.ts$/.test(file) && !/(spec|fixture)\.ts$/.test(file) && !/^(apps\/web|libs\/testing)\//.test(file);
  return files.filter((file) => isShipped(file) && !file.includes('node_modules'));
}

function packagesOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const targets = [...text.matchAll(/^(?:import|export)(?! type)[^;]*? from '([^'.#][^']*)'/gm)].map(
    ([, target]) => target!,
  );
  const packages = targets.filter((target) => !target.startsWith('node:'));
  return packages.map((target) =>
    target
      .split('/')
      .slice(0, target.startsWith('@') ? 2 : 1)
      .join('/'),
  );
}
