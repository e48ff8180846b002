// W3C Trace Context: the caller's trace goes on; without one, or with an invalid one, a new trace begins.
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Trace {
  readonly traceparent: string;
  readonly tracestate?: string;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

export function traceOf(headers: IncomingHttpHeaders): Trace {
  const given = headers['traceparent'];
  if (typeof given !== 'string' || !TRACEPARENT.test(given)) {
    return { traceparent: `00-${hexOf(randomUUID())}-${hexOf(randomUUID()).slice(16)}-01` };
  }
  const state = [headers['tracestate'] ?? []].flat().join(',');
  return /^[\x20-\x7e]{1,512}$/.test(state) ? { traceparent: given, tracestate: state } : { traceparent: given };
}

/** 32 hexadecimal digits; the last 16 are never all zero. */
function hexOf(uuid: string): string {
  return uuid.replaceAll('-', '');
}
