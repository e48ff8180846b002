import { describe, expect, it } from '@jest/globals';
import { clientNetwork } from './client-network.js';

describe('clientNetwork', () => {
  it('is the address of IPv4, however it is written', () => {
    expect(clientNetwork('192.0.2.1')).toBe('192.0.2.1');
    expect(clientNetwork('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(clientNetwork('192.0.2.2')).not.toBe(clientNetwork('192.0.2.1'));
  });

  it('is the /64 of IPv6', () => {
    const one = clientNetwork('2001:db8:0:1::1');
    expect(clientNetwork('2001:DB8:0:1:ffff:ffff:ffff:ffff')).toBe(one);
    expect(clientNetwork('2001:db8:0:2::1')).not.toBe(one);
  });

  it('leaves what is no address as it is', () => {
    expect(clientNetwork(undefined)).toBe('undefined');
    expect(clientNetwork('unknown')).toBe('unknown');
  });
});
