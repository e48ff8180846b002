// Which rules a rate counts.
import type { RateDefinition } from '../rule.js';

/** Rule ids counted together; `cancelled` and `scanned` are counts of their own. Empty for a rate known only as reported. */
export function countedRules({ counts }: RateDefinition): readonly string[] {
  if (!counts) return [];
  return typeof counts.rule === 'string' ? [counts.rule] : counts.rule;
}
