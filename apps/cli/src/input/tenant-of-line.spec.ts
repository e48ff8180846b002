import { describe, expect, it } from '@jest/globals';
import { tenantOfLine } from './tenant-of-line.js';
import { TenantShare } from './tenant-share.js';

describe('tenantOfLine', () => {
  it.each([
    ['{"id":"1","tenantid":"acme","data":{}}', 'acme'],
    ['{"id":"1","data":{},"tenantid":"acme"}', 'acme'],
    ['{"id":"1","tenantid": "acme","data":{}}', 'acme'],
    ['{"id":"1","tenantid":"ac\\u006de","data":{}}', 'acme'],
    ['{"id":"1","data":{"tenantid":"other"},"tenantid":"acme"}', 'acme'],
    ['{"id":"1","d\\u0061ta":{"tenantid":"other","data":1},"tenantid":"acme"}', 'acme'],
    ['{"id":"1","data" :{"tenantid":"other"},"tenantid":"acme"}', 'acme'],
    ['{"id":"\\"tenantid\\":\\"other","tenantid":"acme","data":{}}', 'acme'],
    ['{"id":"1","data":{"tenantid":"other"}}', 'local'],
    ['{"id":"1","tenantid":"","data":{}}', 'local'],
    ['{"id":"1","tenantid":null,"data":{}}', 'local'],
    ['no event', 'local'],
  ])('%s is of %s', (line, tenant) => {
    expect(tenantOfLine(line)).toBe(tenant);
  });
});

describe('TenantShare', () => {
  it('gives every tenant to one reader, in turn', () => {
    const met = ['a', 'b', 'a', 'c', 'd', 'b', 'd'];
    const owned = [0, 1, 2].map((index) => {
      const share = new TenantShare(index, 3);
      return met.filter((tenantId) => share.owns(tenantId));
    });
    expect(owned).toEqual([['a', 'a', 'd', 'd'], ['b', 'b'], ['c']]);
  });
});
