import { describe, expect, it } from '@jest/globals';
import { daysOffFromIcs } from './ics.js';

function ics(...events: string[][]): string {
  const lines = events.flatMap((event, i) => ['BEGIN:VEVENT', `UID:${i}@test`, ...event, 'END:VEVENT']);
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...lines, 'END:VCALENDAR'].join('\r\n');
}
const allDay = (day: string) => `DTSTART;VALUE=DATE:${day}`;

describe('days off from iCalendar files', () => {
  it('takes all-day events, over several days too, and passes over timed and cancelled ones', () => {
    const { days, problems } = daysOffFromIcs(
      ics(
        [allDay('20261224'), 'DTEND;VALUE=DATE:20261227', 'SUMMARY:Christmas closing'],
        [allDay('20260803'), 'SUMMARY:Stock count'],
        ['DTSTART:20260804T090000Z', 'DTEND:20260804T100000Z', 'SUMMARY:Meeting'],
        [allDay('20260805'), 'STATUS:CANCELLED', 'SUMMARY:Not after all'],
      ),
    );
    expect(problems).toEqual([]);
    expect([...days]).toEqual([
      ['2026-12-24', 'Christmas closing'],
      ['2026-12-25', 'Christmas closing'],
      ['2026-12-26', 'Christmas closing'],
      ['2026-08-03', 'Stock count'],
    ]);
  });

  it('repeats yearly events within the years covered, less their exceptions', () => {
    const { days } = daysOffFromIcs(
      ics([allDay('20240701'), 'RRULE:FREQ=YEARLY', 'EXDATE;VALUE=DATE:20250701', 'SUMMARY:Founding day']),
    );
    expect(days.has('2024-07-01')).toBe(true);
    expect(days.has('2025-07-01')).toBe(false);
    expect([...days.keys()].at(-1)).toBe('2040-07-01');
    expect(days.size).toBe(16);
  });

  it('moves a single repetition', () => {
    const text = ics(
      [allDay('20260105'), 'RRULE:FREQ=WEEKLY;COUNT=3', 'SUMMARY:Monday off'],
      [allDay('20260113'), 'RECURRENCE-ID;VALUE=DATE:20260112', 'SUMMARY:Tuesday instead'],
    ).replace('UID:1@test', 'UID:0@test');
    expect([...daysOffFromIcs(text).days]).toEqual([
      ['2026-01-05', 'Monday off'],
      ['2026-01-13', 'Tuesday instead'],
      ['2026-01-19', 'Monday off'],
    ]);
  });

  it.each(['SECONDLY', 'MINUTELY', 'HOURLY'])('refuses what repeats %s', (frequency) => {
    const { problems } = daysOffFromIcs(ics([allDay('20260101'), `RRULE:FREQ=${frequency}`, 'SUMMARY:Flood']));
    expect(problems).toEqual([`"Flood" repeats ${frequency}, which no day off does`]);
  });

  it.each([
    ['a rule that never matches', [allDay('20260101'), 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30']],
    ['a daily rule from long ago', [allDay('00010101'), 'RRULE:FREQ=DAILY']],
    ['an event of a thousand years', [allDay('20260101'), 'DTEND;VALUE=DATE:30260101', 'SUMMARY:Long']],
    ['a rule without sense', [allDay('20260101'), 'RRULE:FREQ=SOMETIMES']],
    ['a count of millions', [allDay('20260101'), 'RRULE:FREQ=DAILY;COUNT=99999999;BYDAY=MO']],
  ])('comes to an end on %s', (_, event) => {
    const { days, problems } = daysOffFromIcs(ics(event));
    expect(days.size).toBeLessThanOrEqual(20_000);
    expect(Array.isArray(problems)).toBe(true);
  });

  it('says when it is no calendar at all', () => {
    expect(daysOffFromIcs('<html>').problems[0]).toMatch(/^not an iCalendar file/);
    expect(daysOffFromIcs('').problems).toHaveLength(1);
  });
});
