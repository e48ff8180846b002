import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addBusinessDays, dateText, isBusinessDay, isoWeekday, parseDate, type BusinessCalendar } from '#domain';
import { calendarSource } from './calendar-source.js';
import type { NamedCalendar } from './calendars-file.js';

const source = calendarSource();

function calendar(id: string, find = source): BusinessCalendar {
  const found = find(id);
  if (!found) throw new Error(`no calendar ${id}`);
  return found;
}
const works = (id: string, day: string) => isBusinessDay(parseDate(day), calendar(id));
const after = (id: string, day: string, n: number) => dateText(addBusinessDays(parseDate(day), n, calendar(id)).date);
const named = (specs: Record<string, Partial<NamedCalendar> & { base: string }>) =>
  calendarSource(
    new Map(Object.entries(specs).map(([id, spec]) => [id, { hash: '00000000', daysOff: new Map(), ...spec }])),
  );

describe('United States', () => {
  it.each([
    ['2025-11-24', '2025-11-26'],
    ['2025-11-25', '2025-11-28'],
    ['2025-11-26', '2025-12-01'],
    ['2025-12-23', '2025-12-26'],
    ['2025-07-03', '2025-07-08'],
    ['2026-01-30', '2026-02-03'],
  ])('platform-policies example 10: an order of %s is due on %s', (placed, due) => {
    expect(after('us-federal', placed, 2)).toBe(due);
  });

  it.each([
    ['2020-07-03', 'Independence Day (observed)'],
    ['2021-06-18', 'Juneteenth (observed)'],
    ['2021-07-05', 'Independence Day (observed)'],
    ['2021-12-24', 'Christmas Day (observed)'],
    ['2021-12-31', "New Year's Day (observed)"],
    ['2022-12-26', 'Christmas Day (observed)'],
    ['2023-01-02', "New Year's Day (observed)"],
    ['2023-11-10', 'Veterans Day (observed)'],
    ['2026-07-03', 'Independence Day (observed)'],
    ['2026-05-25', 'Memorial Day'],
    ['2026-11-26', 'Thanksgiving Day'],
  ])('federal offices rest on %s: %s', (day, name) => {
    expect(calendar('us-federal').holidays.get(day)).toBe(name);
    expect(works('us-federal', day)).toBe(false);
  });

  it.each(['2020-06-19', '2025-11-28', '2025-12-24', '2025-12-26', '2024-12-24'])('works on %s', (day) => {
    expect(works('us-federal', day)).toBe(true);
  });

  it('delivers post on Saturdays, and on the Friday before a Saturday holiday', () => {
    expect(works('us-postal', '2026-06-27')).toBe(true);
    expect(works('us-postal', '2026-07-03')).toBe(true);
    expect(works('us-postal', '2026-07-04')).toBe(false);
    expect(works('us-postal', '2021-07-05')).toBe(false);
    expect(works('us-postal-mon-fri', '2026-06-27')).toBe(false);
  });
});

