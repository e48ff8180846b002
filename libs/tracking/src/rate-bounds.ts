import type { CompiledRulebook, RateBound, RateSnapshot } from '#domain';
import { isWithinBound } from '#domain';

export interface RateBounds {
  readonly limits: readonly RateBound[];
  readonly ruleIds: readonly string[];
}

/** Limits of the gates and bands by rate, overlays included, and the rules whose money depends on them. */
export function boundsOn(rateId: string, rulebook: CompiledRulebook): RateBounds {
  const rules = rulebook.documents.flatMap((document) => document.rules.flatMap(({ id }) => rulebook.rule(id) ?? []));
  const uses = rules.flatMap(({ rule, versions }) =>
    versions
      .flatMap((version) => [version, ...version.overlays.map((overlay) => overlay.version)])
      .flatMap(({ spec: { penalty } }) => {
        const gate = penalty?.gate?.rate === rateId ? [penalty.gate] : [];
        const bands = penalty?.byRate?.rate === rateId ? penalty.byRate.bands : [];
        return [...gate, ...bands].map((bound) => ({ id: rule.id, bound }));
      }),
  );
  return { limits: uses.map(({ bound }) => bound), ruleIds: [...new Set(uses.map(({ id }) => id))] };
}

/** Nothing is known of the rate. */
export const UNKNOWN = 'unknown';

/** On which side of each limit a rate is, as text to compare. */
export function sidesOf(limits: readonly RateBound[], snapshot: RateSnapshot | undefined): string {
  if (!snapshot) return UNKNOWN;
  return limits.map((limit) => (isWithinBound(limit, snapshot) ? '1' : '0')).join('');
}
