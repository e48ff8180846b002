// Where a webhook may go. A tenant chooses the address, we hold the network: every send is checked again.
import { lookup as systemLookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

export interface TargetPolicy {
  /** Also plain http. For development only. */
  readonly allowHttp: boolean;
  readonly ports: readonly number[];
  /** `host:port`, lower case: reached whatever its port, scheme and address are. For development and gateways of one's own. */
  readonly exempt: readonly string[];
}

/** The address must not be called. The message names no address that was resolved: the tenant may read it. */
export class RefusedTarget extends Error {
  readonly code = 'REFUSED_TARGET';
}

export interface Target {
  readonly url: URL;
  /** Connected to without a look at its address. */
  readonly exempt: boolean;
}

/** Parses and checks a webhook's address as far as its text tells. Throws RefusedTarget. */
export function checkedTarget(address: string, policy: TargetPolicy): Target {
  // Before parsing: the parser drops tabs and newlines and reads a backslash as a slash.
  if (/[\s\\\p{Cc}]/u.test(address))
    throw new RefusedTarget('the address holds white space, a backslash or a control character');
  if (!URL.canParse(address)) throw new RefusedTarget('not an address');
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') throw new RefusedTarget('the address names a user');
  if (url.hash !== '') throw new RefusedTarget('the address has a fragment');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new RefusedTarget('not a web address');
  if (policy.exempt.includes(`${url.hostname}:${portOf(url)}`)) return { url, exempt: true };
  if (url.protocol === 'http:' && !policy.allowHttp) throw new RefusedTarget('only https is allowed');
  if (!policy.ports.includes(portOf(url))) throw new RefusedTarget('this port is not allowed');
  // A literal address is connected to without a lookup, so it is checked here.
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(literal) && !isPublicAddress(literal)) throw new RefusedTarget('not a public address');
  return { url, exempt: false };
}

const GLOBAL_IPV6 = ipaddr.IPv6.parse('2000::');

/** Whether an IP address is on the public internet; one mapped into IPv6 counts as what it carries, a tunnelled one is refused. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  // Global unicast is 2000::/3; outside of it the library calls unassigned space unicast too, such as ::7f00:1.
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL_IPV6, 3)) return false;
  return parsed.range() === 'unicast';
}

export type Resolve = (
  hostname: string,
  options: { readonly all: true; readonly family?: number },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A lookup for one connection: resolves once, refuses when any of the addresses is not public, and hands on exactly what it
 * checked, so that a name which changes its answer gains nothing.
 */
export function guardedLookup(resolve: Resolve = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    const family = typeof options.family === 'number' ? options.family : undefined;
    resolve(hostname, { all: true, family }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const isRefused = addresses.some(({ address }) => !isPublicAddress(address));
      if (isRefused || addresses.length === 0) return callback(new RefusedTarget('not a public address'), '', 0);
      if (options.all) return callback(null, addresses);
      return callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}