describe('other countries', () => {
  it('rests in Vietnam on Sundays and through the whole of Tết, not on Saturdays', () => {
    expect(after('vn-mon-sat', '2025-07-26', 1)).toBe('2025-07-28');
    expect(works('vn-mon-sat', '2025-07-26')).toBe(true);
    expect(['2026-02-16', '2026-02-18', '2026-02-20'].map((day) => works('vn-mon-sat', day))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('works Sunday to Thursday in Kedah, Kelantan and Terengganu', () => {
    expect(['my-02', 'my-03', 'my-11', 'my-sun-thu'].map((id) => works(id, '2026-07-05'))).toEqual(Array(4).fill(true));
    expect(['my-02', 'my-sun-thu'].map((id) => works(id, '2026-07-03'))).toEqual([false, false]);
    expect(['my-mon-fri', 'my', 'my-10'].map((id) => works(id, '2026-07-03'))).toEqual([true, true, true]);
  });

  it("works China's make-up days and rests on the days they pay for", () => {
    expect(works('cn', '2026-02-14')).toBe(true);
    expect(works('cn', '2025-09-28')).toBe(true);
    expect(works('cn', '2025-10-08')).toBe(false);
    expect(calendar('cn').holidays.get('2026-02-17')).toBe('春节');
    expect(works('cn', '2030-10-01')).toBe(false);
    expect(works('cn', '2027-06-01')).toBe(true);
    expect(calendar('cn').version).toMatch(/^chinese-days@[\d.]+ to 20\d\d, then date-holidays@/);
  });

  it('knows states: Corpus Christi rests in Bavaria, not in Berlin', () => {
    expect(works('de-by', '2026-06-04')).toBe(false);
    expect(works('de-be', '2026-06-04')).toBe(true);
    expect(works('gb-england', '2026-08-31')).toBe(false);
    expect(works('gb-england', '2022-09-19')).toBe(false);
  });

  it('works on half holidays', () => expect(works('cn', '2030-03-08')).toBe(true));

  it.each(['jp', 'br', 'th', 'id', 'ph', 'mx', 'fr', 'pl', 'ca', 'de'])(
    'has holidays for %s in every year covered, with the package as version',
    (id) => {
      const years = new Set([...calendar(id).holidays.keys()].map((day) => day.slice(0, 4)));
      for (let year = 2015; year <= 2035; year++) expect(years).toContain(String(year));
      expect(calendar(id).version).toMatch(/^date-holidays@\d/);
    },
  );

  it.each([
    'us',
    'us-ca',
    'xx',
    'de-zz',
    'DE',
    'mon-tue',
    '',
    '-mon-fri',
    'nowhere-mon-fri',
    '__proto__',
    'constructor',
  ])('does not know %j', (id) => expect(source(id)).toBeUndefined());
});

describe('named calendars', () => {
  it('add and take back holidays, and say so in their version', () => {
    const find = named({
      'depot-nj': {
        base: 'us-federal',
        weekdays: [1, 2, 3, 4, 5, 6],
        holidays: { '2026-08-03': 'stock count' },
        workdays: ['2026-07-03'],
        daysOff: new Map([['2026-08-04', 'closed']]),
        hash: 'abcd1234',
      },
    });
    const depot = calendar('depot-nj', find);
    expect(depot.version).toBe('fineline@1+depot-nj#abcd1234');
    const days = ['2026-08-03', '2026-08-04', '2026-07-03', '2026-08-08', '2026-09-07'];
    expect(days.map((day) => isBusinessDay(parseDate(day), depot))).toEqual([false, false, true, true, false]);
  });

  it('change a built-in calendar under its own id, also where another is made from it', () => {
    const find = named({ vn: { base: 'vn', holidays: { '2026-09-01': 'Quốc khánh' } } });
    expect(isBusinessDay(parseDate('2026-09-01'), calendar('vn-mon-sat', find))).toBe(false);
  });

  it('are unknown when their base is, or runs in a circle', () => {
    const find = named({ a: { base: 'b' }, b: { base: 'a' }, c: { base: 'nowhere' } });
    expect(['a', 'b', 'c'].map(find)).toEqual([undefined, undefined, undefined]);
  });

  it('are made once', () => expect(source('de')).toBe(source('de')));
});

describe('properties of real calendars', () => {
  const ids = ['us-federal', 'us-postal', 'cn', 'vn-mon-sat', 'my-sun-thu', 'de-by', 'gb-england', 'jp', 'every-day'];
  const anyCalendar = fc.constantFrom(...ids).map((id) => calendar(id));
  const anyDay = fc.integer({ min: parseDate('2016-01-01'), max: parseDate('2035-01-01') });
  const few = fc.integer({ min: 0, max: 30 });

  it('adding n and then m days is adding n + m', () => {
    fc.assert(
      fc.property(anyCalendar, anyDay, few, few, (days, from, n, m) => {
        const steps = addBusinessDays(addBusinessDays(from, n, days).date, m, days).date;
        expect(steps).toBe(addBusinessDays(from, n + m, days).date);
      }),
    );
  });

  it('never lands on a day of rest and never runs backwards', () => {
    fc.assert(
      fc.property(anyCalendar, anyDay, few, (days, from, n) => {
        const landed = addBusinessDays(from, n + 1, days).date;
        expect(isBusinessDay(landed, days)).toBe(true);
        expect(addBusinessDays(from + 1, n + 1, days).date).toBeGreaterThanOrEqual(landed);
      }),
    );
  });

  it('works only on its weekdays or an extra workday', () => {
    fc.assert(
      fc.property(anyCalendar, anyDay, (days, day) => {
        const usual = days.workdays.includes(isoWeekday(day)) && !days.holidays.has(dateText(day));
        expect(isBusinessDay(day, days)).toBe(usual || days.extraWorkdays.has(dateText(day)));
      }),
    );
  });
});
