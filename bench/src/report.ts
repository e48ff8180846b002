// Results as a table for people and as JSON beside it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { RoundsResult } from './rounds.js';

export function printResult(name: string, result: RoundsResult): void {
  const { rounds, medians, ratios } = result;
  console.log(`\n${name}: medians of ${rounds.length} interleaved rounds`);
  for (const [contestant, figures] of Object.entries(medians)) {
    const shown = Object.entries(figures).map(([figure, value]) => `${figure} ${format(value)}`);
    console.log(`  ${contestant.padEnd(28)} ${shown.join('  ')}`);
  }
  for (const { of, to, figure, perRound, median } of ratios) {
    console.log(`  ${of} / ${to} (${figure}): median ${median}, per round ${perRound.join(', ')}`);
  }
  const beside = rounds.map(({ calibration }) => `${calibration.cpuMs} ms, ${format(calibration.insertsPerSecond)}/s`);
  console.log(`  calibration (CPU loop, inserts): ${beside.join(' | ')}`);
}

export function saveResult(name: string, result: RoundsResult, count: number | undefined): void {
  mkdirSync('bench/results', { recursive: true });
  const machine = { cores: cpus().length, node: process.version };
  writeFileSync(
    `bench/results/${name}.json`,
    `${JSON.stringify({ name, machine, ...(count !== undefined && { count }), ...result }, null, 2)}\n`,
  );
}

function format(value: number): string {
  return Math.abs(value) >= 1_000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
