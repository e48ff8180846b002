#!/usr/bin/env node
/** `npm run demo`: installs what is missing, builds what is stale, then runs `fineline demo` with the same arguments. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib/description.mjs';
import { installIfStale, npmRun, stage } from './lib/stages.mjs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Fineline needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

try {
  await installIfStale();
  await stage('build', ...npmRun('build'));
  if (isWebStale()) await stage('build the page', ...npmRun('build:web'));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
process.argv.splice(2, 0, 'demo');
await import('../bin/fineline.mjs');

function isWebStale() {
  const page = path.join(root, 'apps/web/dist/index.html');
  if (!existsSync(page)) return true;
  const built = statSync(page).mtimeMs;
  const sources = readdirSync(path.join(root, 'apps/web/src'), { recursive: true, withFileTypes: true });
  return sources.some((file) => file.isFile() && statSync(path.join(file.parentPath, file.name)).mtimeMs > built);
}
