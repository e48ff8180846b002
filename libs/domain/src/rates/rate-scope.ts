// When and in which zone a rate of a rulebook is counted, which orders it is about, and what of them.
import type { CompiledPoints, CompiledRate } from '../compile/compiled.js';
import { countedRules } from '../compile/rate-definition.js';
import type { Instant, OrderFacts } from '../events.js';
import { parseDate, type LocalDate } from '../local-date.js';
import type { RateDefinition } from '../rule.js';
import { toLocal } from '../zone.js';

/** An open deadline this likely to be missed is past help: the projected rate counts it. */
export const PAST_HELP = 0.95;
/** A number without a physical scan is still open this long: Amazon counts edits of a tracking number for 72 hours (AMZ-VTR). */
export const SCAN_GRACE_MS = 72 * 3_600_000;

export type CountedUnit = NonNullable<RateDefinition['counts']>['unit'];

/** Deadlines of rules; or whole orders (`cancelled`) or parcels (`scanned`), without a rule. */
export type Counted =
  | {
      readonly kind: 'deadlines';
      readonly ruleIds: readonly string[];
      readonly unit: CountedUnit;
      /** Misses without a late event are not counted. */
      readonly onlyHappened: boolean;
    }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'scanned' };

/** Undefined for a rate known only as the platform reports it. */
export function countedBy(definition: RateDefinition): Counted | undefined {
  if (!definition.counts) return undefined;
  const ruleIds = countedRules(definition);
  const [kind] = ruleIds;
  if (kind === 'cancelled' || kind === 'scanned') return { kind };
  const { unit, onlyHappened = false } = definition.counts;
  return { kind: 'deadlines', ruleIds, unit, onlyHappened };
}

/** Whether the rate is about orders of this platform and market. */
export function isRateOf({ document }: Pick<CompiledRate, 'document'>, platform: string, market: string): boolean {
  const { markets } = document;
  return document.platform === platform && (markets.includes(market) || markets.includes('*'));
}

/** A definition counts from the day it takes effect until the day before it ends, both as local days of its zone. */
export function isInForce({ effective }: RateDefinition, today: LocalDate, asOf: Instant): boolean {
  const reached = (text: string): boolean => (text.includes('T') ? Date.parse(text) <= asOf : parseDate(text) <= today);
  if (effective?.from !== undefined && !reached(effective.from)) return false;
  return effective?.until === undefined || !reached(effective.until);
}

/** The zone whose days a rate or a point balance counts. */
export function rateZone({ definition, document }: CompiledRate | CompiledPoints): string {
  const { zone } = definition;
  if (typeof zone === 'object') return zone.fixed;
  return zone === 'utc' ? 'UTC' : document.marketZone;
}

/** The instant as a day of the rate's zone. */
export function rateDay(rate: CompiledRate, at: Instant): LocalDate {
  return toLocal(at, rateZone(rate)).date;
}

/** Units of goods the order still carries, for rates that count units. */
export function unitsOf({ lines }: OrderFacts): number {
  return lines.reduce((sum, line) => sum + line.quantity - (line.cancelledQuantity ?? 0), 0);
}

export function casesOf({ lines }: OrderFacts): number {
  return lines.reduce((sum, line) => sum + (line.cases ?? 0), 0);
}
