// The error kind for the I/O rim. Expected outcomes are values, not errors; anything else that is thrown is a bug.

/** A failure of something outside: `code` is stable and logged, `retryable` says whether trying the same again can help. */
export class AppError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly options: { retryable: boolean; cause?: unknown } = { retryable: false },
  ) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
  }

  get retryable(): boolean {
    return this.options.retryable;
  }
}

/** True for an AppError (of any copy of this class) whose sender says that trying again can help. */
export function isRetryable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (error as { retryable?: unknown }).retryable === true;
}
