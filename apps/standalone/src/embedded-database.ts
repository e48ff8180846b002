// The embedded PostgreSQL: one local folder, one server, one owner at a time.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '#embedded-postgres';
import { AppError } from '#platform';

export interface EmbeddedDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on `folder`, making the cluster at the first start. Throws AppError `data-folder-in-use` when another
 * process has it. A server that outlived its killed owner is stopped first.
 */
export async function startEmbeddedDatabase(folder: string): Promise<EmbeddedDatabase> {
  mkdirSync(folder, { recursive: true });
  const release = takeFolder(folder);
  await endLeftover(join(folder, 'postgres', 'data', 'postmaster.pid'));
  const server = await startPostgres({ directory: join(folder, 'postgres'), safe: true });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      release();
    },
  };
}

function takeFolder(folder: string): () => void {
  const lock = join(folder, 'owner.pid');
  const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : undefined;
  if (owner !== undefined && owner !== process.pid && isAlive(owner)) {
    throw new AppError(
      'data-folder-in-use',
      `process ${owner} already uses ${folder}; stop it or choose another folder with FINELINE_HOME`,
    );
  }
  writeFileSync(lock, String(process.pid));
  return () => rmSync(lock, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A killed owner leaves its server running; a second one on the same folder would refuse to start. */
async function endLeftover(pidFile: string): Promise<void> {
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : Number.NaN;
  if (!Number.isInteger(pid) || !isAlive(pid)) return;
  process.kill(pid, 'SIGINT');
  for (let waited = 0; waited < 10_000 && isAlive(pid); waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
