import { closeSync, openSync, readSync } from 'node:fs';
import { tenantOfLine } from './tenant-of-line.js';

const START_BYTES = 1_048_576;

/** How many tenants the first MiB of a file of lines speaks of; 0 for a JSON array and for what has no lines. */
export function countTenants(file: string): number {
  const start = startOf(file);
  if (/^\s*\[/.test(start)) return 0;
  const lines = start.split('\n').slice(0, -1);
  return new Set(lines.filter((line) => line.trim() !== '').map(tenantOfLine)).size;
}

function startOf(file: string): string {
  const buffer = Buffer.alloc(START_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    return buffer.toString('utf8', 0, readSync(descriptor, buffer));
  } finally {
    closeSync(descriptor);
  }
}
