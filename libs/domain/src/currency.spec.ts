import { describe, expect, it } from '@jest/globals';
import { formatMinor, isCurrency, minorDigits } from './currency.js';

describe('currencies', () => {
  it.each([
    ['USD', 2],
    ['EUR', 2],
    ['HUF', 2],
    ['IDR', 2],
    ['TWD', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['VND', 0],
    ['CLP', 0],
    ['KWD', 3],
    ['TND', 3],
    ['CLF', 4],
    ['UYW', 4],
  ])('%s has %i minor digits', (code, digits) => expect(minorDigits(code)).toBe(digits));

  it('has no misspelt code: each of its 168 is one the runtime knows too', () => {
    const leftOutByIntl = 'BOV CHE CHW CLF COU MXV USN UYI UYW VED XAD XCG'.split(' ');
    const known = new Set([...Intl.supportedValuesOf('currency'), ...leftOutByIntl]);
    expect([...known].filter(isCurrency)).toHaveLength(168);
  });

  it('does not take metals, units of account and test codes for money', () => {
    expect(['XAU', 'XAG', 'XDR', 'XTS', 'XXX'].filter(isCurrency)).toEqual([]);
  });

  it.each(['usd', 'US', 'RMB', ''])('does not know %j', (code) => {
    expect(isCurrency(code)).toBe(false);
    expect(() => minorDigits(code)).toThrow(RangeError);
  });

  it.each([
    [1875, 'USD', '18.75 USD'],
    [5, 'USD', '0.05 USD'],
    [-5, 'USD', '-0.05 USD'],
    [0, 'EUR', '0.00 EUR'],
    [1875, 'JPY', '1875 JPY'],
    [1, 'KWD', '0.001 KWD'],
  ])('writes %i minor units of %s as %s', (amount, currency, text) => expect(formatMinor(amount, currency)).toBe(text));

  it('refuses a fraction of a cent', () => expect(() => formatMinor(0.5, 'USD')).toThrow(/not whole minor units/));
});
