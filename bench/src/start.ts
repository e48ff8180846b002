// `standalone` from nothing running to ready, on the data of an earlier run.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppProcess } from '../../test/e2e/system/app-process.js';
import { fillDeadlines } from './api.js';
import { calibrate } from './calibration.js';
import type { BenchOptions } from './options.js';
import type { Figures, RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';

const DEFAULT_DEADLINES = 100_000;

export async function start({ postgresUrl, rounds, count }: BenchOptions): Promise<RoundsResult> {
  const home = mkdtempSync(path.join(tmpdir(), 'fineline-bench-'));
  // Started by root, the embedded server runs as another user.
  chmodSync(home, 0o755);
  const variables = {
    FINELINE_HOME: path.join(home, 'standalone'),
    SESSION_SECRET: 'a secret for the bench of at least thirty-two characters',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'bench@example.com',
    SECURE_COOKIES: 'off',
  };
  try {
    const first = await AppProcess.start('standalone', variables);
    await fillDeadlines(/"DATABASE_URL":"([^"]+)"/.exec(first.output)![1]!, count ?? DEFAULT_DEADLINES);
    await first.signal('SIGTERM');
    const run = async (): Promise<Figures> => {
      const began = performance.now();
      const again = await AppProcess.start('standalone', variables);
      const secondsToReady = (performance.now() - began) / 1000;
      const cpuSeconds = await again.counted('process_cpu_seconds_total');
      const rssMb = (await again.counted('process_resident_memory_bytes')) / 2 ** 20;
      const { ms } = await again.signal('SIGTERM');
      return { secondsToReady, cpuSeconds, rssMb, secondsToStop: ms / 1000 };
    };
    return await runRounds(rounds, [{ name: 'standalone', run }], [], () => calibrate(postgresUrl));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
