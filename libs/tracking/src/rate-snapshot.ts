// What a shop's counts say about its rate: the share, the band with hysteresis, and how far the next band is. Pure.
import type { Effect, RateBound, RateDefinition, RateSnapshot } from '#domain';
import type { WindowCount } from './rate-window.js';

const MOST_BUDGET = 100_000;

export function rateSnapshot(
  definition: RateDefinition,
  shopId: string,
  count: WindowCount,
  previous: RateSnapshot | undefined,
  measuredAt: number,
): RateSnapshot {
  const isMissRate = definition.counts?.numerator !== 'met';
  const denominator = count.missed + count.met;
  const numerator = isMissRate ? count.missed : count.met;
  const band = bandOf(definition, numerator / denominator, previous?.band);
  const lostNumerator = isMissRate ? numerator + count.lost : numerator;
  const budget = isMissRate ? budgetOf(definition, numerator, denominator, band) : undefined;
  return {
    rateId: definition.id,
    shopId,
    numerator,
    denominator,
    rate: (numerator / denominator).toFixed(6),
    origin: 'computed',
    measuredAt,
    projectedRate: (lostNumerator / (denominator + count.lost)).toFixed(6),
    ...(budget !== undefined && { budget }),
    effects: band === undefined ? [] : effectsOf(definition, band),
    ...(band !== undefined && { band }),
  };
}

/** The same band although the rate left it, until `clears` holds. */
function bandOf(definition: RateDefinition, rate: number, previous: number | undefined): number | undefined {
  const index = definition.bands.findIndex((band) => holds(band, rate));
  if (index >= 0) return index;
  const isHeld = previous !== undefined && definition.clears !== undefined && !holds(definition.clears, rate);
  return isHeld ? previous : undefined;
}

/** How many more late orders until another, later band holds; undefined when there is none. */
function budgetOf(
  definition: RateDefinition,
  numerator: number,
  denominator: number,
  band: number | undefined,
): number | undefined {
  const later = definition.bands.slice(band === undefined ? 0 : band + 1);
  if (later.length === 0) return undefined;
  for (let more = 1; more <= MOST_BUDGET; more++) {
    const rate = (numerator + more) / (denominator + more);
    if (later.some((candidate) => holds(candidate, rate))) return more;
  }
  return undefined;
}

/** Strict and non-strict limits exactly as published. */
export function holds(bound: RateBound, rate: number): boolean {
  const { lt, lte, gt, gte } = bound;
  return (
    (lt === undefined || rate < Number(lt)) &&
    (lte === undefined || rate <= Number(lte)) &&
    (gt === undefined || rate > Number(gt)) &&
    (gte === undefined || rate >= Number(gte))
  );
}

function effectsOf(definition: RateDefinition, band: number): Effect[] {
  return definition.bands[band]!.effects.map(({ kind, values }) => ({ kind, values: values ?? {} }));
}
