import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from './description.mjs';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const running = new Set();
const LINGER_MS = 30_000;

/**
 * Runs a command with its output shown; says what it does and how long it took. Throws when it fails. `isFinished` tells when its
 * work is done: a process that stays longer than `LINGER_MS` after that, because it left something open, is ended.
 */
export async function stage(title, command, args, { env, isFinished } = {}) {
  console.log(`\n▶ ${title}`);
  const startedAt = Date.now();
  const code = await runToEnd(command, args, env, isFinished);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`${code === 0 ? '✔' : '✘'} ${title}: ${seconds} s`);
  if (code !== 0) throw new StageFailed(title, code);
}

export class StageFailed extends Error {
  constructor(title, code) {
    super(`${title} failed (${code})`);
  }
}

export function npmRun(script) {
  return [npm, ['run', '--silent', script]];
}

/**
 * `npm ci` where packages are missing or others are wanted. npm writes its hidden lock file last, so one older than
 * package-lock.json means another set of packages.
 */
export async function installIfStale() {
  const installed = path.join(root, 'node_modules', '.package-lock.json');
  const wanted = path.join(root, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  await stage('install (npm ci)', npm, ['ci', '--no-audit', '--no-fund']);
}

/** For Ctrl-C: ends the command that is running. */
export function interrupt(signal) {
  for (const child of running) child.kill(signal);
}

function runToEnd(command, args, env, isFinished) {
  return new Promise((resolve, reject) => {
    const shell = process.platform === 'win32';
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', shell, env: { ...process.env, ...env } });
    const watch = isFinished && endLingering(child, isFinished);
    running.add(child);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      running.delete(child);
      resolve(code ?? signal);
    });
  });
}

function endLingering(child, isFinished) {
  let finishedAt;
  return setInterval(() => {
    if (isFinished()) finishedAt ??= Date.now();
    if (finishedAt === undefined || Date.now() - finishedAt < LINGER_MS) return;
    console.error(`It was done ${LINGER_MS / 1000} s ago and did not end: something was left open. Ending it.`);
    child.kill('SIGKILL');
  }, 1_000);
}
