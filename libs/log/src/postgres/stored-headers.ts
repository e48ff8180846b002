import { isUtf8 } from 'node:buffer';
import type { RawHeader } from '../event-log.js';

/** As kept in `event_log.headers`: text where it can be text, base64 where it is not UTF-8 or holds a NUL. */
export type StoredHeader = [name: string, text: string | null, base64?: string];

export function toStoredHeaders(raw: readonly RawHeader[]): StoredHeader[] {
  return raw.map(([name, value]) => {
    if (value === null) return [name, null];
    return isUtf8(value) && !value.includes(0) ? [name, value.toString()] : [name, null, value.toString('base64')];
  });
}

export function fromStoredHeaders(stored: StoredHeader[]): RawHeader[] {
  return stored.map(([name, text, base64]) => {
    if (base64 !== undefined) return [name, Buffer.from(base64, 'base64')];
    return [name, text === null ? null : Buffer.from(text)];
  });
}
