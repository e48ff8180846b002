import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
/** Downloaded servers, and one data directory per run. */
export const cacheDir = path.join(root, '.fineline', 'services');
const descriptionFile = path.join(root, '.fineline', 'services.json');

export function writeDescription({ postgresUrl, kafkaBrokers, redisUrl, started }) {
  const children = started.map(({ name, pid }) => ({ name, pid }));
  const description = { postgresUrl, kafkaBrokers, redisUrl, pid: process.pid, children };
  writeFileSync(descriptionFile, `${JSON.stringify(description, null, 2)}\n`);
}

export function removeDescription() {
  rmSync(descriptionFile, { force: true });
}

/** What a living `npm run services` wrote, or undefined. */
export function runningServices() {
  const description = readDescription();
  return description && isAlive(description.pid) ? description : undefined;
}

/** Ends the servers of a script that was killed outright, and deletes its data. Only when `runningServices()` is undefined. */
export function endOrphans() {
  const description = readDescription();
  for (const { name, pid } of description?.children ?? []) {
    if (!isOurs(pid, description)) continue;
    console.log(`Ending ${name} (process ${pid}), left behind by an earlier run.`);
    process.kill(pid, name === 'postgres' ? 'SIGINT' : 'SIGKILL');
  }
  removeDescription();
  for (const entry of existsSync(cacheDir) ? readdirSync(cacheDir) : []) {
    const owner = /^run-(\d+)$/.exec(entry)?.[1];
    if (owner && !isAlive(Number(owner))) rmSync(path.join(cacheDir, entry), { recursive: true, force: true });
  }
}

/** Process ids are reused: the command line must name our folder, or for Redis (which rewrites it) our address. */
function isOurs(pid, { redisUrl }) {
  if (!isAlive(pid) || process.platform === 'win32') return false;
  const command = execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return command.includes(cacheDir) || (redisUrl !== undefined && command.includes(new URL(redisUrl).host));
}

function readDescription() {
  return existsSync(descriptionFile) ? JSON.parse(readFileSync(descriptionFile, 'utf8')) : undefined;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
