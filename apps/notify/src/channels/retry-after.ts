const LONGEST_MS = 24 * 3_600_000;

/** Milliseconds a `Retry-After` header asks to wait (RFC 9110 10.2.3: seconds or an HTTP date), at most a day; 0 when it says nothing. */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const text = header.trim();
  const ms = /^\d{1,10}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), LONGEST_MS);
}
