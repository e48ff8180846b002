import { AppError } from '#platform';

/** Classes 08, 40, 53, 57 (connection, rollback, resources, shutdown) pass by themselves; others are about the data. */
const PASSING_STATE = /^(08|40|53|57|55P03)/;

export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const state = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  // Node's own codes (ECONNREFUSED) and pg's lost connections have no SQLSTATE.
  const retryable = !/^[0-9A-Z]{5}$/.test(state) || PASSING_STATE.test(state);
  return new AppError(retryable ? 'log.unavailable' : 'log.append-failed', message, { retryable, cause: error });
}
