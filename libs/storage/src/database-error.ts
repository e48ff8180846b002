// What PostgreSQL and the network throw, as the one error kind of the I/O rim.
import { AppError } from '#platform';

/** SQLSTATEs and socket codes after which the same work may succeed. */
const RETRYABLE =
  /^(40001|40P01|55P03|57P0[1-5]|57014|53\d{3}|08\w{3}|25P03|ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;
const LOST_CONNECTION =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|not queryable/i;

/**
 * An AppError for failures of the database itself: `database.busy` (serialization failure, deadlock, lock timeout) and
 * `database.unavailable` are retryable. Everything else, also a violated constraint, is returned as it came: a bug or a decision of the caller.
 */
export function databaseError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || error instanceof AppError) return error;
  const code = codeOf(error);
  const message = String((error as { message?: unknown }).message);
  if (!RETRYABLE.test(code) && !LOST_CONNECTION.test(message)) return error;
  const name = /^(4|55)/.test(code) ? 'database.busy' : 'database.unavailable';
  return new AppError(name, message, { retryable: true, cause: error });
}

/** SQLSTATE or socket code of an error of the driver, also inside TypeORM's wrapper; empty text when there is none. */
export function codeOf(error: unknown): string {
  const { code, driverError } = error as { code?: unknown; driverError?: { code?: unknown } };
  return String(driverError?.code ?? code ?? '');
}
