import { describe, expect, it } from '@jest/globals';
import { parseDate } from './local-date.js';
import { fromLocal, isZone, toLocal } from './zone.js';

const at = (date: string, time: string, zone: string) => {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return new Date(fromLocal(parseDate(date), hours * 3600 + minutes * 60 + seconds, zone)).toISOString();
};

describe('zones', () => {
  it('shows the wall clock of an instant', () => {
    expect(toLocal(Date.parse('2025-03-10T06:59:59.900Z'), 'America/Los_Angeles')).toEqual({
      date: parseDate('2025-03-09'),
      secondOfDay: 86_399,
      offsetMinutes: -420,
    });
  });

  it('finds the end of a day on which daylight time began', () => {
    expect(at('2025-03-09', '23:59:59', 'America/Los_Angeles')).toBe('2025-03-10T06:59:59.000Z');
  });

  it('moves a skipped time forward by the gap', () => {
    expect(at('2025-03-09', '02:30:00', 'America/Los_Angeles')).toBe('2025-03-09T10:30:00.000Z');
    expect(at('2025-10-05', '02:15:00', 'Australia/Lord_Howe')).toBe('2025-10-04T15:45:00.000Z');
  });

  it('takes the second of two equal times', () => {
    expect(at('2025-11-02', '01:30:00', 'America/Los_Angeles')).toBe('2025-11-02T09:30:00.000Z');
    expect(at('2025-10-26', '02:30:00', 'Europe/Berlin')).toBe('2025-10-26T01:30:00.000Z');
  });

  it('carries seconds past midnight into the next day', () => {
    expect(at('2025-12-31', '24:00:00', 'Asia/Shanghai')).toBe('2025-12-31T16:00:00.000Z');
  });

  it('answers outside the prepared years as well', () => {
    expect(at('1999-04-04', '02:30:00', 'America/New_York')).toBe('1999-04-04T07:30:00.000Z');
    expect(at('1999-10-31', '01:30:00', 'America/New_York')).toBe('1999-10-31T06:30:00.000Z');
    expect(at('2019-11-03', '01:30:00', 'America/New_York')).toBe('2019-11-03T06:30:00.000Z');
    expect(at('2036-03-09', '02:30:00', 'America/New_York')).toBe('2036-03-09T07:30:00.000Z');
    expect(toLocal(Date.parse('2075-07-01T12:00:00Z'), 'America/New_York').offsetMinutes).toBe(-240);
  });

  it.each(['Mars/Base', '', '+08:00', '-05:00'])('does not take %j for a zone', (name) => {
    expect(isZone(name)).toBe(false);
    expect(() => toLocal(0, name)).toThrow(RangeError);
    expect(() => fromLocal(0, 0, name)).toThrow(RangeError);
  });

  it.each(['UTC', 'Asia/Ho_Chi_Minh', 'Etc/GMT+8'])('knows %s', (name) => expect(isZone(name)).toBe(true));
});
