// When and in which zone a rate of a rulebook is counted.
import type { CompiledRate } from '../compile/compiled.js';
import type { Instant } from '../events.js';
import { dateText } from '../local-date.js';
import { toLocal } from '../zone.js';

/** Whether the rate is in effect on the local day of `asOf`. */
export function isRateEffective(rate: CompiledRate, asOf: Instant): boolean {
  const today = dateText(toLocal(asOf, rateZone(rate)).date);
  const { from, until } = rate.definition.effective ?? {};
  return (from === undefined || from.slice(0, 10) <= today) && (until === undefined || today < until.slice(0, 10));
}

/** The zone whose days the rate counts. */
export function rateZone({ definition, document }: CompiledRate): string {
  const { zone } = definition;
  if (typeof zone === 'object') return zone.fixed;
  return zone === 'utc' ? 'UTC' : document.marketZone;
}
