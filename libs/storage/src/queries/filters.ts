// What every read query shares: how filters become conditions, how instants and money leave the database.

export interface Page<Row> {
  rows: Row[];
  nextCursor: string | null;
}

/** Column to RFC 3339 UTC text with milliseconds; null stays null. */
export function iso(column: string, name: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "${name}"`;
}

/** bigint column to a JavaScript number. Amounts stay below 2^53; the driver would give text. */
export function minor(column: string, name: string): string {
  return `${column}::float8 AS "${name}"`;
}

/** Conditions joined by AND with numbered parameters. An undefined value adds nothing. */
export class Conditions {
  readonly parameters: unknown[] = [];
  private readonly parts: string[] = [];

  /** `?` in `sql` becomes the parameter's number. */
  add(sql: string, value: unknown): this {
    if (value === undefined) return this;
    this.parts.push(sql.replaceAll('?', this.parameter(value)));
    return this;
  }
  always(sql: string): this {
    this.parts.push(sql);
    return this;
  }
  parameter(value: unknown): string {
    this.parameters.push(value);
    return `$${this.parameters.length}`;
  }
  where(): string {
    return this.parts.length === 0 ? '' : `WHERE ${this.parts.join(' AND ')}`;
  }
}

/** Epoch milliseconds as a timestamptz parameter. */
export function at(instant: number | undefined): Date | undefined {
  return instant === undefined ? undefined : new Date(instant);
}
