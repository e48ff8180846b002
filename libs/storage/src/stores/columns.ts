// Rows as columns: the shape `unnest` takes. Instants travel as float8 milliseconds, exact for every date in use.
import { booleanArray, float8Array, textArray } from './binary-array.js';

/** SQL for an instant column as UTC epoch milliseconds (a number in JavaScript). */
export function milliseconds(column: string, name: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::float8 AS "${name}"`;
}

/** SQL for a float8 millisecond value as timestamptz. */
export function timestamp(expression: string): string {
  return `to_timestamp(${expression} / 1000)`;
}

/** Text of strangers as PostgreSQL can hold it: NUL and half a surrogate pair become U+FFFD. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** JSON text for a `jsonb` column, its texts as `storableText` makes them. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'string' ? storableText(each) : each));
}

/**
 * One array per column, undefined as null. Strings travel as `text[]`, numbers as `float8[]`, booleans as `boolean[]`: name these types
 * in the statement. What is none of them goes as `pg` writes it.
 */
export function columnsOf<Row>(rows: readonly Row[], picks: readonly ((row: Row) => unknown)[]): unknown[] {
  return picks.map((pick) => column(rows.map((row) => pick(row) ?? null)));
}

function column(values: unknown[]): unknown {
  const first = values.find((value) => value !== null);
  if (typeof first === 'string') return textArray(values as (string | null)[]);
  if (typeof first === 'number') return float8Array(values as (number | null)[]);
  return typeof first === 'boolean' ? booleanArray(values as (boolean | null)[]) : values;
}
