import { describe, expect, it } from '@jest/globals';
import { traceOf } from './trace.js';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('traceOf', () => {
  it('carries the caller on', () => {
    expect(traceOf({ traceparent: PARENT, tracestate: 'a=1' })).toEqual({ traceparent: PARENT, tracestate: 'a=1' });
  });

  it.each([
    undefined,
    'nonsense',
    PARENT.toUpperCase(),
    PARENT.replace('00-', 'ff-'),
    PARENT.replace('0af7651916cd43dd8448eb211c80319c', '0'.repeat(32)),
    PARENT.replace('b7ad6b7169203331', '0'.repeat(16)),
  ])('begins a new trace for %p', (traceparent) => {
    const trace = traceOf({ traceparent, tracestate: 'a=1' });
    expect(trace.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(trace.traceparent).not.toBe(traceparent);
    expect(trace.tracestate).toBeUndefined();
  });
});
