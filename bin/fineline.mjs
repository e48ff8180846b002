#!/usr/bin/env node
// Starts the command line from `dist`, building it first when a source is newer. Downloads nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const main = path.join(root, 'dist/apps/cli/src/main.js');

if (isStale()) build();
await import(main);

function isStale() {
  if (!existsSync(main)) return true;
  const built = statSync(main).mtimeMs;
  return ['apps', 'libs'].some((folder) => newestSource(path.join(root, folder)) > built);
}

function newestSource(folder) {
  if (!existsSync(folder)) return 0;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const sources = files.filter((file) => file.isFile() && file.name.endsWith('.ts') && !file.name.endsWith('spec.ts'));
  return Math.max(0, ...sources.map((file) => statSync(path.join(file.parentPath, file.name)).mtimeMs));
}

function build() {
  const swc = path.join(root, 'node_modules/.bin/swc');
  if (!existsSync(swc)) {
    console.error('fineline: run `npm ci` first, the build needs its packages');
    process.exit(1);
  }
  const build = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (build.status !== 0) process.exit(build.status ?? 1);
}
