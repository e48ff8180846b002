// One thing wrong with an input, named by place. Every parser of this library answers with these instead of throwing.
import type { z } from 'zod';
import type { FaultCode, FaultValues } from './fault-texts.js';
import { faultText, isFaultCode } from './fault-texts.js';

/** What is wrong, for machines: `faultText` says it in a language. */
export interface Wrong {
  readonly code: FaultCode;
  readonly values?: FaultValues;
}

/** Where (RFC 6901 JSON Pointer, `''` is the whole input) and what, as a sentence in English for the sender. */
export interface Fault extends Wrong {
  readonly pointer: string;
  readonly detail: string;
}

export function wrong(code: FaultCode, values?: FaultValues): Wrong {
  return values ? { code, values } : { code };
}

/** A code in the place of a schema's message, for `faultsOf`. */
export function says(code: FaultCode): FaultCode {
  return code;
}

export function faultAt(pointer: string, what: Wrong): Fault {
  return { pointer, detail: faultText(what, 'en'), ...what };
}

/** A single fault as a failed result. */
export function fail(pointer: string, code: FaultCode, values?: FaultValues): { ok: false; faults: Fault[] } {
  return { ok: false, faults: [faultAt(pointer, wrong(code, values))] };
}

/** `['lines', 0, 'a/b']` to `/lines/0/a~1b`. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Every zod issue as a fault with its JSON Pointer below `base`. */
export function faultsOf({ issues }: { readonly issues: readonly z.core.$ZodIssue[] }, base = ''): Fault[] {
  return issues.map((issue) => faultAt(base + pointerOf(issue.path), wrongOf(issue)));
}

/** Our own schemas give a code where others have a message, and its values as `params`. */
function wrongOf(issue: z.core.$ZodIssue): Wrong {
  if (isFaultCode(issue.message)) return wrong(issue.message, issue.code === 'custom' ? issue.params : undefined);
  switch (issue.code) {
    case 'invalid_type':
      return wrong('wrong-type', { expected: issue.expected });
    case 'too_big':
      return wrong(BEYOND[issue.origin]?.[0] ?? 'too-big', { maximum: String(issue.maximum) });
    case 'too_small':
      return wrong(BEYOND[issue.origin]?.[1] ?? 'too-small', { minimum: String(issue.minimum) });
    case 'invalid_format':
      return wrong('wrong-format');
    case 'invalid_value':
      return wrong('not-one-of', { values: issue.values.map(String).join(', ') });
    case 'unrecognized_keys':
      return wrong('unknown-keys', { keys: issue.keys.join(', ').slice(0, 200) });
    default:
      return wrong('not-valid');
  }
}

const BEYOND: Readonly<Record<string, readonly [FaultCode, FaultCode]>> = {
  string: ['too-long', 'too-short'],
  array: ['too-many', 'too-few'],
};
