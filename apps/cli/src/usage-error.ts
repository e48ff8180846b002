import { RulebookError } from '#rulebook';

/** What the person at the command line can mend. Printed without a stack; the process ends with 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a person can mend; anything else is a bug and keeps its stack. */
export function isExpected(error: unknown): error is Error {
  if (error instanceof UsageError || error instanceof RulebookError) return true;
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof Error && ['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR'].includes(code ?? '');
}
