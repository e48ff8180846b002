import { RulebookError } from '#rulebook';
import { UsageError } from './usage-error.js';

const FILE = /^(ENOENT|EACCES|EISDIR|ENOTDIR)$/;
/** Not reached, or not let in: SQLSTATE classes 28 and 42501, no such database, and what the stores make of sockets. */
const DATABASE = /^(28\w{3}|3D000|42501|database\.\w+)$/;
/** No such table, column or role. */
const SCHEMA = /^(42P01|42703|42704|22023)$/;

/** What to tell a person who can mend it from the command line; undefined for a bug, which keeps its stack. */
export async function mendable(error: unknown): Promise<string | undefined> {
  if (!(error instanceof Error)) return undefined;
  const { message } = error;
  const { code = '' } = error as NodeJS.ErrnoException;
  if (error instanceof UsageError || error instanceof RulebookError || FILE.test(code)) return message;
  if (DATABASE.test(code)) return `the database of DATABASE_URL: ${message}`;
  if (SCHEMA.test(code)) return `the database of DATABASE_URL: ${message}; "fineline migrate" makes the schema`;
  // Loaded late: a command that ends well may need no server's code.
  const { AppError } = await import('#platform');
  return error instanceof AppError ? message : undefined;
}
