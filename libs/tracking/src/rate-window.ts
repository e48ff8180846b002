// Which days a rate is counted over, and what the counts amount to. Pure: the day is an argument.
import type { LocalDate, RateDefinition } from '#domain';
import { addMonths, dateText, isoWeekday, parseDate } from '#domain';
import type { ShopDayCount } from '#storage';

export type RateWindow = RateDefinition['windows'][number];

/** Sums over the days of one window. */
export interface WindowCount {
  readonly missed: number;
  readonly met: number;
  readonly open: number;
  readonly lost: number;
}

/** First and last local day of a window that is looked at on `today`, both counted. */
export function windowDays(window: RateWindow, today: LocalDate): { first: LocalDate; last: LocalDate } {
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

/**
 * The first window with a sample in its bounds (`minimumSample` reached, below `maximumSample`) counts. Undefined when the shop
 * has too few settled orders in every window: then its rate is not known.
 */
export function countInWindow(
  windows: readonly RateWindow[],
  counts: readonly ShopDayCount[],
  today: LocalDate,
): WindowCount | undefined {
  for (const window of windows) {
    const { first, last } = windowDays(window, today);
    const [from, until] = [dateText(first), dateText(last)];
    const within = counts.filter(({ day }) => day >= from && day <= until);
    const total = (field: keyof WindowCount): number => within.reduce((sum, count) => sum + count[field], 0);
    const count = { missed: total('missed'), met: total('met'), open: total('open'), lost: total('lost') };
    const sample = count.missed + count.met;
    if (sample >= Math.max(1, window.minimumSample ?? 1) && sample < (window.maximumSample ?? Infinity)) return count;
  }
  return undefined;
}
