// `fineline demo`: a believable day on the embedded default.
import path from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { homeFolder, programFolder } from '../program-folder.js';
import { defaultRules } from './shared-options.js';

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('a believable day of orders and scans in one process: a page to open, money on it')
    .option('--home <folder>', 'folder of the data', path.join(homeFolder(), 'demo'))
    .option('--port <port>', 'port of the page; 0 takes a free one', wholeNumber, 8080)
    .option('--speed <times>', 'how much faster than real time the last day passes', wholeNumber, 960)
    .option('--seed <number>', 'another number makes another day', wholeNumber, 20)
    .option('--fresh', 'forget what an earlier demo left', false)
    .option('--once', 'end after the day with a summary', false)
    .action(runDemoCommand);
}

interface DemoFlags {
  readonly home: string;
  readonly port: number;
  readonly speed: number;
  readonly seed: number;
  readonly fresh: boolean;
  readonly once: boolean;
}

async function runDemoCommand(flags: DemoFlags): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  // Loaded late: the other commands start without the servers' code.
  const { runDemo } = await import('../../../standalone/src/demo/demo.js');
  const rulebooksDir = defaultRules();
  const webDir = path.join(programFolder(), 'apps/web/dist');
  await runDemo({ ...flags, rulebooksDir, webDir, say: (line) => console.log(line), signal: stop.signal });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number.');
  return Number(text);
}
