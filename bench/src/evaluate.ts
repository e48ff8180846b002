// `fineline evaluate` on a file: events a second and the memory it takes, as a user would run it.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { calibrate } from './calibration.js';
import { ALL_HAPPENED, EVENTS_PER_ORDER, benchRecords } from './events.js';
import type { BenchOptions } from './options.js';
import { residentMbOf } from './process-usage.js';
import type { Figures, RoundsResult } from './rounds.js';
import { runRounds } from './rounds.js';

const DEFAULT_EVENTS = 200_000;

export async function evaluate({ postgresUrl, rounds, count }: BenchOptions): Promise<RoundsResult> {
  const orders = Math.ceil((count ?? DEFAULT_EVENTS) / EVENTS_PER_ORDER);
  const folder = mkdtempSync(path.join(tmpdir(), 'fineline-bench-'));
  const file = path.join(folder, 'events.ndjson');
  await pipeline(Readable.from(lines(orders)), createWriteStream(file));
  const events = [...lines(orders)].length;
  try {
    const contestants = [{ name: 'fineline evaluate', run: () => runCommand(file, events) }];
    return await runRounds(rounds, contestants, [], () => calibrate(postgresUrl));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** From start to exit, the loading of the rulebooks included. The report goes nowhere. */
async function runCommand(file: string, events: number): Promise<Figures> {
  const args = [
    'dist/apps/cli/src/main.js',
    'evaluate',
    file,
    '--json',
    '--as-of',
    new Date(ALL_HAPPENED).toISOString(),
  ];
  const start = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  let peakRssMb = 0;
  const watch = setInterval(() => (peakRssMb = Math.max(peakRssMb, residentMbOf(child.pid!, 'peak'))), 50);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`fineline evaluate ended with code ${String(code)}`);
  const seconds = (performance.now() - start) / 1000;
  return { eventsPerSecond: Math.round(events / seconds), seconds, peakRssMb };
}

function* lines(orders: number): Generator<string> {
  for (const { value } of benchRecords(orders)) yield `${value.toString()}\n`;
}
