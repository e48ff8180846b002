import { describe, expect, it } from '@jest/globals';
import { readSession, sessionCookieOf, signSession } from './session-cookie.js';

const secret = 'a secret of at least thirty-two characters';
const cookie = signSession({ keyId: 'key-1', expiresAt: 1_000 }, secret);

describe('session cookie', () => {
  it('names its key until it ends', () => {
    expect(readSession(cookie, secret, 999)).toEqual({ keyId: 'key-1', expiresAt: 1_000 });
    expect(readSession(cookie, secret, 1_000)).toBeUndefined();
  });

  it('is refused when changed, when signed by another, and when it is not a session at all', () => {
    const longer = signSession({ keyId: 'key-1', expiresAt: 9_000 }, 'another secret of thirty-two characters!');
    const [body] = longer.split('.');
    const [, signature] = cookie.split('.');
    expect(readSession(longer, secret, 1)).toBeUndefined();
    expect(readSession(`${body}.${signature}`, secret, 1)).toBeUndefined();
    expect(readSession('nonsense', secret, 1)).toBeUndefined();
  });

  it('is found among other cookies', () => {
    expect(sessionCookieOf('theme=dark; fineline_session=abc.def')).toBe('abc.def');
    expect(sessionCookieOf(undefined)).toBeUndefined();
  });
});
