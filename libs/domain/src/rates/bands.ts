// Bands of a rate: which one a shop is in, when it is left again, and how far the next one is.
import { compileBound, rateValue, type RateTest } from '../compile/rate-bound.js';
import { Reporter } from '../compile/reporter.js';
import type { RateSnapshot } from '../evaluate-types.js';
import type { RateBound, RateDefinition } from '../rule.js';

export interface RateBands {
  /** Whether a band holds at a rate with so many counted against the shop. */
  readonly within: readonly ((rate: number, missed: number) => boolean)[];
  /** Where each band begins as the rate gets worse. */
  readonly edges: readonly number[];
  readonly clears: RateTest | undefined;
  /** Whether the rate counts misses (a higher rate is worse) or what was met (a lower one is). */
  readonly countsMisses: boolean;
}

/** Faults of bounds were told when the rulebook was compiled. */
const TOLD = new Reporter('', []);
const LONGEST_BUDGET = 100_000;

export function bandsOf({ bands, clears, counts }: RateDefinition): RateBands {
  const countsMisses = counts ? counts.numerator === 'missed' : !bands.every(falls);
  return {
    within: bands.map(withinOf),
    edges: bands.map((band) => Number((countsMisses ? (band.gt ?? band.gte) : (band.lt ?? band.lte)) ?? !countsMisses)),
    clears: clears && compileBound(clears, TOLD),
    countsMisses,
  };
}

function withinOf(band: RateDefinition['bands'][number]): RateBands['within'][number] {
  const within = compileBound(band, TOLD);
  const { countGt } = band;
  return countGt === undefined ? within : (rate, missed) => missed > countGt && within(rate);
}

/** On which side of a published limit a rate is. */
export function isWithinBound(bound: RateBound, rate: RateSnapshot): boolean {
  return compileBound(bound, TOLD)(rateValue(rate));
}

/** A band that only says how low the rate may not be. */
function falls(band: RateBound): boolean {
  return band.gt === undefined && band.gte === undefined;
}

/**
 * The band the rate is in, undefined outside all (published gaps included). `missed` is how many are counted against the shop; Infinity where
 * only the rate is known. Where the rate says when it clears, a band once crossed
 * is left for a milder one or for none only then.
 */
export function bandAt(
  bands: RateBands,
  rate: number,
  missed: number,
  previous: number | undefined,
): number | undefined {
  const index = bands.within.findIndex((within) => within(rate, missed));
  const current = index < 0 ? undefined : index;
  const isHeld = previous !== undefined && bands.clears !== undefined && !bands.clears(rate);
  if (!isHeld || previous >= bands.within.length) return current;
  return current !== undefined && isWorse(bands, current, previous) ? current : previous;
}

/**
 * How many more misses a shop can afford before its band gets worse; undefined where no worse band can be reached. Misses come out of the
 * open orders first; once those are used up each further one is a new order.
 */
export function budgetOf(
  bands: RateBands,
  missed: number,
  settled: number,
  open: number,
  band: number | undefined,
): number | undefined {
  for (let more = 1; more <= LONGEST_BUDGET; more++) {
    const missShare = (missed + more) / Math.max(settled + open, settled + more);
    const next = bands.within.findIndex((within) =>
      within(bands.countsMisses ? missShare : 1 - missShare, missed + more),
    );
    if (next >= 0 && (band === undefined || isWorse(bands, next, band))) return more - 1;
    if (missShare === 1 && more >= open) return undefined;
  }
  return undefined;
}

function isWorse(bands: RateBands, a: number, b: number): boolean {
  const [edgeA, edgeB] = [bands.edges[a]!, bands.edges[b]!];
  return bands.countsMisses ? edgeA > edgeB : edgeA < edgeB;
}
