// Keyset cursors: the sort and the last row's key, opaque to callers. Rows that change elsewhere never shift a page.
import type { Page } from './filters.js';

export type CursorKey = readonly (string | number)[];

/** Thrown for a cursor that is not ours or belongs to another sort; the API answers 400. */
export class BadCursor extends Error {
  constructor() {
    super('the cursor does not belong to this query');
    this.name = 'BadCursor';
  }
}

export function encodeCursor(sort: string, key: CursorKey): string {
  return Buffer.from(JSON.stringify([sort, ...key])).toString('base64url');
}

/** The key after which the next page starts. `shape` names the type of each part. */
export function decodeCursor(
  cursor: string | undefined,
  sort: string,
  shape: readonly ('string' | 'number' | 'instant' | 'id')[],
): CursorKey | undefined {
  if (cursor === undefined) return undefined;
  const [cursorSort, ...key] = parts(cursor);
  if (cursorSort !== sort || key.length !== shape.length) throw new BadCursor();
  if (!key.every((part, index) => fits(part, shape[index]))) throw new BadCursor();
  return key as CursorKey;
}

function parts(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function fits(part: unknown, kind: 'string' | 'number' | 'instant' | 'id' | undefined): boolean {
  if (kind === 'number') return Number.isSafeInteger(part);
  if (typeof part !== 'string' || part.includes('\u0000')) return false;
  if (kind === 'instant') return !Number.isNaN(Date.parse(part));
  return kind === 'id' ? /^\d{1,18}$/.test(part) : true;
}

/** Cuts the one row read beyond `limit` and turns it into the cursor of the next page. */
export function pageOf<Row>(rows: Row[], limit: number, sort: string, keyOf: (row: Row) => CursorKey): Page<Row> {
  if (rows.length <= limit) return { rows, nextCursor: null };
  const page = rows.slice(0, limit);
  return { rows: page, nextCursor: encodeCursor(sort, keyOf(page[limit - 1] as Row)) };
}
