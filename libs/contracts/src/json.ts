// JSON from strangers. `JSON.parse` keeps the last of two equal keys, rounds 2^53+1 and turns 1e400 into Infinity: two readers
// of such a text see two different events. Here each of these is a fault with its place.
import { isUtf8 } from 'node:buffer';
import type { Fault } from './fault.js';
import { fail, pointerOf } from './fault.js';

export interface JsonLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
}

/** The largest event or batch anywhere: one MiB, 32 levels. */
export const JSON_LIMITS: JsonLimits = { maxBytes: 1_048_576, maxDepth: 32 };

export type JsonResult = { ok: true; value: unknown } | { ok: false; faults: Fault[] };

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const NEEDS_SCAN = /\\u|__proto__|constructor|prototype/;
const TOKEN = /[{}[\],]|"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[-+.eE\d]*/g;
const MAX_FAULTS = 20;

/**
 * Parses UTF-8 bytes (or text already decoded). Refuses: other encodings, a byte order mark, anything after the value, duplicate
 * keys, `__proto__`/`constructor`/`prototype` keys, numbers a double cannot hold exactly (1e400, -0, integers beyond 2^53),
 * lone surrogates, NUL, and what exceeds `limits`.
 */
export function parseJson(input: Uint8Array | string, limits: JsonLimits = JSON_LIMITS): JsonResult {
  const text = decode(input, limits.maxBytes);
  if (!text.ok) return text;
  const parsed = parse(text.value);
  if (!parsed.ok) return parsed;
  if (isDeeperThan(parsed.value, limits.maxDepth)) return fail('', `is nested deeper than ${limits.maxDepth} levels`);
  // Text that is exactly what `JSON.stringify` writes cannot hide a duplicate key or a number that changes; it is what our own
  // writers send and saves the scan.
  if (!NEEDS_SCAN.test(text.value) && JSON.stringify(parsed.value) === text.value) return parsed;
  const faults = scan(text.value);
  return faults.length === 0 ? parsed : { ok: false, faults };
}

function decode(
  input: Uint8Array | string,
  maxBytes: number,
): { ok: true; value: string } | { ok: false; faults: Fault[] } {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  if (bytes.byteLength > maxBytes) return fail('', `is larger than ${maxBytes} bytes`);
  if (typeof input === 'string') {
    return input.isWellFormed() ? { ok: true, value: input } : fail('', 'contains a lone surrogate');
  }
  if (!isUtf8(bytes)) return fail('', 'is not UTF-8');
  return { ok: true, value: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') };
}

function parse(text: string): JsonResult {
  if (text.startsWith('\uFEFF')) return fail('', 'starts with a byte order mark');
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return fail('', `is not JSON: ${error instanceof Error ? error.message.slice(0, 120) : 'unreadable'}`);
  }
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((child) => isDeeperThan(child, levels - 1));
}

interface Container {
  /** Keys seen so far; undefined for an array. */
  readonly keys?: Set<string>;
  /** The key or index whose value comes next; undefined where an object expects a key. */
  at?: string | number;
}

/** Walks the tokens of a text that is known to be valid JSON. */
function scan(text: string): Fault[] {
  const stack: Container[] = [];
  const faults: Fault[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const detail = step(stack, token);
    if (detail) faults.push({ pointer: pointerOf(stack.flatMap(({ at }) => at ?? [])), detail });
    if (faults.length === MAX_FAULTS) break;
  }
  return faults;
}

function step(stack: Container[], token: string): string | undefined {
  const inside = stack.at(-1);
  switch (token[0]) {
    case '{':
      stack.push({ keys: new Set() });
      return undefined;
    case '[':
      stack.push({ at: 0 });
      return undefined;
    case '}':
    case ']':
      stack.pop();
      return undefined;
    case ',':
      if (inside) inside.at = typeof inside.at === 'number' ? inside.at + 1 : undefined;
      return undefined;
    case '"':
      return inside?.keys && inside.at === undefined ? badKey(inside, token) : badString(token);
    default:
      return badNumber(token);
  }
}

function badKey(object: Container, token: string): string | undefined {
  const key = JSON.parse(token) as string;
  object.at = key;
  if (FORBIDDEN_KEYS.has(key)) return 'is a key that is not allowed';
  if (object.keys?.has(key)) return 'appears twice in the same object';
  object.keys?.add(key);
  return badString(token);
}

function badString(token: string): string | undefined {
  if (!token.includes('\\u')) return undefined;
  const text = JSON.parse(token) as string;
  if (!text.isWellFormed()) return 'contains a lone surrogate';
  return text.includes('\0') ? 'contains NUL' : undefined;
}

function badNumber(token: string): string | undefined {
  const value = Number(token);
  if (!Number.isFinite(value)) return `${token.slice(0, 30)} is too large for a number`;
  if (Object.is(value, -0)) return 'is minus zero';
  const isInteger = /^-?\d+$/.test(token);
  return isInteger && !Number.isSafeInteger(value)
    ? `${token.slice(0, 30)} is beyond 2^53 and would be rounded; send identifiers as text`
    : undefined;
}
