// What was promised for an order, over the order and its lines.
import type { OrderFacts } from '../events.js';

/** The order's handling time, else the longest of its lines': several products in one order are due with the latest. */
export function handlingDays(facts: OrderFacts): number | undefined {
  const ordered = facts.promise?.handlingDays;
  if (ordered !== undefined) return ordered;
  let longest: number | undefined;
  for (const { handlingDays: days } of facts.lines) {
    if (days !== undefined && (longest === undefined || days > longest)) longest = days;
  }
  return longest;
}
