// PostgreSQL as an independent witness for zones and business days: both sides answer the same random questions.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { Temporal } from 'temporal-polyfill';
import { addBusinessDays, dateText, fromLocal, toLocal, type BusinessCalendar } from '#domain';
import { localServices } from '#testing';

const ZONES =
  `UTC America/Los_Angeles America/Denver America/Phoenix America/Chicago America/New_York America/Halifax America/St_Johns
  America/Anchorage Pacific/Honolulu America/Puerto_Rico America/Toronto America/Mexico_City America/Bogota America/Santiago
  America/Sao_Paulo America/Argentina/Buenos_Aires America/Havana Europe/London Europe/Dublin Europe/Lisbon Europe/Berlin Europe/Paris
  Europe/Madrid Europe/Rome Europe/Warsaw Europe/Helsinki Europe/Athens Europe/Istanbul Europe/Moscow Africa/Casablanca Africa/Cairo
  Africa/Johannesburg Asia/Jerusalem Asia/Beirut Asia/Tehran Asia/Dubai Asia/Kolkata Asia/Kathmandu Asia/Bangkok Asia/Ho_Chi_Minh
  Asia/Jakarta Asia/Kuala_Lumpur Asia/Singapore Asia/Shanghai Asia/Hong_Kong Asia/Tokyo Asia/Seoul Asia/Pyongyang Australia/Sydney
  Australia/Lord_Howe Australia/Adelaide Pacific/Auckland Pacific/Chatham Pacific/Apia Pacific/Kiritimati`.split(/\s+/);
const FROM = Date.UTC(1995, 0, 1);
const UNTIL = Date.UTC(2037, 0, 1);
const SEED = 20_260_130;

const client = new pg.Client({ connectionString: localServices().postgresUrl });
beforeAll(() => client.connect());
afterAll(() => client.end());

function sample<T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] {
  return fc.sample(arbitrary, { numRuns, seed: SEED });
}

/** Every offset change of the zone, from the polyfill's own walk and not from our tables. */
function transitionsOf(zone: string): number[] {
  const found: number[] = [];
  let next = Temporal.Instant.fromEpochMilliseconds(FROM).toZonedDateTimeISO(zone).getTimeZoneTransition('next');
  for (; next && next.epochMilliseconds < UNTIL; next = next.getTimeZoneTransition('next')) {
    found.push(next.epochMilliseconds);
  }
  return found;
}

interface Moment {
  readonly zone: string;
  readonly at: number;
}

/** Instants anywhere, and as many within three hours of a change of offset. */
function moments(): Moment[] {
  const zones = fc.constantFrom(...ZONES);
  const anywhere = fc.record({ zone: zones, at: fc.integer({ min: FROM, max: UNTIL }) });
  const changes = ZONES.flatMap((zone) => transitionsOf(zone).map((at) => ({ zone, at })));
  const around = fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -10_800, max: 10_800 }))
    .map(([change, seconds]) => ({ zone: change.zone, at: change.at + seconds * 1000 }));
  const edges = changes.flatMap(({ zone, at }) => [-1000, 0, 1000].map((step) => ({ zone, at: at + step })));
  return [...sample(anywhere, 15_000), ...sample(around, 15_000), ...edges];
}

describe('zones agree with PostgreSQL', () => {
  const asked = moments();
  const zones = asked.map((moment) => moment.zone);

  it('on the wall clock of every instant', async () => {
    const { rows } = await client.query<{ date: string; second: number }>(
      `SELECT to_char(wall, 'YYYY-MM-DD') AS date, floor(extract(epoch FROM wall::time))::int AS second
         FROM unnest($1::text[], $2::float8[]) WITH ORDINALITY AS asked (zone, second, n),
              LATERAL (SELECT to_timestamp(asked.second) AT TIME ZONE asked.zone AS wall) AS shown
        ORDER BY n`,
      [zones, asked.map((moment) => Math.floor(moment.at / 1000))],
    );
    const differing = asked.filter(({ zone, at }, i) => {
      const { date, secondOfDay } = toLocal(at, zone);
      return dateText(date) !== rows[i]?.date || secondOfDay !== rows[i]?.second;
    });
    expect(differing).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(30_000);
  });

  it('on the instant of every local time, in gaps and folds too', async () => {
    const locals = asked.map(({ zone, at }, i) => {
      // Half of them an hour on, in the offset of before: that is where local times are skipped or doubled.
      const local = at + toLocal(at, zone).offsetMinutes * 60_000 + (i % 2) * 3_600_000;
      const date = Math.floor(local / 86_400_000);
      return { zone, date, second: Math.floor(local / 1000) - date * 86_400 };
    });
    const { rows } = await client.query<{ at: number }>(
      `SELECT extract(epoch FROM (date '1970-01-01' + days + second * interval '1 second') AT TIME ZONE zone)::float8 AS at
         FROM unnest($1::text[], $2::int[], $3::int[]) WITH ORDINALITY AS asked (zone, days, second, n)
        ORDER BY n`,
      [zones, locals.map((local) => local.date), locals.map((local) => local.second)],
    );
    const ours = locals.map(({ date, second, zone }) => fromLocal(date, second, zone));
    expect(locals.filter((_, i) => ours[i] !== rows[i]!.at * 1000)).toEqual([]);
    const skipped = locals.filter(({ date, second, zone }, i) => !showsAs(ours[i]!, zone, date, second));
    const doubled = locals.filter(({ date, second, zone }, i) => showsAs(ours[i]! - 3_600_000, zone, date, second));
    expect(skipped.length).toBeGreaterThan(1000);
    expect(doubled.length).toBeGreaterThan(1000);
  });
});

