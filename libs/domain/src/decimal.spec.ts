import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimal, minorOf, multipleOf, percentOf, toMinor } from './decimal.js';

describe('exact decimals', () => {
  it('multiplies without a float', () => {
    expect(percentOf(3750, '50').toFixed()).toBe('1875');
    expect(percentOf(10_010, '10.5').toFixed()).toBe('1051.05');
    expect(multipleOf(decimal('0.1'), '3').toFixed()).toBe('0.3');
    expect(minorOf('18.75', 'USD').toFixed()).toBe('1875');
    expect(minorOf('18.755', 'USD').toFixed()).toBe('1875.5');
    expect(minorOf('1', 'JPY').toFixed()).toBe('1');
  });

  it.each([
    ['half-up', '2.5', 3],
    ['half-up', '-2.5', -3],
    ['half-even', '2.5', 2],
    ['half-even', '3.5', 4],
    ['up', '2.01', 3],
    ['down', '2.99', 2],
    ['half-up', '-0.2', 0],
  ] as const)('rounds %s %s to %i', (mode, value, expected) => expect(toMinor(decimal(value), mode)).toBe(expected));

  it.each(['1e3', '+1', ' 1', '1,000', '01', '.5', '', 'NaN', 0.1, Number.MAX_SAFE_INTEGER + 1])(
    'refuses %j',
    (value) => {
      expect(() => decimal(value)).toThrow(RangeError);
    },
  );

  it('refuses an amount whose cents a JSON number would lose', () => {
    expect(() => toMinor(decimal('9007199254740992'), 'down')).toThrow(/too large/);
  });

  it('keeps every whole amount as it was', () => {
    fc.assert(fc.property(fc.maxSafeInteger(), (amount) => toMinor(decimal(amount), 'half-even') === amount));
  });
});
