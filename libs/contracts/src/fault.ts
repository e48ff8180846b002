// One thing wrong with an input, named by place. Every parser of this library answers with these instead of throwing.
import type { z } from 'zod';

/** Where (RFC 6901 JSON Pointer, `''` is the whole input) and what, as a sentence for the sender. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** A single fault as a failed result. */
export function fail(pointer: string, detail: string): { ok: false; faults: Fault[] } {
  return { ok: false, faults: [{ pointer, detail }] };
}

/** `['lines', 0, 'a/b']` to `/lines/0/a~1b`. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Every zod issue as a fault with its JSON Pointer below `base`. */
export function faultsOf(error: z.ZodError, base = ''): Fault[] {
  return error.issues.map((issue) => ({ pointer: base + pointerOf(issue.path), detail: issue.message }));
}
