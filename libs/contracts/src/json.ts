// JSON from strangers. `JSON.parse` keeps the last of two equal keys, rounds 2^53+1 and turns 1e400 into Infinity: two readers
// of such a text see two different events. Here each of these is a fault with its place.
import { isUtf8 } from 'node:buffer';
import type { Fault, Wrong } from './fault.js';
import { fail, faultAt, pointerOf, wrong } from './fault.js';

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
  // A text as short as its value allows cannot hide a second key, an escape or a number that changes, nor can one that is exactly
  // what `JSON.stringify` writes. Ours are both; the first costs a tenth of the second.
  if (shortestLength(parsed.value, limits.maxDepth) === text.value.length) return parsed;
  if (isDeeperThan(parsed.value, limits.maxDepth)) return fail('', 'too-deep', { levels: limits.maxDepth });
  if (!NEEDS_SCAN.test(text.value) && JSON.stringify(parsed.value) === text.value) return parsed;
  const faults = scan(text.value);
  return faults.length === 0 ? parsed : { ok: false, faults };
}

function decode(
  input: Uint8Array | string,
  maxBytes: number,
): { ok: true; value: string } | { ok: false; faults: Fault[] } {
  if (isLargerThan(input, maxBytes)) return fail('', 'too-many-bytes', { maximum: maxBytes });
  if (typeof input === 'string') {
    return input.isWellFormed() ? { ok: true, value: input } : fail('', 'lone-surrogate');
  }
  if (!isUtf8(input)) return fail('', 'not-utf8');
  return { ok: true, value: utf8Text(input) };
}

/** Bytes that are known to be UTF-8 as text. */
export function utf8Text(input: Uint8Array): string {
  const bytes = Buffer.isBuffer(input) ? input : Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  return bytes.toString('utf8');
}

/** A UTF-16 unit takes at most three bytes of UTF-8: most texts need not be counted. */
function isLargerThan(input: Uint8Array | string, maxBytes: number): boolean {
  if (typeof input !== 'string') return input.byteLength > maxBytes;
  return input.length * 3 > maxBytes && Buffer.byteLength(input) > maxBytes;
}

function parse(text: string): JsonResult {
  if (text.startsWith('\uFEFF')) return fail('', 'byte-order-mark');
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return fail('', 'not-json', { reason: error instanceof Error ? error.message.slice(0, 120) : '' });
  }
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((child) => isDeeperThan(child, levels - 1));
}

/**
 * UTF-16 units of the shortest JSON text of a value; NaN where that cannot be told from the value alone or the value is one we refuse:
 * numbers that may be written shorter than in digits (1e3, 0.001), keys that are not allowed, what is nested too deep. A text that
 * has another key of the same name, an escape, `-0` or a blank is longer.
 */
function shortestLength(value: unknown, levels: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value === 'number') return isShortestInDigits(value) ? String(value).length : NaN;
  if (value === true || value === null) return 4;
  if (value === false) return 5;
  if (levels === 0) return NaN;
  return Array.isArray(value) ? arrayLength(value, levels - 1) : objectLength(value as object, levels - 1);
}

/** Brackets, and a comma between any two. */
function arrayLength(items: readonly unknown[], levels: number): number {
  let length = Math.max(2, items.length + 1);
  for (const item of items) length += shortestLength(item, levels);
  return length;
}

function objectLength(object: object, levels: number): number {
  let length = 1;
  for (const key in object) {
    if (FORBIDDEN_KEYS.has(key)) return NaN;
    length += key.length + 4 + shortestLength((object as Record<string, unknown>)[key], levels);
  }
  return Math.max(2, length);
}

/** Whole numbers without three zeros at the end: `15e3` is shorter than 15000, `1500` is as short as it gets. */
function isShortestInDigits(value: number): boolean {
  return Number.isSafeInteger(value) && (value % 1000 !== 0 || value === 0);
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
    const bad = step(stack, token);
    if (bad) faults.push(faultAt(pointerOf(stack.flatMap(({ at }) => at ?? [])), bad));
    if (faults.length === MAX_FAULTS) break;
  }
  return faults;
}

function step(stack: Container[], token: string): Wrong | undefined {
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

function badKey(object: Container, token: string): Wrong | undefined {
  const key = JSON.parse(token) as string;
  object.at = key;
  if (FORBIDDEN_KEYS.has(key)) return wrong('forbidden-key');
  if (object.keys?.has(key)) return wrong('duplicate-key');
  object.keys?.add(key);
  return badString(token);
}

function badString(token: string): Wrong | undefined {
  if (!token.includes('\\u')) return undefined;
  const text = JSON.parse(token) as string;
  if (!text.isWellFormed()) return wrong('lone-surrogate');
  return text.includes('\0') ? wrong('nul') : undefined;
}

function badNumber(token: string): Wrong | undefined {
  const value = Number(token);
  if (!Number.isFinite(value)) return wrong('number-too-large', { number: token.slice(0, 30) });
  if (Object.is(value, -0)) return wrong('minus-zero');
  const isInteger = /^-?\d+$/.test(token);
  return isInteger && !Number.isSafeInteger(value)
    ? wrong('number-would-round', { number: token.slice(0, 30) })
    : undefined;
}
