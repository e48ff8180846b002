import { AppError } from '#platform';

/** Thrown by a batch handler when the stored epoch or offset is not its own: somebody else owns the partition now. */
export class StaleOwnerError extends AppError {
  constructor(message = 'the partition has another owner now') {
    super('log.stale-owner', message, { retryable: false });
    this.name = 'StaleOwnerError';
  }
}

/** By name, so that a lib which may not import this one (`#storage`) can throw its own. */
export function isStaleOwner(error: unknown): boolean {
  return error instanceof Error && error.name === 'StaleOwnerError';
}
