// What another process has used, where the system tells (Linux); 0 elsewhere, and for one that has just ended.
import { readFileSync } from 'node:fs';

const TICKS_A_SECOND = 100;

/** User and system time so far. */
export function cpuSecondsOf(pid: number): number {
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_A_SECOND;
}

/** Resident memory: `now`, or the `peak`, which the system keeps itself. */
export function residentMbOf(pid: number, which: 'now' | 'peak'): number {
  const line = which === 'now' ? /VmRSS:\s+(\d+)/ : /VmHWM:\s+(\d+)/;
  return Math.round(Number(line.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
