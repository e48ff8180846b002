// How sure an amount is: as sure as the least sure of its parts.
import type { Confidence } from '../deadline.js';

const FROM_SUREST: readonly Confidence[] = [
  'contract',
  'quoted-official',
  'quoted-third-party',
  'derived',
  'uncertain',
  'not-found',
];

/** The weakest of the labels; absent ones do not count. */
export function weakest(first: Confidence, ...others: readonly (Confidence | undefined)[]): Confidence {
  return others.reduce<Confidence>(
    (weak, next) => (next && FROM_SUREST.indexOf(next) > FROM_SUREST.indexOf(weak) ? next : weak),
    first,
  );
}
