import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

const living = new Map();
process.on('exit', () => {
  for (const [child, signal] of living) child.kill(signal);
});

/** The last net: a crash of this script must not leave servers behind. Signals are handled by the scripts themselves. */
function killAtExit(child, signal) {
  living.set(child, signal);
  child.once('exit', () => living.delete(child));
}

/**
 * Starts a long-running server whose output goes to `logFile`. `stop` resolves when the process is gone. A `detached` one does not
 * hear the terminal's Ctrl-C: whoever started it stops it in its own order.
 */
export function startChild(
  name,
  command,
  args,
  { logFile, env, uid, gid, detached = false, stopSignal = 'SIGTERM', exitSignal = 'SIGKILL', graceMs = 10_000 },
) {
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...env },
    uid,
    gid,
    detached,
  });
  closeSync(log);
  killAtExit(child, exitSignal);
  let ended;
  const exited = new Promise((resolve) => {
    const end = (reason) => {
      ended = reason;
      resolve(reason);
    };
    child.once('exit', (code, signal) => end(signal ?? `code ${code}`));
    child.once('error', (error) => end(error.message));
  });
  return {
    name,
    pid: child.pid,
    logFile,
    exited,
    hasExited: () => ended !== undefined,
    async stop(signal = stopSignal) {
      if (ended !== undefined) return;
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Polls `probe` until it answers true; fails at once, with the end of its log, when the child dies first. */
export async function waitUntilReady(child, probe, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  while (!child.hasExited() && Date.now() < deadline) {
    if (await probe().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const what = child.hasExited() ? `ended (${await child.exited})` : `was not ready within ${timeoutMs} ms`;
  await child.stop('SIGKILL');
  throw new Error(`${child.name} ${what}. ${endOfLog(child.logFile)}`);
}

export function endOfLog(logFile) {
  return `End of ${logFile}:\n${readFileSync(logFile, 'utf8').split('\n').slice(-20).join('\n')}`;
}
