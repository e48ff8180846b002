// Signatures of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`.
import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** A secret that is not `whsec_` and the base64 of 24 to 64 bytes. */
export class BadSecret extends Error {}

/** Key bytes of a secret. Throws BadSecret. */
export function secretKey(secret: string): Buffer {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const key = Buffer.from(text, 'base64');
  if (!BASE64.test(text) || key.length < 24 || key.length > 64) {
    throw new BadSecret('a webhook secret is whsec_ and the base64 of 24 to 64 bytes');
  }
  return key;
}

/** Headers of one attempt. `id` stays the same over retries, `at` (epoch milliseconds, real time) is the attempt's own. */
export function signedHeaders(secret: string, id: string, at: number, body: string): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const signature = createHmac('sha256', secretKey(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
