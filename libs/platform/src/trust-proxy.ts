// Whose word about a client's address is believed. Express takes the same values for its setting `trust proxy`.
import { isIP } from 'node:net';
import { z } from 'zod';

const NAMED_RANGES = ['loopback', 'linklocal', 'uniquelocal'];
const MOST_HOPS = 10;

/**
 * The number of proxies before us, or their addresses and subnets; false where there is none. All of the internet is refused: then every
 * client could choose its address.
 */
export const trustProxy = z
  .string()
  .default('off')
  .transform((text) => {
    if (text === 'off') return false as const;
    return /^\d+$/.test(text) ? Number(text) : text.split(',').map((part) => part.trim());
  })
  .refine(
    (trusted) =>
      typeof trusted === 'number' ? trusted >= 1 && trusted <= MOST_HOPS : !trusted || trusted.every(isRange),
    `must be off, a number of proxies from 1 to ${MOST_HOPS}, or addresses and subnets (10.0.0.0/8, loopback, linklocal, uniquelocal), comma separated`,
  );
export type TrustProxy = z.output<typeof trustProxy>;

function isRange(text: string): boolean {
  if (NAMED_RANGES.includes(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 6 ? 128 : 32))
  );
}
