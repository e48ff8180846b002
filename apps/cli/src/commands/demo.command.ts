// `fineline demo`: a believable day on the embedded default.
import net from 'node:net';
import path from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { homeFolder, programFolder } from '../program-folder.js';
import { UsageError } from '../usage-error.js';
import { defaultRules } from './shared-options.js';

const USUAL_PORT = 8080;

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('a believable day of orders and scans in one process: a page to open, money on it')
    .option('--home <folder>', 'folder of the data', path.join(homeFolder(), 'demo'))
    .option(
      '--port <port>',
      `port of the page; ${USUAL_PORT}, or a free one where that is taken; 0 takes a free one`,
      wholeNumber,
    )
    .option('--speed <times>', 'how much faster than real time the last day passes', wholeNumber, 960)
    .option('--seed <number>', 'another number makes another day', wholeNumber, 20)
    .option('--fresh', 'forget what an earlier demo left', false)
    .option('--once', 'end after the day with a summary', false)
    .action(runDemoCommand);
}

interface DemoFlags {
  readonly home: string;
  readonly port?: number;
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
  const port = await portToTake(flags.port);
  await runDemo({ ...flags, port, rulebooksDir, webDir, say: (line) => console.log(line), signal: stop.signal });
}

async function portToTake(wanted: number | undefined): Promise<number> {
  const port = wanted ?? USUAL_PORT;
  if (port === 0 || (await isFree(port))) return port;
  if (wanted === undefined) return 0;
  throw new UsageError(`port ${port} is in use: choose another one with --port, or 0 for a free one`);
}

/** Whether nobody listens on this port of the loopback interface. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number.');
  return Number(text);
}
