import { randomBytes } from 'node:crypto';

/** `prefix` plus ten random characters of [a-z0-9]: fit for a topic, a queue prefix and a database name. */
export function uniqueName(prefix: string): string {
  const suffix = BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .padStart(13, '0')
    .slice(-10);
  return `${prefix}_${suffix}`;
}
