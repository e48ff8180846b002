// Rows as columns: the shape `unnest` takes. Instants travel as float8 milliseconds, exact for every date in use.

/** SQL for an instant column as UTC epoch milliseconds (a number in JavaScript). */
export function milliseconds(column: string, name: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::float8 AS "${name}"`;
}

/** SQL for a float8 millisecond value as timestamptz. */
export function timestamp(expression: string): string {
  return `to_timestamp(${expression} / 1000)`;
}

/** One array per column, undefined as null. */
export function columnsOf<Row>(rows: readonly Row[], picks: readonly ((row: Row) => unknown)[]): unknown[][] {
  return picks.map((pick) => rows.map((row) => pick(row) ?? null));
}
