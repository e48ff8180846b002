export interface EventuallyOptions {
  /** Default 45 s: patience, not a claim about speed. A shared machine can be ten times slower than a quiet one. */
  timeoutMs?: number;
  /** Pause between two looks, default 20 ms. */
  everyMs?: number;
}

/**
 * Looks until `check` neither throws nor answers `false`, and returns its answer; at the deadline fails with the last
 * error. This is how a test waits: never a fixed sleep.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 45_000, everyMs = 20 }: EventuallyOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const result = await attempt(check);
    if (result.kind === 'passed') return result.value;
    if (performance.now() >= deadline) {
      throw new Error(`Not true after ${timeoutMs} ms: ${result.reason}`, { cause: result.error });
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

type Attempt<T> = { kind: 'passed'; value: T } | { kind: 'failed'; reason: string; error?: unknown };

async function attempt<T>(check: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    const value = await check();
    return value === false ? { kind: 'failed', reason: check.toString() } : { kind: 'passed', value };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error), error };
  }
}
