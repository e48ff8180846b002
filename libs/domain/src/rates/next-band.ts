// The band a shop falls into next if its rate gets worse, and what that means beside money.
import { gateBound, type GateBound } from '../compile/rate-bound.js';
import { effectOf } from '../compile/version.js';
import type { Effect } from '../deadline.js';
import type { RateDefinition } from '../rule.js';
import { bandsOf } from './bands.js';

export interface NextBand extends GateBound {
  readonly effects: readonly Effect[];
}

/** The mildest band worse than `band` (undefined: outside all); undefined in the worst. */
export function nextBand(definition: RateDefinition, band: number | undefined): NextBand | undefined {
  const { edges, countsMisses } = bandsOf(definition);
  const badness = edges.map((edge) => (countsMisses ? edge : -edge));
  const current = band === undefined ? -Infinity : badness[band]!;
  const worse = badness.filter((each) => each > current);
  if (worse.length === 0) return undefined;
  const next = definition.bands[badness.indexOf(Math.min(...worse))]!;
  return { ...limitOf(next, countsMisses), effects: next.effects.map(effectOf) };
}

/** A band from 4 % up to 10 % is entered over its worse-ward limit; the other one belongs to the band after it. */
function limitOf(band: RateDefinition['bands'][number], countsMisses: boolean): GateBound {
  const { gt, gte, lt, lte } = band;
  return gateBound(
    countsMisses ? ((gt ?? gte) === undefined ? band : { gt, gte }) : (lt ?? lte) === undefined ? band : { lt, lte },
  );
}
