import { describe, expect, it } from '@jest/globals';
import { zoneOfPlace } from './place-zone.js';

const STATES =
  'AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC';

describe('zoneOfPlace', () => {
  it.each([
    ['US', 'CA', 'America/Los_Angeles'],
    ['US', 'AZ', 'America/Phoenix'],
    ['US', 'TN', 'America/Chicago'],
    ['CA', 'NL', 'America/St_Johns'],
    ['DE', undefined, 'Europe/Berlin'],
    ['GB', 'SCT', 'Europe/London'],
  ])('knows %s %s', (country, region, zone) => {
    expect(zoneOfPlace({ country, region })).toBe(zone);
  });

  it('knows every state of the United States, in a zone this runtime knows', () => {
    const zones = STATES.split(' ').map((region) => zoneOfPlace({ country: 'US', region }));
    expect(zones).not.toContain(undefined);
    for (const zone of zones) expect(() => new Intl.DateTimeFormat('en', { timeZone: zone })).not.toThrow();
  });

  it('does not guess for a country with several zones without a region it knows', () => {
    expect(zoneOfPlace({ country: 'US' })).toBeUndefined();
    expect(zoneOfPlace({ country: 'US', region: 'ZZ' })).toBeUndefined();
    expect(zoneOfPlace({ country: 'BR' })).toBeUndefined();
    expect(zoneOfPlace({})).toBeUndefined();
  });
});
