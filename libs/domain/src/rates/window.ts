// Which local days a rate is counted over.
import { addMonths, dateText, isoWeekday, parseDate, type LocalDate } from '../local-date.js';
import type { EvaluationDay, RateDefinition } from '../rule.js';

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

/** The days a rate is looked at: the latest on or before `today`, and the one after it. */
export function evaluationDays(
  on: EvaluationDay,
  today: LocalDate,
): { readonly latest: LocalDate; readonly next: LocalDate } {
  if ('weekday' in on) {
    const latest = today - ((isoWeekday(today) - on.weekday + 7) % 7);
    return { latest, next: latest + 7 };
  }
  const first = parseDate(`${dateText(today).slice(0, 8)}01`);
  const inMonth = (months: number): LocalDate => {
    const start = addMonths(first, months);
    return Math.min(start + on.dayOfMonth - 1, addMonths(start, 1) - 1);
  };
  return inMonth(0) <= today ? { latest: inMonth(0), next: inMonth(1) } : { latest: inMonth(-1), next: inMonth(0) };
}

/**
 * On which day the windows of a rate end: for what it is now, and for what it will be. A rate looked at on a day of its own sees the days before
 * that day; any other is looked at today, and both are the same.
 */
export function windowEnds(
  { evaluatedOn }: RateDefinition,
  today: LocalDate,
): { readonly now: LocalDate; readonly next: LocalDate } {
  if (!evaluatedOn) return { now: today, next: today };
  const { latest, next } = evaluationDays(evaluatedOn, today);
  return { now: latest - 1, next: next - 1 };
}

/** Every day whose outcomes the rate needs on `today`, for now and for its next evaluation. */
export function countedDays(definition: RateDefinition, today: LocalDate): DaySpan {
  const { now, next } = windowEnds(definition, today);
  const first = Math.min(...definition.windows.map((window) => windowDays(window, now).first));
  return { first, last: Math.max(today, next) };
}
