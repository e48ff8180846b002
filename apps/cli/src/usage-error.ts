/** What the person at the command line can mend. Printed without a stack; the process ends with 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
