import type { RulebookFault } from '#domain';

/** A rulebook that was refused, with every fault found. Nothing of it is active. */
export class RulebookError extends Error {
  override readonly name = 'RulebookError';
  readonly code = 'rulebook-refused';
  readonly retryable = false;

  constructor(readonly faults: readonly RulebookFault[]) {
    super(`rulebook refused, ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}:\n${printFaults(faults)}`);
  }
}

/** One line per fault: `file:line path: detail (mend)`. */
export function printFaults(faults: readonly RulebookFault[]): string {
  return faults.map(printFault).join('\n');
}

function printFault({ file, line, path, detail, mend }: RulebookFault): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return `${path ? `${place} ${path}` : place}: ${detail} (${mend})`;
}