function showsAs(at: number, zone: string, date: number, second: number): boolean {
  const shown = toLocal(at, zone);
  return shown.date === date && shown.secondOfDay === second;
}

const FIRST_DAY = Date.UTC(2015, 0, 1) / 86_400_000;
const LAST_DAY = Date.UTC(2035, 11, 31) / 86_400_000;
const anyDay = fc.integer({ min: FIRST_DAY, max: LAST_DAY - 1000 });

const anyCalendar: fc.Arbitrary<BusinessCalendar> = fc
  .record({
    workdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 6 }),
    holidays: fc.array(anyDay, { minLength: 50, maxLength: 500 }),
    extra: fc.array(anyDay, { maxLength: 100 }),
  })
  .map(({ workdays, holidays, extra }) => ({
    id: 'random',
    version: '1',
    workdays,
    holidays: new Map(holidays.map((day) => [dateText(day), 'rest'])),
    extraWorkdays: new Set(extra.map(dateText)),
  }));

describe('business days agree with PostgreSQL', () => {
  it('on 20,000 counts in 60 calendars', async () => {
    const calendars = sample(anyCalendar, 60);
    const asked = sample(
      fc.record({ calendar: fc.nat({ max: 59 }), from: anyDay, count: fc.integer({ min: 1, max: 60 }) }),
      20_000,
    );
    const { rows } = await client.query<{ due: string }>(COUNT_IN_SQL, [
      JSON.stringify(calendars.map(asJson)),
      asked.map((question) => question.calendar),
      asked.map((question) => question.from),
      asked.map((question) => question.count),
      dateText(FIRST_DAY),
      dateText(LAST_DAY),
    ]);
    const differing = asked.filter(
      ({ calendar, from, count }, i) =>
        dateText(addBusinessDays(from, count, calendars[calendar]!).date) !== rows[i]?.due,
    );
    expect(differing).toEqual([]);
    expect(rows).toHaveLength(20_000);
  });
});

function asJson(calendar: BusinessCalendar) {
  return {
    workdays: calendar.workdays,
    holidays: [...calendar.holidays.keys()],
    extra: [...calendar.extraWorkdays],
  };
}

/** Counts the working days of each calendar up to each day, then looks up the one `count` places on. */
const COUNT_IN_SQL = `
  WITH calendar AS MATERIALIZED (
    SELECT (n - 1)::int AS id, body FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS listed (body, n)
  ), holiday AS (
    SELECT id, day::date AS day FROM calendar, jsonb_array_elements_text(body->'holidays') AS day
  ), extra AS (
    SELECT id, day::date AS day FROM calendar, jsonb_array_elements_text(body->'extra') AS day
  ), workday AS (
    SELECT id, weekday::int AS weekday FROM calendar, jsonb_array_elements_text(body->'workdays') AS weekday
  ), day AS (
    SELECT id, day::date AS day, (id, day::date) IN (SELECT id, day FROM extra)
           OR (id, extract(isodow FROM day)::int) IN (SELECT id, weekday FROM workday)
              AND (id, day::date) NOT IN (SELECT id, day FROM holiday) AS worked
      FROM calendar, generate_series($5::date, $6::date, interval '1 day') AS day
  ), placed AS MATERIALIZED (
    SELECT id, day, worked, sum(worked::int) OVER (PARTITION BY id ORDER BY day) AS place FROM day
  ), asked AS (
    SELECT id, date '1970-01-01' + from_day AS day, count, n
      FROM unnest($2::int[], $3::int[], $4::int[]) WITH ORDINALITY AS asked (id, from_day, count, n)
  )
  SELECT to_char(due.day, 'YYYY-MM-DD') AS due
    FROM asked
    JOIN placed AS start ON (start.id, start.day) = (asked.id, asked.day)
    JOIN placed AS due ON due.id = asked.id AND due.worked AND due.place = start.place + asked.count
   ORDER BY asked.n`;
