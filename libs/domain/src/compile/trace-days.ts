// Every day a count passed, for the explanation: the days that counted, and the skipped ones folded into ranges.
import type { CountedDays } from '../business-days.js';
import { dateText, type LocalDate } from '../local-date.js';
import type { BusinessCalendar } from '../rule.js';
import type { Trace } from '../evaluate/trace.js';

interface Skipped {
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly why: string;
  readonly name: string;
}

export function traceDays(counted: CountedDays, calendar: BusinessCalendar, trace: Trace): void {
  trace.add('calendar', { calendar: calendar.id, version: calendar.version });
  trace.add('business-days-counted', { days: counted.counted.map(dateText).join(', '), count: counted.counted.length });
  for (const { from, to, why, name } of ranges(counted)) {
    trace.add('days-skipped', { from: dateText(from), to: dateText(to), why, name });
  }
}

/** Neighbouring days skipped for the same reason are one range. */
function ranges({ skipped }: CountedDays): readonly Skipped[] {
  const folded: Skipped[] = [];
  for (const { date, why, name = '' } of skipped) {
    const last = folded.at(-1);
    const joins = last && last.to === date - 1 && last.why === why && last.name === name;
    if (joins) folded[folded.length - 1] = { ...last, to: date };
    else folded.push({ from: date, to: date, why, name });
  }
  return folded;
}
