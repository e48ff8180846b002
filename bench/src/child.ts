// Contestants run in a process of their own: no shared heap, no warm code of another, CPU and memory counted apart.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Figures } from './rounds.js';

/** What the child is asked to run; `settings` must be JSON. */
export interface ChildTask {
  readonly contestant: string;
  readonly settings: Readonly<Record<string, string | number>>;
}

/** Figures of the contestant, with `cpuSeconds` and `peakRssMb` of its process. Rejects when it fails. */
export function runInChild(task: ChildTask, profile?: string): Promise<Figures> {
  const execArgv = profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [];
  const child = fork(fileURLToPath(new URL('./contestant.js', import.meta.url)), [JSON.stringify(task)], { execArgv });
  return new Promise((resolve, reject) => {
    let figures: Figures | undefined;
    child.on('message', (message) => (figures = message as Figures));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0 && figures) resolve(figures);
      else reject(new Error(`${task.contestant} ended with code ${code}`));
    });
  });
}
