import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '#platform';
import { RunningApi } from '../api.fixture.js';
import type { ApiOptions } from '../api-options.js';

const LIMIT = 5;
const SIGN_INS = 20;
const MINUTE_MS = 60_000;
let api: RunningApi;

// The minute ends when a test says so.
beforeEach(() => passTo(Date.now()));
afterEach(async () => {
  jest.restoreAllMocks();
  await api.close();
});

function passTo(now: number): void {
  jest.spyOn(systemClock, 'now').mockReturnValue(now);
}
const start = async (settings: Partial<ApiOptions> = {}): Promise<void> => {
  api = await RunningApi.start({ requestsPerMinute: LIMIT, ...settings });
};
const person = (name: string): Promise<string> => api.key({ tenantId: 'acme', role: 'ops', name });
const ask = async (headers: Record<string, string> = {}): Promise<number> =>
  (await api.call('/v1/me', { headers })).status;
const askWith = (key: string): Promise<number> => ask({ Authorization: `Bearer ${key}` });
const guess = (n: number): Promise<number> => askWith(`fl_test_${String(n).padStart(16, '0')}_${'0'.repeat(64)}`);
const signIn = (key: string, headers: Record<string, string> = {}): Promise<{ status: number; headers: Headers }> =>
  api.call('/v1/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ key }),
  });
const session = async (key: string): Promise<Record<string, string>> => {
  const { headers } = await signIn(key);
  return { Cookie: headers.get('set-cookie')!.split(';')[0]! };
};
async function statuses(count: number, request: (n: number) => Promise<number>): Promise<number[]> {
  const answers: number[] = [];
  for (let n = 0; n < count; n++) answers.push(await request(n));
  return answers;
}
const times = (count: number, status: number): number[] => Array<number>(count).fill(status);

describe('the limit of requests', () => {
  it('counts for a key, not for the address it shares with others, and for a minute', async () => {
    await start();
    const [one, other] = [await person('One'), await person('Other')];
    expect(await statuses(LIMIT + 1, () => askWith(one))).toEqual([...times(LIMIT, 200), 429]);
    const { status, headers } = await api.get('/v1/me', one);
    expect({ status, retryAfter: headers.get('retry-after') }).toEqual({ status: 429, retryAfter: '60' });
    expect(await statuses(LIMIT, () => askWith(other))).toEqual(times(LIMIT, 200));
    passTo(systemClock.now() + MINUTE_MS);
    expect(await askWith(one)).toBe(200);
  });

  it('counts for each session by itself', async () => {
    await start();
    const key = await person('Desk');
    const one = await session(key);
    passTo(systemClock.now() + 1);
    const other = await session(key);
    expect(await statuses(LIMIT + 1, () => ask(one))).toEqual([...times(LIMIT, 200), 429]);
    expect(await ask(other)).toBe(200);
    expect(await askWith(key)).toBe(200);
  });

  it('refuses an address that shows nothing, and stops nobody there who has a key', async () => {
    await start();
    const signedIn = await session(await person('Desk'));
    expect(await statuses(LIMIT + 1, () => ask())).toEqual([...times(LIMIT, 401), 429]);
    expect(await ask(signedIn)).toBe(200);
    const newcomer = await person('Newcomer');
    expect(await askWith(newcomer)).toBe(200);
    expect((await signIn(newcomer)).status).toBe(200);
    expect((await api.call('/v1/session', { method: 'DELETE', headers: signedIn })).status).toBe(204);
  });

  it('ends guessing before a guess can be right, and spares who was known before', async () => {
    await start();
    const [known, guessed] = [await person('Known'), await person('Guessed')];
    const signedIn = await session(await person('Desk'));
    expect(await askWith(known)).toBe(200);
    expect(await statuses(LIMIT + 1, guess)).toEqual([...times(LIMIT, 401), 429]);
    expect(await askWith(guessed)).toBe(429);
    expect(await askWith(known)).toBe(200);
    expect(await ask(signedIn)).toBe(200);
  });

  it('takes the first request with a good key for no guess', async () => {
    await start();
    for (let n = 0; n <= LIMIT; n++) expect(await askWith(await person(`Person ${n}`))).toBe(200);
  });
});

describe('the limit of sign-ins', () => {
  const from = (address: string): Promise<number> =>
    signIn('no key', { 'X-Forwarded-For': address }).then(({ status }) => status);

  it.each([1, ['loopback']])('counts for the address that the trusted proxy %j names', async (trustProxy) => {
    await start({ trustProxy });
    expect(await statuses(SIGN_INS + 1, () => from('192.0.2.1'))).toEqual([...times(SIGN_INS, 401), 429]);
    expect(await from('192.0.2.2')).toBe(401);
    // What the client itself had written stands before what the proxy adds.
    expect(await from('192.0.2.3, 192.0.2.1')).toBe(429);
  });

  it('counts for the network of an address where that is IPv6', async () => {
    await start({ trustProxy: 1 });
    expect(await statuses(SIGN_INS + 1, (n) => from(`2001:db8::${n}`))).toEqual([...times(SIGN_INS, 401), 429]);
    expect(await from('2001:db8:0:1::1')).toBe(401);
  });

  it.each([undefined, false as const, ['192.0.2.9']])(
    'takes no address from a header when %j is trusted',
    async (trustProxy) => {
      await start({ trustProxy });
      expect(await statuses(SIGN_INS + 1, (n) => from(`192.0.2.${n}`))).toEqual([...times(SIGN_INS, 401), 429]);
    },
  );
});
