import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { trustProxy } from './trust-proxy.js';

describe('TRUST_PROXY', () => {
  it.each([
    [undefined, false],
    ['off', false],
    ['1', 1],
    ['10', 10],
    ['loopback', ['loopback']],
    ['10.0.0.0/8, 192.0.2.7,fd00::/8', ['10.0.0.0/8', '192.0.2.7', 'fd00::/8']],
  ])('reads %j as Express takes it', (text, value) => {
    expect(trustProxy.parse(text)).toEqual(value);
    expect(() => express().set('trust proxy', value)).not.toThrow();
  });

  it.each([
    '0',
    '11',
    'true',
    'on',
    '*',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0.0/',
    '1,',
    '10.0.0/8',
  ])('refuses %j and says what it may be', (text) => {
    const { error } = trustProxy.safeParse(text);
    expect(error?.issues).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/^must be off, a number of proxies/) }),
    ]);
  });
});
