// W3C Trace Context: the caller's trace goes on; without one, or with an invalid one, a new trace begins.
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Trace {
  readonly traceparent: string;
  readonly tracestate?: string;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

export function traceOf(headers: IncomingHttpHeaders): Trace {
  const given = headers['traceparent'];
  if (typeof given !== 'string' || !TRACEPARENT.test(given)) {
    const id = randomBytes(24).toString('hex');
    return { traceparent: `00-${id.slice(0, 32)}-${id.slice(32)}-01` };
  }
  const state = [headers['tracestate'] ?? []].flat().join(',');
  return /^[\x20-\x7e]{1,512}$/.test(state) ? { traceparent: given, tracestate: state } : { traceparent: given };
}
