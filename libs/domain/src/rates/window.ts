// Which local days a rate is counted over.
import { addMonths, dateText, isoWeekday, parseDate, type LocalDate } from '../local-date.js';
import type { RateDefinition } from '../rule.js';

export type RateWindow = RateDefinition['windows'][number];

export interface DaySpan {
  /** Both days are counted. */
  readonly first: LocalDate;
  readonly last: LocalDate;
}

/** The days of a window that is looked at on `today`: rolling days and months end today less the lag, a week or month is the running one. */
export function windowDays(window: RateWindow, today: LocalDate): DaySpan {
  const last = today - (window.lagDays ?? 0);
  switch (window.kind) {
    case 'rolling-days':
      return { first: last - (window.days ?? 1) + 1, last };
    case 'rolling-months':
      return { first: addMonths(last, -(window.months ?? 1)) + 1, last };
    case 'week':
      return { first: last - ((isoWeekday(last) - (window.weekStartsOn ?? 1) + 7) % 7), last };
    case 'month':
      return { first: parseDate(`${dateText(last).slice(0, 8)}01`), last };
  }
}
