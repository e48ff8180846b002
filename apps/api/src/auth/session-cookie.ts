// A session is a signed statement of which key it came from and until when. Nothing is stored; the key's own state decides.
import { createHmac, timingSafeEqual } from 'node:crypto';

export const SESSION_COOKIE = 'fineline_session';
/** Absolute: a session is never prolonged. */
export const SESSION_MS = 12 * 3_600_000;

export interface Session {
  readonly keyId: string;
  /** Epoch milliseconds of real time. */
  readonly expiresAt: number;
}

export function signSession(session: Session, secret: string): string {
  const body = Buffer.from(JSON.stringify([session.keyId, session.expiresAt])).toString('base64url');
  return `${body}.${signature(body, secret)}`;
}

/** The session when the signature is ours and `now` (real time, epoch milliseconds) is before its end. */
export function readSession(cookie: string, secret: string, now: number): Session | undefined {
  const [body, given] = cookie.split('.');
  if (!body || !given || !sameText(given, signature(body, secret))) return undefined;
  const [keyId, expiresAt] = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as [string, number];
  return expiresAt > now ? { keyId, expiresAt } : undefined;
}

/** The value of our cookie in a Cookie header. */
export function sessionCookieOf(header: string | undefined): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === SESSION_COOKIE)?.[1];
}

function signature(body: string, secret: string): string {
  return createHmac('sha256', secret).update(`session.${body}`).digest('base64url');
}

function sameText(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
