// The weeks or months a rate is measured by, each for itself: what is due in one is fined by the rate of that one, whenever it is judged.
import type { CompiledRate } from '../compile/compiled.js';
import type { RateSnapshot } from '../evaluate-types.js';
import type { Instant } from '../events.js';
import { addMonths, dateText, isoWeekday, parseDate, type LocalDate } from '../local-date.js';
import type { RateDefinition } from '../rule.js';
import { fromLocal, toLocal } from '../zone.js';
import { rateInUse } from './rate-in-use.js';
import { isInForce, rateZone } from './rate-scope.js';
import type { DaySpan, RateWindow } from './window.js';

/** A rate and the IANA zone its days are of. */
export interface ZonedRate {
  readonly definition: RateDefinition;
  readonly zone: string;
}

export function zonedRate(rate: CompiledRate): ZonedRate {
  return { definition: rate.definition, zone: rateZone(rate) };
}

/**
 * First day, `YYYY-MM-DD`, of the week or month that a measurement made at `at` is of. Empty for a rate that looks back from every day, or on
 * days of its own: what it is now counts for all.
 */
export function periodOf(rate: ZonedRate, at: Instant): string {
  const window = periodWindow(rate.definition);
  return window ? dateText(periodDays(window, lastCounted(rate, window, at)).first) : '';
}

/**
 * When each period was or is measured for good, the running one first, then backwards to that of `since`: as it ended, at `asOf` if it has not,
 * or as the rate itself ended. A rate without periods is measured at `asOf`.
 */
export function measuringInstants(rate: ZonedRate, asOf: Instant, since: Instant): readonly Instant[] {
  const window = periodWindow(rate.definition);
  if (!window) return [asOf];
  const oldest = lastCounted(rate, window, since);
  const instants: Instant[] = [];
  for (let day = lastCounted(rate, window, asOf); instants.length === 0 || day >= oldest;) {
    const period = periodDays(window, day);
    const at = measuredAt(rate, window, period, asOf);
    const isMeasured = contains(period, lastCounted(rate, window, at));
    // The running one stands first even where the rate has ended before it began: there is nothing to measure then.
    if (isMeasured || instants.length === 0) instants.push(isMeasured ? at : asOf);
    day = period.first - 1;
  }
  return instants;
}

/**
 * Of what is known of one rate and shop the measurement that decides about something due at `dueAt`, judged at `asOf`: that of its own week or
 * month where the rate has such, the running one's for what is due later.
 */
export function rateFor(
  rate: ZonedRate,
  snapshots: readonly RateSnapshot[],
  dueAt: Instant,
  asOf: Instant,
): RateSnapshot | undefined {
  const window = periodWindow(rate.definition);
  if (!window) return rateInUse(snapshots, asOf);
  const running = lastCounted(rate, window, asOf);
  const period = periodDays(window, Math.min(toLocal(dueAt, rate.zone).date, running));
  const own = snapshots.filter((one) => contains(period, lastCounted(rate, window, one.measuredAt)));
  const used = rateInUse(own, measuredAt(rate, window, period, asOf));
  return used && { ...used, period: dateText(period.first), ...(period.last < running && { isOver: true }) };
}

/** The window of a rate that measures one week or month after the other. */
function periodWindow({ windows, evaluatedOn }: RateDefinition): RateWindow | undefined {
  const [window] = windows;
  if (!window || evaluatedOn || (window.kind !== 'week' && window.kind !== 'month')) return undefined;
  const keyOf = ({ kind, weekStartsOn = 1, lagDays = 0 }: RateWindow): string => `${kind} ${weekStartsOn} ${lagDays}`;
  return windows.every((other) => keyOf(other) === keyOf(window)) ? window : undefined;
}

function lastCounted({ zone }: ZonedRate, { lagDays = 0 }: RateWindow, at: Instant): LocalDate {
  return toLocal(at, zone).date - lagDays;
}

function periodDays({ kind, weekStartsOn = 1 }: RateWindow, day: LocalDate): DaySpan {
  if (kind === 'week') {
    const first = day - ((isoWeekday(day) - weekStartsOn + 7) % 7);
    return { first, last: first + 6 };
  }
  const first = parseDate(`${dateText(day).slice(0, 8)}01`);
  return { first, last: addMonths(first, 1) - 1 };
}

function measuredAt(
  { definition, zone }: ZonedRate,
  { lagDays = 0 }: RateWindow,
  period: DaySpan,
  asOf: Instant,
): Instant {
  const end = Math.min(asOf, fromLocal(period.last + lagDays + 1, 0, zone) - 1);
  const until = definition.effective?.until;
  if (until === undefined || isInForce(definition, toLocal(end, zone).date, end)) return end;
  const ended = until.includes('T') ? Date.parse(until) : fromLocal(parseDate(until), 0, zone);
  return Math.min(end, ended - 1);
}

function contains({ first, last }: DaySpan, day: LocalDate): boolean {
  return day >= first && day <= last;
}
