import ipaddr from 'ipaddr.js';

const NETWORK_BYTES = 8;

/**
 * What one client may be taken to hold, as a name: of IPv6 the /64, within which anybody has more addresses than can be counted; of IPv4 the
 * address, also when it is written as IPv6. What is no address stands for itself.
 */
export function clientNetwork(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return String(address);
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${Buffer.from(parsed.toByteArray().slice(0, NETWORK_BYTES)).toString('hex')}/64`;
}
